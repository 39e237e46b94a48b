// Turns the chosen test files into plain modules. One esbuild run shares the code between them; when it fails, each file
// is tried alone, so that one broken file does not hide the results of all others.
import path from 'node:path';

/** Tests may import `uvu`; they get the ledger, which alone gets the real one. */
const ledgerPlugin = {
  name: 'test-ledger',
  setup(build) {
    const ledger = path.resolve('test/support/runner/ledger.ts');
    build.onResolve({ filter: /^uvu$/ }, ({ importer }) =>
      importer === ledger ? { path: 'uvu', external: true } : { path: ledger });
  },
};

function options(entryPoints, outdir, plugins) {
  return {
    entryPoints,
    outdir,
    outbase: '.',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [ledgerPlugin, ...plugins],
  };
}

/**
 * Bundles `tests` and `companions` (workers and child programs of tests) below `outdir`.
 * Returns the reasons of those files that cannot be bundled, by file.
 */
export async function bundleTests({ tests, companions, outdir, plugins = [] }) {
  const { build, formatMessages } = await import('esbuild');
  const broken = new Map();
  if (tests.length === 0) return broken;
  try {
    await build(options([...tests, ...companions], outdir, plugins));
    return broken;
  } catch {
    for (const file of [...companions, ...tests]) {
      await build(options([file], outdir, plugins)).catch(async ({ errors = [] }) => {
        broken.set(file, (await formatMessages(errors, { kind: 'error' })).join(''));
      });
    }
    return broken;
  }
}

/** Where the module of `file` lies. */
export function moduleOf(file, outdir) {
  return path.join(outdir, file.replace(/\.ts$/, '.mjs'));
}
