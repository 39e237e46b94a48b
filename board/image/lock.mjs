// The recorded file of everything foreign that goes into an image: exact versions and checksums, so that the same commit makes the same image.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ImageError } from './image-error.mjs';

export const lockFile = 'board/image/packages.lock.json';

const PACKAGE_NAME = /^[a-z0-9][a-z0-9+.-]+$/;
const VERSION = /^[0-9A-Za-z.+:~-]+$/;
const SHA256 = /^[0-9a-f]{64}$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** { node: { package, version, integrity }, packages: [{ name, version, architecture, source, bytes, sha256 }] }. Throws ImageError. */
export function readLock(root) {
  return parseLock(readFileSync(path.join(root, lockFile), 'utf8'));
}

/** All faults at once, in one sentence each. */
export function parseLock(text) {
  const lock = JSON.parse(text);
  const faults = [];
  const want = (condition, sentence) => { if (!condition) faults.push(`${lockFile}: ${sentence}`); };
  want(SHA512.test(lock.node?.integrity), 'node.integrity is no sha512 of npm');
  want(/^\d+\.\d+\.\d+$/.test(lock.node?.version), 'node.version is no exact version');
  want(Array.isArray(lock.packages) && lock.packages.length > 0, 'packages is empty');
  const names = new Set();
  for (const { name, version, architecture, bytes, sha256 } of lock.packages ?? []) {
    want(PACKAGE_NAME.test(name) && !names.has(name), `package ${name} has no good name, or stands there twice`);
    want(VERSION.test(version), `package ${name} has no exact version`);
    want(architecture === 'all' || /^[a-z0-9]+$/.test(architecture), `package ${name} has no architecture`);
    want(Number.isSafeInteger(bytes) && bytes > 0, `package ${name} has no size in bytes`);
    want(SHA256.test(sha256), `package ${name} has no SHA-256`);
    names.add(name);
  }
  if (faults.length > 0) throw new ImageError(`${faults.join('\n')}\nMake it anew with: npm run image -- --renew-packages`);
  return lock;
}

export function writeLock(root, { node, packages }) {
  const sorted = [...packages].sort((one, other) => (one.name < other.name ? -1 : 1));
  const rows = sorted.map((entry) => `    ${JSON.stringify(entry)}`);
  writeFileSync(path.join(root, lockFile), `{\n  "node": ${JSON.stringify(node)},\n  "packages": [\n${rows.join(',\n')}\n  ]\n}\n`);
}
