// esbuild plugin: packs native addons into the bundle and puts our loader where the packages would look for files.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { addonFiles } from './addon-file.mjs';
import { compiledAddon } from './compiled-addon.mjs';
import { pack } from './pack.mjs';

/**
 * @param archs processors to carry the addons for, in Node's words: x64, arm64; @param node { folder, version } of the Node that will run the program, undefined =
 * whichever there is; @param payload takes the addons
 */
export function addonPlugin({ root, archs, node, payload }) {
  return {
    name: 'addons',
    async setup(build) {
      const { resolve } = createRequire(path.join(root, 'package.json'));
      // koffi's CommonJS form: its other one needs import.meta, which a .cjs has not
      build.onResolve({ filter: /^koffi$/ }, () => ({ path: resolve('koffi') }));
      // the place where koffi asks for a library that a bundler put in
      build.onResolve({ filter: /^\.\/src\/static\.cjs$/ }, () => ({ path: 'koffi', namespace: 'addon' }));
      build.onLoad({ filter: /^koffi$/, namespace: 'addon' }, () => ({
        contents: `import { loadAddon } from './board/build/native-loader.ts';\nexport const loadStatic = () => loadAddon('koffi');\n`,
        resolveDir: root,
      }));
      // serialport's binding asks this package for the addon's file and loads it
      build.onResolve({ filter: /^node-gyp-build$/ }, ({ importer }) => (importer.includes('@serialport/bindings-cpp') ? { path: 'serialport', namespace: 'addon' } : undefined));
      build.onLoad({ filter: /^serialport$/, namespace: 'addon' }, () => ({
        contents: `import { loadAddon } from './board/build/native-loader.ts';\nexport default () => loadAddon('serialport');\n`,
        resolveDir: root,
      }));
      for (const one of compiledAddons) packCompiled(build, root, resolve, one, await compiledAddon(root, one.file, archs, node), payload);
      build.onStart(() => addPrebuilt(root, archs, payload));
    },
  };
}

/** Addons that npm compiles, where it can, for one version of Node and one processor: the package, the addon's file, and the import in the package that becomes it. */
const compiledAddons = [
  { package: 'onoff', addon: 'epoll', file: 'epoll/build/Release/epoll.node', asked: /^bindings$/, by: '/node_modules/epoll/', exports: 'function' },
  { package: 'pcap', addon: 'pcap', file: 'pcap/build/Release/pcap_binding.node', asked: /\/pcap_binding$/, by: '/node_modules/pcap/', exports: 'addon' },
];

/** Without the addon the package stays outside, and what needs it says that it is not there. */
function packCompiled(build, root, resolve, one, compiled, payload) {
  const name = one.package;
  build.onResolve({ filter: new RegExp(`^${name}$`) }, () => (compiled === null ? { path: name, external: true } : { path: resolve(name) }));
  build.onResolve({ filter: one.asked }, ({ importer }) => (importer.includes(one.by) ? { path: one.addon, namespace: 'compiled-addon' } : undefined));
  build.onLoad({ filter: new RegExp(`^${one.addon}$`), namespace: 'compiled-addon' }, async () => {
    payload.add(`${one.addon} ${process.platform}-${compiled.arch} abi${compiled.abi}`, await pack(root, readFileSync(compiled.file)));
    const load = `loadAddon(${JSON.stringify(one.addon)})`;
    return { contents: `const { loadAddon } = require('./board/build/native-loader.ts');\nmodule.exports = ${one.exports === 'function' ? `() => ${load}` : load};\n`, resolveDir: root };
  });
}

async function addPrebuilt(root, archs, payload) {
  for (const arch of archs) {
    for (const [name, file] of Object.entries(addonFiles)) payload.add(`${name} linux-${arch}`, await pack(root, readFileSync(await file(root, arch))));
  }
}
