import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxPower } from '../../hal/drivers/linux/linux-power.ts';
import { HalError } from '../../hal/errors.ts';
import { SimPower } from '../../hal/sim/sim-power.ts';
import { testWith, type Need } from '../support/skip.ts';
import { realTime, refusal } from './passing.ts';

const processNamespaces: Need = { missing: () => (spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0 ? undefined : 'may not make process namespaces here') };

testWith([processNamespaces], 'reboot(2) restarts: in a process namespace that ends its first process', () => {
  const child = path.join(process.env['UNDERSTUDY_TEST_BUILD'] ?? '', 'test/contract/power.child.mjs');
  const { status, signal, stderr } = spawnSync('unshare', ['--pid', '--fork', process.execPath, child], { encoding: 'utf8', timeout: 20_000 });
  // unshare ends as its child did: by SIGHUP, which is what a restart is in there.
  assert.ok(signal === 'SIGHUP' || status === 128 + 1, `${status} ${signal} ${stderr}`);
});

test('where systemd is the init it is asked, and its refusal is told', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'power-'));
  const before = process.env['PATH'];
  writeFileSync(path.join(folder, 'systemctl'), `#!/bin/sh\necho "$@" >> ${folder}/asked\n[ ! -e ${folder}/refuse ]\n`);
  chmodSync(path.join(folder, 'systemctl'), 0o755);
  process.env['PATH'] = `${folder}:${before}`;
  try {
    await new LinuxPower(folder).reboot();
    writeFileSync(path.join(folder, 'refuse'), '');
    const refused = await new LinuxPower(folder).reboot().then(() => null, (error: unknown) => error);
    assert.ok(refused instanceof HalError);
  } finally {
    process.env['PATH'] = before;
  }
  assert.is(readFileSync(path.join(folder, 'asked'), 'utf8'), 'reboot\nreboot\n');
});

test('the simulator counts, and fails when told to', async () => {
  const power = new SimPower();
  await power.reboot();
  assert.is(power.reboots, 1);
  power.rebootFails = 'permission-denied';
  assert.is(await refusal(realTime, power.reboot()), 'permission-denied');
});

test.run();
