// esbuild plugin: modules that are loaded when one of their names is first used, not when a module that imports them is.
import { readFileSync } from 'node:fs';

/**
 * With the names that may be imported of each; none may be used while a module that imports it is loaded. None of these modules is needed before the
 * first call is answered, and together they take longer than reading the configuration.
 */
const LAZY = {
  'node:child_process': ['execFile', 'spawn'],
  'node:https': ['request'],
  'node:readline': ['createInterface'],
  'node:tls': ['connect', 'createServer'],
  'node:v8': ['getHeapStatistics', 'setFlagsFromString'],
  'node:zlib': ['brotliDecompressSync'],
  '@noble/curves/ed25519.js': ['ristretto255', 'ristretto255_hasher'],
};

const escaped = (name) => name.replaceAll('.', '\\.');
const pattern = new RegExp(`^(?:${Object.keys(LAZY).map(escaped).join('|')})$`);

export const lazyPlugin = {
  name: 'lazy',
  setup(build) {
    build.onResolve({ filter: pattern }, ({ path: name, importer, namespace, kind }) => {
      if (namespace === 'lazy' || kind !== 'import-statement' || importer.includes('node_modules')) return undefined;
      const unknown = unknownNames(name, importer);
      return unknown.length === 0 ? { path: name, namespace: 'lazy' } : { errors: [{ text: `${importer}: imports ${unknown.join(', ')} of ${name}: lazy-plugin.mjs must know the name` }] };
    });
    build.onLoad({ filter: pattern, namespace: 'lazy' }, ({ path: name }) => ({ contents: lazily(name), resolveDir: build.initialOptions.absWorkingDir }));
  },
};

/** A name that is not among the getters would be undefined, and nobody would be told. */
function unknownNames(name, importer) {
  const statements = [...readFileSync(importer, 'utf8').matchAll(new RegExp(`import\\s+(?!type\\b)([^;]*?)\\s+from\\s+'${escaped(name)}'`, 'g'))];
  return statements.flatMap(([, names]) => (/^\{[^}]*\}$/.test(names) ? names.slice(1, -1).split(',') : [names]))
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('type ') && !LAZY[name].includes(one.split(/\s+as\s+/)[0]));
}

const lazily = (name) => `const load = () => require(${JSON.stringify(name)});\nmodule.exports = { ${LAZY[name].map((one) => `get ${one}() { return load().${one}; }`).join(', ')} };\n`;
