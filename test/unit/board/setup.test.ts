import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const { npmFault } = await import(pathToFileURL(path.resolve('board/setup/npm-packages.mjs')).href);

const lock = {
  packages: {
    '': { dependencies: { one: '1.0.0' } },
    'node_modules/one': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/one-here': { version: '1.0.0', integrity: 'sha512-b', optional: true, os: [process.platform], cpu: [process.arch] },
    'node_modules/one-elsewhere': { version: '1.0.0', integrity: 'sha512-c', optional: true, os: ['aix'], cpu: [process.arch] },
    'node_modules/one-but-here': { version: '1.0.0', integrity: 'sha512-d', optional: true, os: [`!${process.platform}`] },
  },
};
type Lock = { packages: Record<string, { version?: string }> };
let root = '';

function write(file: string, value: unknown): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), JSON.stringify(value));
}

function installed(change: (packages: Lock['packages']) => void = () => {}): void {
  const { packages } = structuredClone(lock) as Lock;
  delete packages['node_modules/one-elsewhere'];
  delete packages['node_modules/one-but-here'];
  change(packages);
  write('node_modules/.package-lock.json', { packages });
}

test.before.each(() => {
  root = mkdtempSync(path.join(tmpdir(), 'setup-'));
  write('package.json', { dependencies: { one: '1.0.0' } });
  write('package-lock.json', lock);
  for (const name of ['one', 'one-here']) write(`node_modules/${name}/package.json`, {});
  installed();
});
test.after.each(() => rmSync(root, { recursive: true }));

test('an installation as the lock file says has no fault', () => {
  assert.is(npmFault(root), undefined);
});

test('no node_modules', () => {
  rmSync(path.join(root, 'node_modules'), { recursive: true });
  assert.is(npmFault(root), 'there is no node_modules yet');
});

test('a package of another version, or gone from the disk', () => {
  installed((packages) => { packages['node_modules/one'] = { version: '0.9.0' }; });
  assert.is(npmFault(root), 'missing or of another version: one');
  installed();
  rmSync(path.join(root, 'node_modules/one'), { recursive: true });
  assert.is(npmFault(root), 'missing or of another version: one');
});

test('the binaries of another machine', () => {
  installed((packages) => { delete packages['node_modules/one-here']; });
  assert.is(npmFault(root), 'missing or of another version: one-here');
});

test('a package that was added to package.json by hand', () => {
  write('package.json', { dependencies: { one: '1.0.0', two: '2.0.0' } });
  assert.is(npmFault(root), 'package.json names other packages than package-lock.json');
});

test('the lock file names no host', () => {
  assert.not.match(readFileSync('package-lock.json', 'utf8'), '"resolved"');
});

test.run();
