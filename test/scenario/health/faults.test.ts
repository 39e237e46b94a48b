// A whole unit on virtual time: each fault, and what the unit does about it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckName } from '../../../firmware/watchdog/health-check.ts';
import type { CheckReport } from '../../../firmware/watchdog/health-report.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

const check = (site: SimSite, name: CheckName): CheckReport => site.unit.health.report().checks.find((one) => one.check === name) as CheckReport;
const taken = (site: SimSite, name: CheckName): string[] => check(site, name).taken.map(({ remedy }) => remedy);
const logged = (site: SimSite, event: string): string[] => site.log.last(500).filter((line) => line.event === event).map(({ text }) => text);

/** Whether the watchdog was fed in the last `ms`. */
function fed(site: SimSite, ms: number): boolean {
  return site.made.watchdog.feeds.some((atMs) => atMs > site.clock.monotonic() - ms);
}

const diskFails = (storage: SimStorage): void => void (storage.fault = (operation) => (operation.kind === 'data-sync' || operation.kind === 'write' ? 'io' : null));

test('a healthy unit: every check runs, the watchdog is fed, nothing is done', async () => {
  const site = await SimSite.start();
  assert.equal(site.unit.health.doubts.map((doubt) => doubt.split(' ').slice(0, 5).join(' ')), Array(4).fill('it is not known yet'), 'before the first round');
  await site.clock.advance(5 * 60_000);
  assert.equal(site.unit.health.doubts, []);
  for (const { check: name, condition, taken: done } of site.unit.health.report().checks) {
    assert.is(condition, 'well', name);
    assert.equal(done, [], name);
  }
  assert.is(site.unit.health.report().feeding, 'fed');
  assert.is(site.made.watchdog.bitAt, null);
  assert.ok(site.unit.health.able);
  await site.stop();
  assert.equal(site.clock.pending().map(({ name }) => name).filter((name) => /health|watchdog|lag|probe/.test(name)), [], 'nothing of it goes on');
});

test('sip-socket-deaf: the sockets are opened anew, and calls are answered again', async () => {
  const site = await SimSite.start();
  await site.clock.advance(20_000);
  site.host.deafen(5060);
  assert.ok(await site.clock.until(() => taken(site, 'sip').length > 0, 60_000, 500), 'a remedy');
  assert.ok(await site.clock.until(() => check(site, 'sip').condition === 'well', 30_000, 500), 'it helped');
  assert.equal(taken(site, 'sip'), ['reopen-sip']);
  assert.match(logged(site, 'remedy').join(), 'opened anew: SIP on port 5060 does not answer');
  assert.is(site.made.process.restarts.length, 0);
  assert.is(site.made.watchdog.bitAt, null);
  assert.ok((await site.during(site.phone({ target: '201', speak: voice(2000), script: 's' }).end)).answered);
  await site.stop();
});

test('sip-socket-deaf-for-good: the process ends itself, and if that does not help the watchdog bites', async () => {
  const site = await SimSite.start();
  site.host.deafen(5060, 'for good');
  assert.ok(await site.clock.until(() => site.made.process.restarts.length > 0, 120_000, 500));
  assert.equal(taken(site, 'sip'), ['reopen-sip', 'restart-process']);
  assert.match(logged(site, 'remedy-not-offered').join(), 'the partner is asked to serve');
  assert.is(site.made.watchdog.bitAt, null, 'it is fed while there is a remedy left');
  await site.stop();
  const again = await SimSite.start({ storage: site.storage });
  assert.match(logged(again, 'health-resumed').join(), 'This start is a remedy');
  again.host.deafen(5060, 'for good');
  assert.ok(await again.clock.until(() => check(again, 'sip').condition === 'past-help', 120_000, 500));
  assert.equal(again.made.process.restarts, [], 'not the same remedy again');
  assert.ok(await again.clock.until(() => again.made.watchdog.bitAt !== null, 60_000, 500));
  await again.stop();
});

test('store-fails: the machine is restarted where the board allows it, then the watchdog bites', async () => {
  const site = await SimSite.start();
  await site.clock.advance(70_000);
  diskFails(site.storage);
  assert.ok(await site.clock.until(() => site.made.power?.reboots === 1, 120_000, 500));
  assert.ok(fed(site, 11_000));
  assert.ok(await site.clock.until(() => check(site, 'store').condition === 'past-help', 120_000, 500));
  assert.is(site.unit.health.report().feeding, 'starved');
  assert.ok(await site.clock.until(() => site.made.watchdog.bitAt !== null, 40_000, 500));
  assert.match(logged(site, 'watchdog-starved').join(), 'the store takes no writes');
  assert.match(site.made.process.statuses.at(-1) ?? '', 'the store takes no writes');
  site.storage.fault = null;
  await site.stop();
});

test('store-fails-without-a-way-to-restart-anything: the watchdog alone bites, and a store that works again is fed for', async () => {
  const site = await SimSite.start({ supervised: false });
  diskFails(site.storage);
  assert.ok(await site.clock.until(() => check(site, 'store').condition === 'past-help', 180_000, 500));
  await site.clock.advance(11_000);
  assert.not(fed(site, 10_000));
  site.storage.fault = null;
  assert.ok(await site.clock.until(() => check(site, 'store').condition === 'well', 20_000, 500));
  await site.clock.advance(11_000);
  assert.ok(fed(site, 11_000));
  assert.match(logged(site, 'healthy-again').join(), 'the store takes no writes');
  await site.stop();
});

