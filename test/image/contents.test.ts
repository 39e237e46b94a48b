// What is in the image that customers get, without starting it: sizes, partitions, no secret of anybody, every part named with its licence. And, where there is time for
// long tests, the same bytes from another folder, mask and time zone.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builder } from '../support/image/builder.ts';
import { boardName, builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { SlotDisk } from '../support/image/slot-disk.ts';
import { tool } from '../support/image/tool.ts';
import { command, requires, skipTest } from '../support/skip.ts';

const mostBundleBytes = 70_000_000;
const secondBuildLimitMs = 500_000;
const mib = 1024 * 1024;

interface Bill {
  readonly packages: readonly { readonly name: string; readonly versionInfo: string }[];
}

/** Of the slot, what is the project's own or may be a machine's. Libraries are left out: GnuTLS tests itself with keys that everybody knows. */
const ownPlaces = ['etc', 'root', 'usr/share', 'usr/lib/understudy'];

async function tests(): Promise<void> {
  const built = await builtImage();
  const disk = await SlotDisk.of(built.image, boardName);
  const inSlot = (...places: readonly string[]): Map<string, string> => disk.readSlot('A', (file) => new Map(places.map((place) => [place, tool('unsquashfs', ['-cat', file, place]).toString()])));
  const bill = JSON.parse(readFileSync(path.join(built.folder, 'understudy.spdx.json'), 'utf8')) as Bill;

  test('the bundle has at most 70 MB', () => {
    const { size } = statSync(built.bundle);
    figure(`bundle ${(size / 1e6).toFixed(2)} MB, image ${(statSync(built.image).size / 1e6).toFixed(0)} MB`);
    assert.ok(size <= mostBundleBytes, `${size} bytes`);
  });

  test('the table of partitions is whole, both slots hold the same, and the data partition is empty and whole', async () => {
    assert.match(tool('sfdisk', ['--verify', built.image]).toString(), 'No errors detected');
    const rows = JSON.parse(tool('sfdisk', ['--json', built.image]).toString()) as { partitiontable: { label: string; partitions: { name: string; start: number; size: number }[] } };
    assert.is(rows.partitiontable.label, 'gpt');
    assert.equal(rows.partitiontable.partitions.map(({ name }) => name), ['boot', 'slot-a', 'slot-b', 'data']);
    assert.is(disk.slotSum('A'), disk.slotSum('B'));
    const { start = 0, size = 0 } = rows.partitiontable.partitions[3] ?? {};
    const data = path.join(mkdtempSync(path.join(tmpdir(), 'data-')), 'data.ext4');
    tool('dd', [`if=${built.image}`, `of=${data}`, 'bs=512', `skip=${start}`, `count=${size}`, 'conv=sparse', 'status=none']);
    assert.match(tool('e2fsck', ['-fn', data]).toString(), /^data: 11\/\d+ files/m);
    rmSync(path.dirname(data), { recursive: true });
  });

  test('nobody has a password, no machine an identity, and no key lies in it but the one that bundles are checked by', () => {
    const files = inSlot('etc/passwd', 'etc/machine-id', 'etc/rauc/keyring.pem');
    assert.equal([...(files.get('etc/passwd') ?? '').matchAll(/^(\w+):([^:]*):/gm)].filter(([, , hash]) => hash !== '*' && hash !== 'x' && hash !== '!'), []);
    assert.is(files.get('etc/machine-id'), '');
    assert.match(files.get('etc/rauc/keyring.pem') ?? '', /^-----BEGIN CERTIFICATE-----/);
    const names = disk.readSlot('A', (file) => tool('unsquashfs', ['-l', file]).toString().split('\n'));
    assert.equal(names.filter((name) => /\/(?:shadow-?|gshadow|ssh_host\w*|.*\.key|id_(?:rsa|ed25519))$/.test(name)), []);
    const work = mkdtempSync(path.join(tmpdir(), 'slot-'));
    disk.readSlot('A', (file) => tool('unsquashfs', ['-q', '-n', '-f', '-d', work, file, ...ownPlaces]));
    const own = readdirSync(work, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    assert.ok(own.some((file) => file.endsWith('understudy.packed')));
    assert.equal(own.filter((file) => /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}/.test(readFileSync(file, 'latin1'))), []);
    rmSync(work, { recursive: true });
  });

  test('each part is in the bill of materials once, and each has its licence on the unit', () => {
    const names = bill.packages.map(({ name }) => name);
    assert.is(new Set(names).size, names.length);
    for (const name of ['rauc', 'dbus-daemon', 'busybox-static', 'libc6', 'Node.js', 'u-boot-qemu', 'grub-efi-arm64-bin']) assert.ok(names.includes(name), name);
    assert.ok(names.some((name) => name.startsWith('linux-image-')), 'the kernel');
    const licences = readFileSync(path.join(built.folder, 'licences.txt'), 'utf8');
    // The first is the unit's own program.
    for (const { name, versionInfo } of bill.packages.slice(1)) assert.match(licences, `${name} ${versionInfo}`);
    const onUnit = disk.readSlot('A', (file) => tool('unsquashfs', ['-cat', file, 'usr/share/understudy/licences.txt.gz']));
    assert.ok(tool('gzip', ['-dc'], { input: onUnit }).equals(Buffer.from(licences)));
  });

  test('the CM4 has all that it starts by in the same packages: boot files, settings that fit U-Boot, a driver for each part that its kernel describes', async () => {
    const { image: board } = await builder('board/rpi-cm4/image.mjs');
    const { bootFile, gather } = await builder('board/image/make-image.mjs');
    const parts = await gather({ root: process.cwd(), cache: path.resolve('.cache/image'), image: board, program: built.program, packages: await packages() });
    const holds = (place: string): Buffer => Buffer.from(bootFile(place, board, parts.packages, parts.kernelName) as Uint8Array);
    assert.match(holds('u-boot.bin').toString('latin1'), 'bootdelay=-2\0');
    assert.ok(holds('start4.elf').subarray(0, 4).equals(Buffer.from('\x7fELF')));
    assert.ok(holds('fixup4.dat').length > 1000);
    const { nodeAt, readTree } = await builder('board/image/device-tree.mjs');
    assert.ok(nodeAt(readTree(holds(board.description.place)).root, '/soc/i2c@7e205000/rtc@51') !== undefined);
  });

  if (process.env['UNDERSTUDY_TEST_LONG'] !== '1') skipTest('a second build in another folder has the same bytes', 'takes minutes: UNDERSTUDY_TEST_LONG=1 node test/run.mjs --image --limit 900 test/image/contents');
  else {
    test('a second build in another folder, under another mask and in another time zone, has the same bytes', () => {
      const made = secondBuild(/^BUILD_ID="(.*)"$/m.exec(inSlot('etc/os-release').get('etc/os-release') ?? '')?.[1] ?? '');
      const names = readdirSync(made).sort();
      assert.ok(['understudy.img', 'understudy.raucb', 'understudy.spdx.json', 'licences.txt', 'u-boot.bin', 'understudy.cjs'].every((name) => names.includes(name)), names.join());
      for (const name of names) assert.is(spawnSync('cmp', [path.join(made, name), path.join(built.folder, name)], { encoding: 'utf8' }).stdout, '', name);
      figure(`${names.length} files of a second build have the same bytes`);
    });
  }
}

/** Those of the lock file, or today's where one of them is not to be had any more (support/image/built-image.ts). */
async function packages(): Promise<unknown> {
  const cache = path.resolve('.cache/image');
  const { DebianArchive } = await builder('board/image/debian-archive.mjs');
  const { readLock } = await builder('board/image/lock.mjs');
  try {
    const archive = new DebianArchive(cache, 'arm64');
    for (const entry of readLock(process.cwd())) archive.fetch(entry);
    return undefined;
  } catch {
    return (await builder('board/image/renew-lock.mjs')).packagesOfToday(process.cwd(), cache);
  }
}

/** The folder of the board in a clone of that commit, which has of this checkout only what was downloaded and spoken, and the authority that signs. */
function secondBuild(commit: string): string {
  const clone = path.join(mkdtempSync(path.join(tmpdir(), 'a-clone-in-another-place-')), 'project');
  assert.match(commit, /^[0-9a-f]+$/, 'an image of files that were not committed is that of no commit');
  execFileSync('git', ['clone', '--quiet', '--no-checkout', process.cwd(), clone]);
  execFileSync('git', ['-C', clone, 'checkout', '--quiet', commit]);
  for (const place of ['node_modules', '.cache/voices', '.cache/image/packages', '.cache/image/development-ca']) {
    mkdirSync(path.dirname(path.join(clone, place)), { recursive: true });
    tool('cp', ['-r', '--reflink=auto', place, path.join(clone, place)]);
  }
  const out = path.join(clone, 'made');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, 'board/image/main.mjs', boardName, '--out', out], {
    cwd: clone, encoding: 'utf8', timeout: secondBuildLimitMs, env: { ...process.env, TZ: 'Asia/Tokyo' }, maxBuffer: 16 * mib,
  });
  assert.is(status, 0, `${stdout}${stderr}`);
  return path.join(out, boardName);
}

const missing = requires(...emulatorNeeds, command('unsquashfs', 'squashfs-tools'), command('mcopy', 'mtools'), command('sfdisk', 'fdisk'), command('e2fsck', 'e2fsprogs'));
if (missing !== undefined) skipTest('what is in the image', missing);
else await tests();
test.run();
