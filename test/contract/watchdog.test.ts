import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeviceWatchdog } from '../../hal/drivers/linux/device-watchdog.ts';
import { NoWatchdog } from '../../hal/drivers/linux/no-watchdog.ts';
import { openSystemdNotify } from '../../hal/drivers/linux/systemd-notify.ts';
import { SystemdWatchdog } from '../../hal/drivers/linux/systemd-watchdog.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimWatchdog } from '../../hal/sim/sim-watchdog.ts';
import { requires, skipTest, testWith } from '../support/skip.ts';
import { realTime, refusal, until } from './passing.ts';
import { python, unixReceiver } from './unix-receiver.ts';
import { watchdogContract } from './watchdog-contract.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'watchdog-'));
let names = 0;
const freshPath = (): string => path.join(folder, `socket-${names++}`);
const nothing = async (): Promise<void> => {};

/** A file in place of the device; the driver's request for a time limit is answered as a device with this largest limit would. */
function fakeDevice(largestS = 60): { watchdog: DeviceWatchdog; written: () => string; asked: number[] } {
  const file = freshPath();
  writeFileSync(file, '');
  const asked: number[] = [];
  const watchdog = new DeviceWatchdog(file, async (_fd, seconds) => {
    asked.push(seconds);
    return Math.min(seconds, largestS);
  });
  return { watchdog, written: () => readFileSync(file, 'latin1'), asked };
}

watchdogContract('none', async () => ({ watchdog: new NoWatchdog(), stop: nothing }));
watchdogContract('sim', async () => ({ watchdog: new SimWatchdog(new SimClock()), stop: nothing }));
watchdogContract('device', async () => ({ watchdog: fakeDevice().watchdog, stop: nothing }));

const noPython = requires(python);
if (noPython === undefined) {
  watchdogContract('systemd', async () => {
    const name = freshPath();
    const receiver = await unixReceiver(name);
    return { watchdog: new SystemdWatchdog({ NOTIFY_SOCKET: name }), stop: receiver.stop };
  });
} else skipTest('watchdog systemd', noPython);

for (const [kind, name] of [['a path', freshPath()], ['an abstract name', `@understudy-test-${process.pid}`]] as const) {
  testWith([python], `watchdog systemd: speaks sd_notify to ${kind}`, async () => {
    const receiver = await unixReceiver(name);
    const environment = { NOTIFY_SOCKET: name };
    const notify = await openSystemdNotify(environment);
    const watchdog = new SystemdWatchdog(environment);
    try {
      notify.ready('answers\non 40 ports');
      await watchdog.arm(2500);
      watchdog.feed();
      await watchdog.disarm();
      notify.status('busy');
      notify.stopping();
      await until(realTime, 'all datagrams', () => receiver.datagrams.length === 6);
    } finally {
      await receiver.stop();
    }
    assert.equal(receiver.datagrams, ['READY=1\nSTATUS=answers on 40 ports', 'WATCHDOG_USEC=2500000\nWATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG_USEC=0', 'STATUS=busy', 'STOPPING=1']);
  });
}

test('watchdog systemd: a supervisor that is not there is told at arming, and notifying goes nowhere', async () => {
  assert.is(await refusal(realTime, new SystemdWatchdog({}).arm(1000)), 'unsupported');
  assert.is(await refusal(realTime, new SystemdWatchdog({ NOTIFY_SOCKET: freshPath() }).arm(1000)), 'not-found');
  assert.is(await refusal(realTime, new SystemdWatchdog({ NOTIFY_SOCKET: `/${'x'.repeat(120)}` }).arm(1000)), 'unsupported');
  (await openSystemdNotify({})).ready('nobody listens');
});

test('watchdog device: each feed is a write, and the last byte is the magic close', async () => {
  const { watchdog, written, asked } = fakeDevice();
  await watchdog.arm(9_500);
  watchdog.feed();
  watchdog.feed();
  assert.is(written(), '111');
  await watchdog.disarm();
  assert.is(written(), '111V');
  assert.equal(asked, [10]);
});

test('watchdog device: one that would bite too early is closed in good order and refused', async () => {
  const { watchdog, written } = fakeDevice(5);
  assert.is(await refusal(realTime, watchdog.arm(30_000)), 'unsupported');
  assert.is(written(), 'V');
});

test('watchdog device: what is no watchdog is refused by the kernel', async () => {
  assert.is(await refusal(realTime, new DeviceWatchdog('/dev/null').arm(1000)), 'unsupported');
  assert.is(await refusal(realTime, new DeviceWatchdog(freshPath()).arm(1000)), 'not-found');
});

test('watchdog sim: bites when it is not fed in time, and only then', async () => {
  const clock = new SimClock();
  const watchdog = new SimWatchdog(clock);
  await watchdog.arm(1000);
  await clock.advance(900);
  watchdog.feed();
  await clock.advance(900);
  assert.is(watchdog.bitAt, null);
  await clock.advance(200);
  assert.is(watchdog.bitAt, 1900);
  assert.equal(watchdog.feeds, [900]);
});

test('watchdog sim: refuses to be armed when told to', async () => {
  const watchdog = new SimWatchdog(new SimClock());
  watchdog.armFails = 'busy';
  assert.is(await refusal(realTime, watchdog.arm(1000)), 'busy');
});

test.run();
