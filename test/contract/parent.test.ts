import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { driverSet } from '../../hal/driver-set.ts';
import { LinuxMachineStart, panicLine, programEnd } from '../../hal/drivers/linux/linux-machine-start.ts';
import { ParentNetwork } from '../../hal/drivers/linux/parent-network.ts';
import { ParentPower } from '../../hal/drivers/linux/parent-power.ts';
import { ParentWatchdog } from '../../hal/drivers/linux/parent-watchdog.ts';
import { registerLinux } from '../../hal/drivers/linux/register.ts';
import { realTime, refusal } from './passing.ts';
import { watchdogContract } from './watchdog-contract.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'parent-'));
let names = 0;

/** A FIFO that somebody reads, as the parent does. */
function parent(): { path: string; heard: () => string; leave: () => void } {
  const fifo = path.join(folder, `fifo-${names++}`);
  execFileSync('mkfifo', [fifo]);
  const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const bytes = Buffer.alloc(65536);
  return { path: fifo, heard: () => bytes.toString('latin1', 0, readSync(fd, bytes)), leave: () => closeSync(fd) };
}

watchdogContract('parent', async () => {
  const { path: fifo, leave } = parent();
  return { watchdog: new ParentWatchdog(fifo), stop: async () => leave() };
});

test('watchdog parent: says its limit in whole seconds, feeds, and lets go', async () => {
  const { path: fifo, heard, leave } = parent();
  const watchdog = new ParentWatchdog(fifo);
  await watchdog.arm(9_500);
  watchdog.feed();
  watchdog.feed();
  await watchdog.disarm();
  assert.is(heard(), 'limit 10\nfed\nfed\nlimit 0\n');
  leave();
});

test('watchdog parent: a parent that does not listen is told at arming; a full FIFO loses feeds and nothing else', async () => {
  const { path: fifo, leave } = parent();
  const watchdog = new ParentWatchdog(fifo);
  await watchdog.arm(1000);
  for (let at = 0; at < 20_000; at++) watchdog.feed();
  leave();
  watchdog.feed();
  await watchdog.disarm();
  assert.is(await refusal(realTime, watchdog.arm(1000)), 'unsupported');
  assert.is(await refusal(realTime, new ParentWatchdog(path.join(folder, 'nowhere')).arm(1000)), 'not-found');
});

test('power parent: the parent is asked; without one it is refused', async () => {
  const { path: fifo, heard, leave } = parent();
  await new ParentPower(fifo).reboot();
  assert.is(heard(), 'reboot\n');
  leave();
  assert.is(await refusal(realTime, new ParentPower(fifo).reboot()), 'unsupported');
});

test('network parent: the plan is a file that the script reads, and the parent is told; time servers are those that DHCP named', async () => {
  const { path: fifo, heard, leave } = parent();
  const places = { file: path.join(folder, 'etc/network'), timeServers: path.join(folder, 'ntp-servers'), parent: fifo };
  const network = new ParentNetwork(places);
  const plan = { card: null, vlan: 20, address: '192.0.2.10/24', gateway: '192.0.2.1', dns: ['192.0.2.2', '192.0.2.3'], ntp: [] };
  await network.apply(plan);
  assert.is(readFileSync(places.file, 'utf8'), 'method=static\nvlan=20\naddress=192.0.2.10/24\ngateway=192.0.2.1\ndns=192.0.2.2 192.0.2.3\n');
  await network.apply({ ...plan, vlan: null, address: null, gateway: null, dns: [] });
  assert.is(readFileSync(places.file, 'utf8'), 'method=dhcp\n');
  assert.is(heard(), 'network\nnetwork\n');
  assert.equal(await network.timeServers(), []);
  writeFileSync(places.timeServers, '192.0.2.4 $(reboot) ntp.example\n');
  assert.equal(await network.timeServers(), ['192.0.2.4', 'ntp.example']);
  leave();
  assert.is(await refusal(realTime, network.apply(plan)), 'unsupported');
});

test('watchdog parent-or-device: the parent where the environment names one, else the device', () => {
  const drivers = driverSet();
  registerLinux(drivers);
  const made = (environment: Record<string, string>): string => drivers.watchdog.make('parent-or-device', { environment, devicePath: '/dev/watchdog' }).name;
  assert.is(made({ UNDERSTUDY_PARENT: '/run/understudy/parent' }), 'parent');
  assert.is(made({}), '/dev/watchdog');
});

const places = (facts: Record<string, string>, status = '0', dumps: Record<string, string> = {}) => {
  const at = path.join(folder, `places-${names++}`);
  for (const [name, text] of [...Object.entries(facts).map(([key, value]) => [`facts/${key}`, value]), ['boot_id', 'b-1\n'], ['bootstatus', `${status}\n`], ...Object.entries(dumps).map(([key, value]) => [`pstore/${key}`, value])]) {
    mkdirSync(path.dirname(path.join(at, name as string)), { recursive: true });
    writeFileSync(path.join(at, name as string), text as string);
  }
  return { facts: path.join(at, 'facts'), bootId: path.join(at, 'boot_id'), bootStatus: path.join(at, 'bootstatus'), pstore: path.join(at, 'pstore') };
};

test('machine start: facts of the parent, the watchdog and the kernel', async () => {
  const facts = await new LinuxMachineStart(places({ ended: 'stuck\n', wiped: '', alarms: 'the data partition was set aside\nand mended\n' }, '32', { 'dmesg-ramoops-0': '<0>[    1.2] Kernel panic - not syncing: Fatal exception in interrupt\n<4>more' })).facts();
  assert.equal(facts, {
    bootId: 'b-1', watchdogFired: true, otherReset: null, panic: 'Kernel panic - not syncing: Fatal exception in interrupt', ended: { kind: 'stuck' }, wiped: true,
    alarms: ['the data partition was set aside', 'and mended'],
  });
});

test('machine start: a machine that tells nothing', async () => {
  const facts = await new LinuxMachineStart({ facts: null, bootId: '/nowhere/a', bootStatus: '/nowhere/b', pstore: '/nowhere/c' }).facts();
  assert.equal(facts, { bootId: '', watchdogFired: false, otherReset: null, panic: null, ended: null, wiped: false, alarms: [] });
  assert.is((await new LinuxMachineStart(places({}, '16')).facts()).otherReset, 'low voltage');
});

test('machine start: words of the parent', () => {
  assert.equal([programEnd('exit 80'), programEnd('signal 9'), programEnd('memory'), programEnd('exit'), programEnd('rm -rf'), programEnd(null)], [{ kind: 'exit', code: 80 }, { kind: 'signal', signal: 9 }, { kind: 'memory' }, null, null, null]);
  assert.is(panicLine('all is well'), null);
});

test.run();
