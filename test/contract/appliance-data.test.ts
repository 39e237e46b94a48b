// The script that mounts the data partition, with real file systems in files and a folder in place of the mounted one.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, truncateSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageRoot } from '../support/appliance/parent-world.ts';
import { command, mounting, root, testWith } from '../support/skip.ts';

const needs = [command('busybox', 'busybox-static'), command('mkfs.ext4', 'e2fsprogs')];
const folder = mkdtempSync(path.join(tmpdir(), 'data-'));
let names = 0;

interface World {
  readonly at: (name: string) => string;
  readonly text: (name: string) => string;
  readonly run: (around?: readonly string[]) => string;
}

/** `device` prepares the partition, a file of 32 MiB. `mounts`: the mount succeeds. */
function world(device: (file: string) => void, mounts = true): World {
  const place = path.join(folder, `world-${names++}`);
  const at = (name: string): string => path.join(place, name);
  for (const name of ['data/understudy', 'run', 'boot']) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('partition'), '');
  truncateSync(at('partition'), 32 * 1024 * 1024);
  device(at('partition'));
  writeFileSync(at('mount'), `#!/bin/sh\necho "$*" >>${at('mounts')}\ncase "$*" in *tmpfs*) exit 0 ;; esac\nexit ${mounts ? 0 : 32}\n`);
  chmodSync(at('mount'), 0o755);
  // The file system is a folder here, so what is not mounted any more is moved away.
  writeFileSync(at('umount'), `#!/bin/sh\necho "umount $*" >>${at('mounts')}\n[ ! -e ${at('busy')} ] || exit 16\nmkdir ${at('gone')} && mv ${at('data/understudy')} ${at('gone')}\n`);
  chmodSync(at('umount'), 0o755);
  const text = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');
  const environment = { PATH: `${process.env['PATH']}:/sbin:/usr/sbin`, DATA_DEVICE: at('partition'), DATA: at('data'), FACTS: at('run'), MOUNT: at('mount'), UMOUNT: at('umount'), BOOT_MARK: at('boot/factory-reset'), FSTRIM: 'true', RESIZE: 'true' };
  const run = (around: readonly string[] = []): string => {
    const [program = '', ...words] = [...around, 'busybox', 'sh', path.join(imageRoot, 'usr/lib/understudy/data')];
    const { stdout, stderr } = spawnSync(program, words, { env: environment, encoding: 'utf8' });
    return stdout + stderr;
  };
  return { at, text, run };
}

const ext4 = (file: string): void => void execFileSync('mkfs.ext4', ['-q', '-F', file], { env: { ...process.env, PATH: `${process.env['PATH']}:/sbin:/usr/sbin` } });
/** Bytes in place of a part of the file. */
const spoil = (file: string, at: number, bytes: Buffer): void => {
  const content = readFileSync(file);
  bytes.copy(content, at);
  writeFileSync(file, content);
};

testWith(needs, 'appliance data: a clean file system is mounted at once, unchecked, with nothing that runs', () => {
  const { run, text, at } = world(ext4);
  assert.is(run(), '');
  assert.is(text('mounts'), `-t ext4 -o noatime,errors=remount-ro,nosuid,nodev,noexec ${at('partition')} ${at('data')}\n`);
  assert.is(text('run/alarms'), '');
  assert.ok(existsSync(at('data/keep')));
});

testWith(needs, 'appliance data: a blank partition gets a file system', () => {
  const { run, text, at } = world(() => undefined);
  assert.match(run(), 'a file system was made');
  assert.is(readFileSync(at('partition')).readUInt16LE(1080), 0xef53);
  assert.is(text('run/alarms'), '');
});

testWith(needs, 'appliance data: one that saw an error is mended before it is mounted, and told', () => {
  const { run, text, at } = world((file) => {
    ext4(file);
    execFileSync('/sbin/debugfs', ['-w', '-R', 'set_super_value state 2', file], { stdio: 'ignore' });
  });
  run();
  assert.match(text('run/alarms'), /had an error, which was mended|has been mended/);
  assert.is(readFileSync(at('partition')).readUInt16LE(1082), 1, 'clean again');
  assert.match(text('mounts'), '-t ext4');
});

