// The watchdog is fed while a start takes long for a good reason, and no longer: under busybox, with a file in place of the device.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageRoot } from '../support/appliance/parent-world.ts';
import { command, testWith } from '../support/skip.ts';

const needs = [command('busybox', 'busybox-static')];
const folder = mkdtempSync(path.join(tmpdir(), 'feed-'));
let names = 0;

function feedWhile(shell: string, environment: Readonly<Record<string, string>> = {}): { code: number | null; output: string; device: string; fed: () => string } {
  const device = path.join(folder, `watchdog-${names++}`);
  writeFileSync(device, '');
  const all = { PATH: process.env['PATH'], DEVICE: device, EVERY: '0.1', ...environment };
  const { status, stdout } = spawnSync('busybox', ['sh', path.join(imageRoot, 'usr/lib/understudy/feed-while'), 'sh', '-c', shell], { env: all, encoding: 'utf8' });
  return { code: status, output: stdout, device, fed: () => readFileSync(device, 'utf8') };
}

/** Shell that lasts until the device was fed so often. */
const until = (times: number): string => `until [ "$(wc -l <"$DEVICE")" -ge ${times} ]; do sleep 0.1; done`;

testWith(needs, 'appliance feed: what takes long is fed for, gives its own code, and nothing is fed or open after it', () => {
  const { code, fed, device } = feedWhile(`${until(4)}; exit 7`);
  assert.is(code, 7);
  const once = fed();
  assert.match(once, /^(\.\n){4,}$/);
  spawnSync('sleep', ['0.4']);
  assert.is(fed(), once);
  assert.is(spawnSync('sh', ['-c', `ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c ${device}`], { encoding: 'utf8' }).stdout.trim(), '0');
});

testWith(needs, 'appliance feed: what is done at once is not fed for, and the device is not touched', () => {
  const { code, fed, output } = feedWhile('echo done', { EVERY: '3' });
  assert.is(code, 0);
  assert.is(output, 'done\n');
  assert.is(fed(), '');
});

testWith(needs, 'appliance feed: what never ends is fed for so many times and no more', () => {
  const { fed } = feedWhile(`${until(3)}; sleep 1`, { TIMES: '3' });
  assert.is(fed(), '.\n.\n.\n');
});

testWith(needs, 'appliance feed: what runs does not hold the device', () => {
  const { output } = feedWhile(`${until(1)}; ls -l /proc/self/fd`);
  assert.not.match(output, 'watchdog');
});

testWith(needs, 'appliance feed: a machine without a watchdog starts as well', () => {
  const device = path.join(folder, 'none');
  const { code, output } = feedWhile('sleep 0.3; echo done', { DEVICE: device });
  assert.is(code, 0);
  assert.is(output, 'done\n');
  assert.not(existsSync(device));
});

testWith(needs, 'appliance feed: the start feeds while the data are checked, wiped and enlarged, after the boot partition is there', () => {
  const rows = readFileSync(path.join(imageRoot, 'etc/init.d/rcS'), 'utf8').split('\n');
  const at = (start: string): number => rows.findIndex((row) => row.includes(start));
  assert.ok(at('$lib/feed-while $lib/data') > at('/dev/disk/by-partlabel/boot /boot'));
  assert.ok(at('/dev/disk/by-partlabel/boot /boot') > at('modprobe -qa vfat'));
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
