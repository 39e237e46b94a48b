import { mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceNumber, isReadOnly, LinuxMedium, wornPercent } from '../../../hal/drivers/linux/linux-medium.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'medium-'));
const number = deviceNumber(statSync(folder, { bigint: true }).dev);

/** /sys of a machine whose data lies on partition 3 of mmcblk0. */
function sysOf(name: string, device: Record<string, string>): string {
  const sys = path.join(folder, name);
  const disk = path.join(sys, 'devices/mmcblk0');
  mkdirSync(path.join(disk, 'mmcblk0p3'), { recursive: true });
  mkdirSync(path.join(disk, 'device'));
  mkdirSync(path.join(sys, 'dev/block'), { recursive: true });
  writeFileSync(path.join(disk, 'mmcblk0p3/partition'), '3\n');
  for (const [file, text] of Object.entries(device)) writeFileSync(path.join(disk, 'device', file), text);
  symlinkSync(path.join(disk, 'mmcblk0p3'), path.join(sys, 'dev/block', number));
  return sys;
}
const mounts = (options: string): string => {
  const file = path.join(folder, `mounts-${options.length}`);
  writeFileSync(file, `22 1 0:20 / /proc rw - proc proc rw\n36 1 ${number} / /data rw,noatime - ext4 /dev/mmcblk0p3 ${options}\n`);
  return file;
};

test('medium: an eMMC tells its life by the worse of its two types of memory', async () => {
  const sys = sysOf('emmc', { type: 'MMC\n', life_time: '0x02 0x09\n', pre_eol_info: '0x02\n' });
  assert.equal(await new LinuxMedium(folder, { sys, mounts: mounts('rw,errors=remount-ro') }).facts(), { device: 'mmcblk0', kind: 'emmc', wornPercent: 90, spare: 'low', readOnly: false });
});

test('medium: an SD card tells nothing, and a file system that went read-only is seen', async () => {
  const sys = sysOf('sd', { type: 'SD\n' });
  assert.equal(await new LinuxMedium(folder, { sys, mounts: mounts('ro,errors=remount-ro') }).facts(), { device: 'mmcblk0', kind: 'sd', wornPercent: null, spare: null, readOnly: true });
});

test('medium: a machine that tells nothing, a folder that is not there', async () => {
  assert.equal((await new LinuxMedium(folder, { sys: '/nowhere', mounts: '/nowhere' }).facts()).device, '');
  assert.is((await new LinuxMedium(path.join(folder, 'nowhere')).facts()).kind, 'other');
});

test('medium: this machine answers', async () => assert.type((await new LinuxMedium('/').facts()).readOnly, 'boolean'));

test('medium: values of the standard', () => {
  assert.equal(['0x00 0x00', '0x01 0x01', '0x0b 0x01', '', null, '0xff'].map(wornPercent), [null, 10, 110, null, null, null]);
  assert.equal([deviceNumber(0xb303n), deviceNumber(0x1230_0845n)], ['179:3', '8:74565']);
  assert.is(isReadOnly('36 1 179:3 / /data rw - ext4 /dev/x rw,errors=remount-ro', '179:3'), false);
});

test.run();
