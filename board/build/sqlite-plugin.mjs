// esbuild plugin: the engine of databases that call flows ask, packed into the bundle.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pack } from './pack.mjs';

const PLACE = 'node_modules/sql.js/dist/sql-wasm.wasm';

/** @param payload takes the engine */
export function sqlitePlugin(root, payload) {
  return {
    name: 'sqlite',
    setup(build) {
      build.onResolve({ filter: /^understudy:sqlite$/ }, () => ({ path: PLACE, namespace: 'sqlite' }));
      build.onLoad({ filter: /.*/, namespace: 'sqlite' }, async () => {
        payload.add('sqlite', await pack(root, readFileSync(path.join(root, PLACE))));
        const contents = "import { section } from './board/build/sections.ts';\nexport const sqlite = () => section('sqlite');\n";
        return { contents, resolveDir: root };
      });
    },
  };
}