testWith(needs, 'appliance data: a lost superblock is made good from its copy', () => {
  const { run, text, at } = world((file) => {
    ext4(file);
    spoil(file, 1024, Buffer.alloc(1024, 0xa5));
  });
  run();
  assert.match(text('run/alarms'), 'has been mended; files may be missing');
  assert.is(readFileSync(at('partition')).readUInt16LE(1080), 0xef53);
  assert.match(text('mounts'), '-t ext4');
});

testWith(needs, 'appliance data: one that cannot be mounted though it is whole: the unit goes on in memory', () => {
  const { run, text, at } = world(ext4, false);
  run();
  assert.match(text('run/alarms'), 'answers with its factory configuration');
  assert.match(text('mounts'), '-t tmpfs');
  assert.ok(existsSync(at('run/data-in-memory')));
});

testWith(needs, 'appliance data: what is no file system of ours is never overwritten, unless a factory reset was asked for', () => {
  const foreign = Buffer.alloc(32 * 1024 * 1024, 0x5a);
  const { run, text, at } = world((file) => writeFileSync(file, foreign));
  run();
  assert.ok(readFileSync(at('partition')).equals(foreign));
  assert.ok(existsSync(at('run/data-in-memory')));
  writeFileSync(at('boot/factory-reset'), '');
  run();
  assert.is(readFileSync(at('partition')).readUInt16LE(1080), 0xef53);
  assert.not(existsSync(at('boot/factory-reset')));
  assert.ok(existsSync(at('run/wiped')));
  assert.match(text('mounts'), '-t ext4');
});

testWith(needs, 'appliance data: a factory reset wipes everything, keys, network, logs and kept code, and the mark last', () => {
  const { run, text, at } = world(ext4);
  const files = ['understudy/mailboxes/201/m.rec', 'understudy/pair/key.a', 'understudy/.hidden', 'etc/understudy.yaml', 'etc/network', 'keep/seed', 'keep/machine-id', 'rauc/status', 'understudy/factory-reset', 'lost+found/#12'];
  for (const file of files) {
    mkdirSync(path.dirname(at(`data/${file}`)), { recursive: true });
    writeFileSync(at(`data/${file}`), 'x');
  }
  assert.match(run(), 'was reset');
  assert.equal(files.filter((file) => existsSync(at(`data/${file}`))), []);
  assert.ok(existsSync(at('data/lost+found')));
  assert.ok(existsSync(at('run/wiped')));
  assert.is(text('run/alarms'), '');
  run();
  assert.is(text('mounts').split('\n').length, 3, 'two mounts');
});

/** A world in which a factory reset is asked for and `data/etc` cannot be deleted: something is mounted on it. */
function stubborn(): World & { readonly reset: () => string } {
  const made = world(ext4);
  for (const name of ['data/etc', 'data/understudy/mailboxes']) mkdirSync(made.at(name), { recursive: true });
  for (const name of ['data/understudy/factory-reset', 'data/understudy/mailboxes/m.rec']) writeFileSync(made.at(name), 'x');
  return { ...made, reset: () => made.run(['unshare', '-m', 'sh', '-c', `mount -t tmpfs none ${made.at('data/etc')} && exec "$@"`, 'sh']) };
}

testWith([...needs, root, mounting], 'appliance data: what a factory reset cannot delete goes with the file system, before the unit is told to be wiped', () => {
  const { reset, text, at } = stubborn();
  const before = readFileSync(at('partition')).subarray(1024 + 0x68, 1024 + 0x78);
  assert.match(reset(), /made anew, since not everything could be deleted[^]*was reset/);
  assert.not(readFileSync(at('partition')).subarray(1024 + 0x68, 1024 + 0x78).equals(before), 'another file system by its UUID');
  assert.match(text('mounts'), /umount .*\n-t ext4/);
  assert.ok(existsSync(at('run/wiped')));
  assert.is(text('run/alarms'), '');
});

testWith([...needs, root, mounting], 'appliance data: a factory reset that cannot delete everything keeps its mark, says so, and is not told as done', () => {
  const { reset, text, at } = stubborn();
  writeFileSync(at('busy'), '');
  assert.not.match(reset(), 'was reset');
  assert.ok(existsSync(at('data/understudy/factory-reset')));
  assert.not(existsSync(at('run/wiped')));
  assert.match(text('run/alarms'), 'could not delete everything and is done again at the next start');
});

test.run();
