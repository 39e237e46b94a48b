// The update bundle: a RAUC bundle in its verity format, composed here since `rauc bundle` puts random numbers and the time into it.
//   squashfs (manifest, rootfs.img) | hash tree | CMS signature of the manifest | its length, 8 bytes, most significant first
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packedImage } from './file-systems.mjs';
import { signedMessage } from './signing.mjs';
import { verityTree } from './verity.mjs';

/** The manifest in the words of RAUC; facts of the tree, `bundle`, are only in the one that is signed. */
export function manifestText({ compatible, version, build, description, image, bundle = {} }) {
  const groups = [
    ['update', { compatible, version, description, build }],
    ['bundle', { format: 'verity', 'verity-hash': bundle.hash, 'verity-salt': bundle.salt, 'verity-size': bundle.treeBytes }],
    ['image.rootfs', { sha256: image.sha256, size: image.bytes, filename: image.name }],
  ];
  return groups.map(([name, keys]) => `[${name}]\n${Object.entries(keys).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}\n`).join('')}`).join('\n');
}

/** Writes the bundle to `file`; gives the SHA-256 of the slot. @param facts { compatible, version, build, description }; @param work an empty folder on the same disk as `slot`; `pack` how */
export function writeBundle(file, { slot, work, facts, epoch, signer, pack = packedImage }) {
  const content = path.join(work, 'bundle');
  mkdirSync(content, { recursive: true });
  linkSync(slot, path.join(content, 'rootfs.img'));
  const image = { name: 'rootfs.img', bytes: statSync(slot).size, sha256: createHash('sha256').update(readFileSync(slot)).digest('hex') };
  writeFileSync(path.join(content, 'manifest.raucm'), manifestText({ ...facts, image }));
  const packed = path.join(work, 'bundle.squashfs');
  pack(content, packed, epoch);
  const data = readFileSync(packed); // whole blocks: mksquashfs pads, and verityTree refuses anything else
  rmSync(packed);
  const salt = createHash('sha256').update(`salt ${facts.compatible} ${facts.version} ${facts.build}`).digest();
  const { root, tree } = verityTree(data, salt);
  const manifest = manifestText({ ...facts, image, bundle: { hash: root.toString('hex'), salt: salt.toString('hex'), treeBytes: tree.length } });
  const signature = signedMessage(Buffer.from(manifest), signer);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(signature.length));
  writeFileSync(file, Buffer.concat([data, tree, signature, length]));
  return image.sha256;
}
