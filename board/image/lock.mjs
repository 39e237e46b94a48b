// The recorded file of Debian's packages that go into an image: exact versions and checksums, so that the same commit makes the same image.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ImageError } from './image-error.mjs';

export const lockFile = 'board/image/packages.lock.json';

const isWord = (value, form) => typeof value === 'string' && form.test(value);

const PACKAGE_NAME = /^[a-z0-9][a-z0-9+.-]+$/;
const VERSION = /^[0-9A-Za-z.+:~-]+$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** [{ name, version, architecture, source, bytes, sha256 }] of Debian's packages; Node is pinned in board/setup. Throws ImageError. */
export function readLock(root) {
  return parseLock(readFileSync(path.join(root, lockFile), 'utf8'));
}

/** All faults at once, in one sentence each. */
export function parseLock(text) {
  const faults = [];
  const { packages = [] } = JSON.parse(text);
  const want = (condition, sentence) => { if (!condition) faults.push(`${lockFile}: ${sentence}`); };
  want(packages.length > 0, 'packages is empty');
  const names = new Set();
  for (const { name, version, architecture, bytes, sha256 } of packages) {
    want(isWord(name, PACKAGE_NAME) && !names.has(name), `package ${name} has no good name, or stands there twice`);
    want(isWord(version, VERSION), `package ${name} has no exact version`);
    want(architecture === 'all' || isWord(architecture, /^[a-z0-9]+$/), `package ${name} has no architecture`);
    want(Number.isSafeInteger(bytes) && bytes > 0, `package ${name} has no size in bytes`);
    want(isWord(sha256, SHA256), `package ${name} has no SHA-256`);
    names.add(name);
  }
  if (faults.length > 0) throw new ImageError(`${faults.join('\n')}\nMake it anew with: npm run image -- --renew-packages`);
  return packages;
}

export function writeLock(root, packages) {
  const sorted = [...packages].sort((one, other) => (one.name < other.name ? -1 : 1));
  const rows = sorted.map((entry) => `    ${JSON.stringify(entry)}`);
  writeFileSync(path.join(root, lockFile), `{\n  "packages": [\n${rows.join(',\n')}\n  ]\n}\n`);
}
