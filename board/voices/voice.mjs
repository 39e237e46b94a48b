// Voices the prompts: node board/voices/voice.mjs [--language en]... [--out FILE] [--cache DIR] [--recordings DIR]
// The build calls `buildPromptBank`; the work is in build-prompt-bank.ts, which is bundled in memory, as older Node cannot run it as it is.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '..', '..');

/**
 * @param {{ languages?: string[], out: string, cache: string, recordings?: string, log?: (line: string) => void }} options
 *   `languages`: codes, all if left out. `recordings`: folder of recorded voices (voices/<language>/<id>.wav and so on).
 * @returns {Promise<{ bytes: number, tookMs: number, languages: { code: string, prompts: number, bytes: number, spoken: number, cached: number, recorded: number }[] }>}
 */
export async function buildPromptBank(options) {
  const voicing = await loadVoicing();
  return voicing.buildPromptBank(options);
}

async function loadVoicing() {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, 'build-prompt-bank.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
    logLevel: 'silent',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      language: { type: 'string', multiple: true },
      out: { type: 'string', default: path.join(root, 'dist', 'prompts.bin') },
      cache: { type: 'string', default: path.join(root, '.cache', 'voices') },
      recordings: { type: 'string', default: path.join(root, 'voices') },
    },
  });
  const { language, ...places } = values;
  const report = await buildPromptBank({ ...places, languages: language, log: console.log });
  console.log(`voices: ${report.bytes} bytes in ${(report.tookMs / 1000).toFixed(1)} s: ${path.relative(process.cwd(), values.out)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error.name === 'VoicingError' ? error.message : error);
    process.exitCode = 1;
  });
}
