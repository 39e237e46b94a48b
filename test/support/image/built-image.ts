// Images of the emulated board, each made once for all test files of a run by the command that people use.
import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { figure } from '../figure.ts';
import type { Need } from '../skip.ts';
import { command, root } from '../skip.ts';
import { networkNamespaces } from '../namespace-lan.ts';
import { madeOnce } from './made-once.ts';

export const boardName = 'qemu-virt-arm64';
const limitMs = 500_000;

export interface BuiltImage {
  readonly image: string;
  readonly bundle: string;
  readonly firmware: string;
  readonly folder: string;
  /** The built program, to make further images with. */
  readonly program: string;
}

/** What a board in the emulator needs of the machine. */
export const emulatorNeeds: readonly (Need | string)[] = [root, command('qemu-system-aarch64', 'qemu-system-arm'), command('qemu-img', 'qemu-utils'), command('busybox', 'busybox-static'), networkNamespaces];

/** The image of this commit. Errors: what the command said. */
export async function builtImage(): Promise<BuiltImage> {
  const given = process.env['UNDERSTUDY_TEST_IMAGE'];
  return imageAt(path.resolve(given ?? path.join(process.env['UNDERSTUDY_TEST_BUILD'] ?? '.test-build', 'image')));
}

/** What lies in the folder `place`, or is made there with these further words of the command. Errors: what the command said. */
export async function imageAt(place: string, words: readonly string[] = []): Promise<BuiltImage> {
  const folder = path.join(place, boardName);
  await madeOnce(place, () => makeImage(place, words));
  const file = (name: string): string => path.join(folder, name);
  return { folder, image: file('understudy.img'), bundle: file('understudy.raucb'), firmware: file('u-boot.bin'), program: file('understudy.cjs') };
}

/** Made aside and moved, so that what was cut off is made anew. */
function makeImage(place: string, words: readonly string[]): void {
  const aside = `${place}.part`;
  let made = run(aside, words);
  if (made.status !== 0 && made.said.includes(gone)) {
    // Debian has replaced a package since the lock file was made: what is tested is the product, with what can be had.
    figure("made of today's packages of Debian: a version of board/image/packages.lock.json cannot be had any more; npm run image -- --renew-packages");
    made = run(aside, [...words, '--todays-packages']);
  }
  if (made.status !== 0) throw new Error(`the image cannot be made:\n${made.said.slice(-6000)}`);
  renameSync(aside, place);
}

/** Of debian-archive.mjs. */
const gone = 'cannot be had from Debian any more';

function run(out: string, more: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['board/image/main.mjs', boardName, '--out', out, ...more], { encoding: 'utf8', timeout: limitMs, maxBuffer: 16 * 1024 * 1024 });
  return { status, said: `${stdout}${stderr}` };
}
