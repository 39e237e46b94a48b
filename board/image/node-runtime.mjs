// The pinned Node of the unit: npm's package of the official binary, checked against the lock file, without its symbols.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '../setup/say.mjs';
import { ImageError } from './image-error.mjs';
import { runText } from './programs.mjs';

/** { file, licence }: paths of the stripped program and of its licence text. @param folder .cache/image */
export async function nodeRuntime(folder, { package: name, version, integrity }, triple) {
  const kept = path.join(folder, 'node', `${name}-${version}-${createHash('sha256').update(integrity).digest('hex').slice(0, 16)}`);
  const place = { file: path.join(kept, 'node'), licence: path.join(kept, 'LICENSE') };
  if (existsSync(place.file) && existsSync(place.licence)) return place;
  const work = `${kept}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const archive = await packedByNpm(work, name, version);
    const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (digest !== integrity) throw new ImageError(`${name} ${version}: what npm fetched is ${digest}, the lock file names ${integrity}.`);
    runText('tar', ['-xzf', archive, '-C', work, '--strip-components=1', 'package/bin/node', 'package/LICENSE']);
    runText(`${triple}-strip`, ['-o', path.join(work, 'node'), path.join(work, 'bin/node')]);
    for (const part of [path.join(work, 'bin'), archive, kept]) rmSync(part, { recursive: true, force: true });
    renameSync(work, kept);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return place;
}

/** The newest version within `range`, for the lock file. */
export async function newestNode(name, range) {
  const answer = JSON.parse(runText('npm', ['view', `${name}@${range}`, 'version', 'dist.integrity', '--json']));
  const newest = [answer].flat().sort((one, other) => order(one.version, other.version)).at(-1);
  return { package: name, version: newest.version, integrity: newest['dist.integrity'] };
}

async function packedByNpm(folder, name, version) {
  const { code, output } = await run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder]);
  if (code !== 0) throw new ImageError(`npm could not fetch ${name} ${version}:\n${output}`);
  return path.join(folder, `${name}-${version}.tgz`);
}

function order(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