test('disk-full: told, and the unit goes on', async () => {
  const site = await SimSite.start({ storage: new SimStorage({ totalBytes: 40 * 1024 * 1024 }), settings: testSettings(testConfiguration.replace('maxSec: 60', 'maxSec: 60, reserveMiB: 64')) });
  assert.ok(await site.clock.until(() => check(site, 'disk').condition === 'alarm', 90_000, 500));
  await site.clock.advance(60_000);
  assert.is(site.unit.health.report().feeding, 'fed');
  assert.is(site.made.process.restarts.length, 0);
  assert.equal([site.unit.health.standing.length, site.unit.health.doubts], [1, []], 'no other firmware would do better');
  await site.stop();
});

test('media-thread-dies: the fault is seen before the watchdog would bite, and the process ends itself', async () => {
  const site = await SimSite.start();
  site.crashMedia('out of memory');
  assert.ok(await site.clock.until(() => site.made.process.restarts.length > 0, 60_000, 500));
  assert.match(site.made.process.restarts[0] ?? '', 'the media thread has said nothing for');
  assert.is(site.made.watchdog.bitAt, null);
  await site.stop();
});

test('control-thread-stalls: that of the start is not seen, one stall is forgiven, stall after stall is not', async () => {
  const site = await SimSite.start();
  site.clock.stall(3000);
  await site.clock.advance(5000);
  assert.is(check(site, 'control-loop').condition, 'well');
  site.clock.stall(3000);
  await site.clock.advance(4000);
  assert.is(check(site, 'control-loop').condition, 'suspect');
  await site.clock.advance(5000);
  assert.is(check(site, 'control-loop').condition, 'well');
  // One between any two looks.
  for (let stall = 0; stall < 6 && site.made.process.restarts.length === 0; stall++) {
    site.clock.stall(3000);
    await site.clock.advance(2000);
  }
  assert.match(site.made.process.restarts[0] ?? '', 'the control thread was');
  await site.stop();
});

test('memory-leaks: the process ends itself when the last call has ended, not before', async () => {
  const site = await SimSite.start();
  const call = site.phone({ target: '201', speak: voice(50_000), script: 's' });
  await site.clock.advance(5000);
  site.made.process.heldBytes = 2 ** 28;
  await site.clock.advance(45_000);
  assert.is(check(site, 'memory').condition, 'sick');
  assert.equal(site.made.process.restarts, []);
  call.hangUp();
  await site.during(call.end);
  await site.clock.advance(10_000);
  assert.match(site.made.process.restarts[0] ?? '', 'the process holds 256 MiB');
  await site.stop();
});

test('memory-short: new calls get 503, calls that are up are stored whole, and what is given back is used', async () => {
  const site = await SimSite.start();
  const up = site.phone({ target: '201', speak: voice(5000), script: 's' });
  await site.clock.advance(2000);
  site.made.process.heldBytes = 0.96 * 2 ** 27;
  const refused = await site.during(site.phone({ target: '202', speak: voice(2000), script: 's' }).end);
  assert.not.ok(refused.answered);
  assert.match(refused.text, '503');
  assert.match(logged(site, 'memory-short').join(), 'holds 123 of 128 MiB');
  assert.is(site.unit.calls.place(() => { throw new Error('no call is placed'); }), null);
  assert.is(site.unit.calls.counters.refused, 1);
  assert.ok((await site.during(up.end)).answered);
  assert.is(site.unit.store.list('201', false)?.length, 1, 'the call that was up is stored');
  assert.is(check(site, 'memory').condition, 'well', 'it is within its budget');
  const givenBack = site.made.process.givenBack;
  await site.clock.advance(61_000);
  assert.ok(site.made.process.givenBack > givenBack);
  site.made.process.heldBytes = 0.92 * 2 ** 27;
  assert.match((await site.during(site.phone({ target: '202', speak: voice(2000), script: 's' }).end)).text, '503', 'not yet');
  site.made.process.heldBytes = 0.8 * 2 ** 27;
  await site.clock.advance(100); // a look at memory lasts for the calls of a moment
  assert.ok((await site.during(site.phone({ target: '202', speak: voice(2000), script: 's' }).end)).answered);
  assert.is(logged(site, 'memory-short').length, 1);
  assert.is(logged(site, 'memory-enough').length, 1);
  await site.stop();
});

test('clock-stepped: told once, and the unit goes on', async () => {
  const site = await SimSite.start();
  await site.clock.advance(20_000);
  site.clock.stepWall(86_400_000);
  await site.clock.advance(6000);
  assert.is(check(site, 'clock').condition, 'alarm');
  await site.clock.advance(6000);
  assert.is(check(site, 'clock').condition, 'well');
  assert.match(logged(site, 'no-remedy').join(), 'the clock was moved by +86400 s');
  assert.is(site.unit.health.report().feeding, 'fed');
  await site.stop();
});

test('watchdog-missing: an alert, and the unit runs unwatched', async () => {
  const site = await SimSite.start();
  await site.stop();
  const unwatched = new SimSite({ storage: site.storage });
  unwatched.made.watchdog.armFails = 'not-found';
  await unwatched.during(unwatched.unit.start());
  assert.match(logged(unwatched, 'unwatched').join(), 'Nothing would restart a unit that hangs');
  assert.is(unwatched.unit.health.report().feeding, 'not armed');
  await unwatched.stop();
});

test.run();
