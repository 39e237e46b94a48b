// Bundles that a unit is to take or to refuse: whole firmwares of other versions, and small ones that are refused before a block of theirs is written.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuiltImage } from './built-image.ts';
import { boardName, imageAt } from './built-image.ts';
import { builder } from './builder.ts';

/** Most of such a bundle, so that its middle lies in it; nothing packs it smaller. */
const smallSlotBytes = 256 * 1024;

/** Once the machine calls it, the program ends: what a version does that crashes at each call. Before the first line of the program, whose parts are counted from its end. */
const defect = `require('node:dgram').Socket.prototype.emit = ((emit) => function (name, bytes, ...more) {
  if (name === 'message' && bytes.subarray(0, 7).toString('latin1') === 'INVITE ') process.exit(70);
  return emit.call(this, name, bytes, ...more);
})(require('node:dgram').Socket.prototype.emit);
`;

/** A firmware of this commit under another version, beside the built one, once for all test files; `program`: a built one instead. Errors: what the command said. */
export function otherVersion({ folder }: BuiltImage, version: string, program?: string): Promise<BuiltImage> {
  return imageAt(path.join(folder, '..', `version-${version}`), ['--quick', '--version', version, ...(program === undefined ? [] : ['--program', program])]);
}

/** The built program with a defect, beside it: it starts, and ends when it is called. */
export function brokenProgram(program: string): string {
  const file = path.join(path.dirname(program), 'broken.cjs');
  const text = readFileSync(program, 'latin1');
  const begin = text.indexOf("'use strict';\n") + "'use strict';\n".length;
  writeFileSync(file, text.slice(0, begin) + defect + text.slice(begin), 'latin1');
  return file;
}

/** The slot that a bundle holds, as its signed manifest says. */
export function slotIn(bundle: string): { readonly sha256: string; readonly bytes: number } {
  const manifest = readFileSync(bundle).subarray(-8192).toString('latin1');
  const [, sha256 = '', size = ''] = /\[image\.rootfs\]\nsha256=([0-9a-f]{64})\nsize=(\d+)\n/.exec(manifest) ?? [];
  return { sha256, bytes: Number(size) };
}

/** What a small bundle says of itself. */
interface BundleClaims {
  readonly compatible?: string;
  readonly version?: string;
  readonly floor?: string;
  /** Signed by an authority that no unit knows. */
  readonly foreign?: boolean;
}

/** Bundles in `folder` that are signed and whole, and hold too little to be a firmware. */
export class SmallBundles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async make(name: string, { compatible = `understudy-${boardName}`, version = '0.9.0', floor = '0.1.0', foreign = false }: BundleClaims): Promise<string> {
    const work = mkdtempSync(path.join(this.#folder, 'work-'));
    const slot = path.join(work, 'slot.squashfs');
    writeFileSync(slot, randomBytes(smallSlotBytes));
    const file = path.join(this.#folder, name);
    const facts = { compatible, version, build: 'a test', description: `floor=${floor} data=1 data-from=1 pair=1 pair-from=1` };
    const { writeBundle } = await builder('board/image/bundle.mjs');
    writeBundle(file, { slot, work, facts, epoch: 1, signer: foreign ? await this.#stranger() : await usualSigner() });
    return file;
  }

  async #stranger() {
    const folder = path.join(this.#folder, 'stranger');
    mkdirSync(folder);
    (await builder('board/image/signing.mjs')).makeAuthority(folder);
    const place = (name: string): string => path.join(folder, name);
    return { key: place('signer.key'), certificate: place('signer.crt'), authority: place('ca.crt') };
  }
}

/** Of the built image: the authority for development. */
const usualSigner = async () => (await builder('board/image/signing.mjs')).signer(path.resolve('.cache/image'), {});

/** A copy with its middle octet turned round. */
export function tampered(bundle: string, file: string): string {
  const bytes = readFileSync(bundle);
  const middle = bytes.length >> 1;
  bytes[middle] = ~(bytes[middle] as number) & 0xff;
  writeFileSync(file, bytes);
  return file;
}

/** A copy that ends early, as after a download that was cut off. */
export function truncated(bundle: string, file: string): string {
  const bytes = readFileSync(bundle);
  writeFileSync(file, bytes.subarray(0, (bytes.length * 3) >> 2));
  return file;
}
