// What an image is put together from has the same bytes each time: file systems, archive and bundle made twice, in folders of other names, from files that were
// written in another order at another time under another mask, by a machine in another time zone. A whole image twice: contents.test.ts.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builder } from '../support/image/builder.ts';
import { command, requires, skipTest } from '../support/skip.ts';

const { dataImage, fatImage, packedImage, slotImage } = await builder('board/image/file-systems.mjs');
const { writeBundle } = await builder('board/image/bundle.mjs');
const { makeAuthority } = await builder('board/image/signing.mjs');
const { steadyUuid, steadyVolumeId } = await builder('board/image/identity.mjs');

const epoch = 1_700_000_000;
const mib = 1024 * 1024;
const folders: string[] = [];
const files: readonly [string, string][] = [['etc/one', 'first'], ['etc/two', 'second'], ['usr/lib/program', 'x'.repeat(300_000)], ['usr/lib/another', 'y'.repeat(70_000)]];

/** A root as one machine would have it. */
function rootOf(name: string, order: readonly [string, string][], zone: string, seconds: number): { root: string; work: string } {
  process.env['TZ'] = zone;
  const work = mkdtempSync(path.join(tmpdir(), `${name}-`));
  folders.push(work);
  const root = path.join(work, 'root');
  for (const [place, text] of order) {
    const file = path.join(root, place);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(file, text);
    chmodSync(file, 0o644);
    utimesSync(file, seconds, seconds);
  }
  symlinkSync('usr/lib', path.join(root, 'lib'));
  return { root, work };
}

/** A signer, made once: two have two keys. */
function authority(): { key: string; certificate: string; authority: string } {
  const folder = path.join(tmpdir(), 'authority');
  if (!folders.includes(folder)) {
    mkdirSync(folder);
    folders.push(folder);
    makeAuthority(folder);
  }
  const place = (name: string): string => path.join(folder, name);
  return { key: place('signer.key'), certificate: place('signer.crt'), authority: place('ca.crt') };
}

type Make = (place: { root: string; work: string }, file: string) => void;

function same(make: Make): void {
  const zone = process.env['TZ'];
  try {
    const made = ([['first', files, 'UTC', 1_600_000_000], ['later-and-longer', [...files].reverse(), 'Asia/Tokyo', 1_650_000_001]] as const).map(([name, order, tz, seconds]) => {
      const place = rootOf(name, order, tz, seconds);
      const file = path.join(place.work, 'made');
      make(place, file);
      return readFileSync(file);
    });
    assert.ok((made[0]?.length ?? 0) > 0);
    assert.ok(made[0]?.equals(made[1] ?? Buffer.alloc(0)), 'the bytes are the same');
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
}

const missing = requires(command('mksquashfs', 'squashfs-tools'), command('mkfs.vfat', 'dosfstools'), command('mcopy', 'mtools'), command('mke2fs', 'e2fsprogs'), command('openssl', 'openssl'));
if (missing !== undefined) skipTest('the parts of an image have the same bytes each time', missing);
else {
  test('the file system of a slot', () => same(({ root }, file) => slotImage(root, file, epoch)));
  test('what a bundle carries', () => same(({ root }, file) => packedImage(root, file, epoch)));
  test('a bundle with its signature', () =>
    same(({ root, work }, file) => {
      const slot = path.join(work, 'slot.squashfs');
      slotImage(root, slot, epoch);
      writeBundle(file, { slot, work, epoch, signer: authority(), facts: { compatible: 'a board', version: '1.0.0', build: 'a commit', description: 'floor=1.0.0' } });
    }));
  test('the boot partition', () =>
    same(({ root }, file) => {
      const entries = files.map(([place]) => ({ place, file: path.join(root, place) }));
      fatImage(file, { bytes: 64 * mib, label: 'boot', volumeId: steadyVolumeId('a board', '1.0.0'), epoch }, entries);
    }));
  test('the data partition', () => same((_, file) => dataImage(file, { bytes: 32 * mib, uuid: steadyUuid('data'), hashSeed: steadyUuid('seed'), epoch })));
}

test.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
test.run();
