// esbuild plugin: the spoken prompts, packed into the bundle.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { quickly } from './pack.mjs';

const WITHOUT = 'export const bank = () => new Uint8Array(0);\nexport const voice = bank;\n';

const BANK = `import { section, unpackedPart } from './board/build/sections.ts';
export const bank = () => section('prompts');
export const voice = (offset, bytes) => unpackedPart('voices', offset, bytes);
`;

/** As in firmware/media/packed-prompt-bank.ts: bytes of the index, and where it begins. */
const FRONT = { indexBytes: 44, index: 48 };

/** @param bank a function that resolves to the bank's bytes, or to undefined for a file without voices */
export function promptsPlugin(bank, payload) {
  return {
    name: 'prompts',
    setup(build) {
      build.onResolve({ filter: /^understudy:prompts$/ }, () => ({ path: 'understudy:prompts', namespace: 'prompts' }));
      build.onLoad({ filter: /.*/, namespace: 'prompts' }, async () => {
        const { root, bytes } = await bank();
        if (!bytes) return { contents: WITHOUT };
        const front = FRONT.index + bytes.readUInt32BE(FRONT.indexBytes);
        payload.add('prompts', quickly(bytes.subarray(0, front)));
        payload.add('voices', bytes.subarray(front));
        return { contents: BANK, resolveDir: root };
      });
    },
  };
}

/** Voices what has changed since the last build (.cache/voices). Languages whose synthesiser is not installed are left out, and said so. */
export async function voicePrompts(root) {
  const voice = path.join(root, 'board/voices/voice.mjs');
  if (!existsSync(voice)) {
    console.log('voices: board/voices/voice.mjs is missing; building without spoken prompts');
    return { root };
  }
  const { buildPromptBank } = await import(pathToFileURL(voice).href);
  const out = path.join(root, '.cache', `prompts-${process.pid}.bin`);
  const options = { out, cache: path.join(root, '.cache/voices'), recordings: path.join(root, 'voices'), log: console.log };
  await buildPromptBank(options).catch(async (error) => {
    if (error.id !== 'no-synthesiser') throw error;
    console.log(`voices: ${error.message} Building with English only.`);
    await buildPromptBank({ ...options, languages: ['en'] });
  });
  const bytes = readFileSync(out);
  rmSync(out);
  return { root, bytes };
}
