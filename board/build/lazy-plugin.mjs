// esbuild plugin: modules that are loaded when one of their names is first used, not when a module that imports them is.

/**
 * With the names that are imported of each; they must not be used while a module that imports them is loaded. None of these modules is needed before the
 * first call is answered, and together they take longer than reading the configuration.
 */
const LAZY = {
  'node:child_process': ['execFile', 'spawn'],
  'node:https': ['request'],
  'node:readline': ['createInterface'],
  'node:tls': ['connect', 'createServer'],
  '@noble/curves/ed25519.js': ['ristretto255', 'ristretto255_hasher'],
};

const pattern = new RegExp(`^(?:${Object.keys(LAZY).map((name) => name.replaceAll('.', '\\.')).join('|')})$`);

export const lazyPlugin = {
  name: 'lazy',
  setup(build) {
    build.onResolve({ filter: pattern }, ({ path: name, importer, namespace, kind }) =>
      namespace !== 'lazy' && kind === 'import-statement' && !importer.includes('node_modules') ? { path: name, namespace: 'lazy' } : undefined);
    build.onLoad({ filter: pattern, namespace: 'lazy' }, ({ path: name }) => ({ contents: lazily(name), resolveDir: build.initialOptions.absWorkingDir }));
  },
};

const lazily = (name) => `const load = () => require(${JSON.stringify(name)});\nmodule.exports = { ${LAZY[name].map((one) => `get ${one}() { return load().${one}; }`).join(', ')} };\n`;
