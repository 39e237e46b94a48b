import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildInfo } from './build-info.mjs';

/** All that a built file depends on. */
const SOURCES = ['build.mjs', 'package.json', 'package-lock.json', 'hal', 'firmware', 'board', 'voices'];

/** A checksum that changes when a build would give another result; `also` adds what is not in the tree. */
export function sourceKey(root, also) {
  const hash = createHash('sha256').update(JSON.stringify([buildInfo(root), process.arch, also]));
  for (const file of SOURCES.flatMap((source) => filesOf(root, source))) {
    hash.update(`\n${file}\n`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

function filesOf(root, source) {
  const place = path.join(root, source);
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [source];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
