// npm run bench [-- SECTION ...] [--check] [--store] [--calls 1,40] [--seconds 15]: bundles the bench, as tests are, and runs it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const outdir = path.join('.test-build', `bench-${process.pid}`);
mkdirSync(outdir, { recursive: true });
try {
  await build({ entryPoints: ['test/bench/bench.ts', 'test/bench/stored.child.ts', 'test/bench/media.child.ts'], outdir, bundle: true, platform: 'node', format: 'esm', target: 'node20', outExtension: { '.js': '.mjs' }, packages: 'external', logLevel: 'warning' });
  const { status } = spawnSync(process.execPath, ['--expose-gc', path.join(outdir, 'bench.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
