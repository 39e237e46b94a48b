// esbuild plugin: packs native addons into the bundle and puts our loader where the packages would look for files.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { addonFile } from './addon-file.mjs';
import { pack } from './pack.mjs';

/** @param archs processors to carry the addons for, in Node's words: x64, arm64 */
export function addonPlugin({ root, archs }) {
  return {
    name: 'addons',
    setup(build) {
      const { resolve } = createRequire(path.join(root, 'package.json'));
      // koffi's CommonJS form: its other one needs import.meta, which a .cjs has not
      build.onResolve({ filter: /^koffi$/ }, () => ({ path: resolve('koffi') }));
      // the place where koffi asks for a library that a bundler put in
      build.onResolve({ filter: /^\.\/src\/static\.cjs$/ }, () => ({ path: 'koffi', namespace: 'addon' }));
      build.onLoad({ filter: /^koffi$/, namespace: 'addon' }, () => ({
        contents: `import { loadAddon } from './board/build/native-loader.ts';\nexport const loadStatic = () => loadAddon('koffi');\n`,
        resolveDir: root,
      }));
      build.onResolve({ filter: /^understudy:addons$/ }, () => ({ path: 'understudy:addons', namespace: 'addons' }));
      build.onLoad({ filter: /.*/, namespace: 'addons' }, async () => ({ contents: await addonTable(root, archs) }));
    },
  };
}

async function addonTable(root, archs) {
  const table = {};
  for (const arch of archs) {
    const file = await addonFile(root, arch);
    table[`koffi linux-${arch}`] = (await pack(root, readFileSync(file))).toString('base64');
  }
  return `export const addons = ${JSON.stringify(table)};\n`;
}
