import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MonotonicMs } from '../../../hal/clock.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimMedium } from '../../../hal/sim/sim-medium.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { CheckRunner, type Finding } from '../../../firmware/watchdog/check-runner.ts';
import { clock as clockCheck } from '../../../firmware/watchdog/checks/clock.ts';
import { controlLoop } from '../../../firmware/watchdog/checks/control-loop.ts';
import { disk } from '../../../firmware/watchdog/checks/disk.ts';
import { lines, type LineAlarm } from '../../../firmware/watchdog/checks/lines.ts';
import { mediaDeadlines, type DeadlineReport } from '../../../firmware/watchdog/checks/media-deadlines.ts';
import { mediaThread } from '../../../firmware/watchdog/checks/media-thread.ts';
import { medium } from '../../../firmware/watchdog/checks/medium.ts';
import { memory } from '../../../firmware/watchdog/checks/memory.ts';
import { sip } from '../../../firmware/watchdog/checks/sip.ts';
import { store } from '../../../firmware/watchdog/checks/store.ts';
import type { HealthCheck } from '../../../firmware/watchdog/health-check.ts';
import { LagMeter } from '../../../firmware/watchdog/lag-meter.ts';

const mib = 1024 * 1024;

test('control-loop: late by more than a second', () => {
  let lagMs = 1000;
  const check = controlLoop(() => lagMs);
  assert.is(check.look(), null);
  lagMs = 1001;
  assert.match(String(check.look()), '1001 ms late');
});

test('medium: worn out, short of spare blocks, read-only; well otherwise, and where it does not tell', async () => {
  const of = new SimMedium();
  const told = async (part: Partial<SimMedium['told']>): Promise<string | null> => {
    of.told = { device: 'mmcblk0', kind: 'emmc', wornPercent: 10, spare: 'normal', readOnly: false, ...part };
    return medium(of).look();
  };
  assert.is(await told({ wornPercent: 80 }), null);
  assert.is(await told({ wornPercent: null, spare: null }), null);
  assert.match(String(await told({ wornPercent: 90 })), 'up to 90 % of its rated life: replace it');
  assert.match(String(await told({ wornPercent: 110 })), 'more than all of its rated life');
  assert.match(String(await told({ spare: 'low' })), 'few spare blocks');
  assert.match(String(await told({ spare: 'nearly-gone' })), 'hardly any spare blocks');
  assert.match(String(await told({ readOnly: true })), 'takes no writes any more');
});

test('lines: one that cannot be used is told with its reason, others by name', () => {
  let alarms: LineAlarm[] = [];
  const check = lines(() => alarms);
  assert.is(check.look(), null);
  alarms = [{ name: 't1', text: 'Line t1 is not there: no such device.' }];
  assert.is(check.look(), 'Line t1 is not there: no such device');
  alarms = [...alarms, { name: 't2', text: 'x' }, { name: 't3', text: 'y' }];
  assert.is(check.look(), 'Line t1 is not there: no such device; nor can t2, t3 be used');
});

test('the lag meter tells the worst since it was asked, also of a timer that is still due', async () => {
  const clock = new SimClock();
  const meter = new LagMeter(clock);
  meter.start();
  await clock.advance(1000);
  assert.is(meter.take(), 0);
  clock.stall(1700);
  assert.is(meter.take(), 1500, 'its timer was due 200 ms after the last one');
  await clock.advance(200);
  assert.is(meter.take(), 1500);
  await clock.advance(1000);
  assert.is(meter.take(), 0);
  meter.stop();
  assert.equal(clock.pending(), []);
});

test('media-thread: silent, or late', async () => {
  const clock = new SimClock();
  let lagMs: number | null = null;
  let heard = clock.monotonic();
  const check = mediaThread(clock, { lastHeard: () => heard, worstLagMs: () => lagMs });
  await clock.advance(11_000);
  assert.is(check.look(), null);
  await clock.advance(1000);
  assert.match(String(check.look()), 'nothing for 12 s');
  heard = clock.monotonic() as MonotonicMs;
  assert.is(check.look(), null);
  lagMs = 1500;
  assert.match(String(check.look()), '1500 ms late');
});

test('media-deadlines: judges each report once, by what came since the last', () => {
  let report: DeadlineReport | null = null;
  const check = mediaDeadlines(() => report);
  assert.is(check.look(), null);
  report = { activeSessions: 1, skippedTicks: 25 };
  assert.is(check.look(), null);
  report = { activeSessions: 1, skippedTicks: 51 };
  assert.match(String(check.look()), '26 pieces');
  assert.match(String(check.look()), '26 pieces', 'until the next report');
  report = { activeSessions: 1, skippedTicks: 51 };
  assert.is(check.look(), null);
});

for (const fault of ['io', 'read-only', 'permission-denied', 'too-many-open'] as const) {
  test(`store: ${fault} at any step of the writing`, async () => {
    for (const kind of ['create', 'write', 'data-sync', 'remove'] as const) {
      const storage = new SimStorage();
      const check = store(storage);
      assert.is(await check.look(), null);
      storage.fault = (operation) => (operation.kind === kind ? fault : null);
      assert.match(String(await check.look()), 'takes no writes', kind);
      storage.fault = null;
      assert.is(await check.look(), null, `${kind}: what was left is no fault`);
    }
  });
}

test('store: a full disk is the business of another check', async () => {
  const storage = new SimStorage();
  storage.fault = (operation) => (operation.kind === 'write' ? 'no-space' : null);
  assert.is(await store(storage).look(), null);
});

test('sip: what the probe says', async () => {
  assert.is(await sip(async () => null).look(), null);
  assert.is(await sip(async () => 'no answer').look(), 'no answer');
});

test('memory: at the budget, above it', () => {
  let used = 100 * mib;
  const check = memory(100 * mib, () => used);
  assert.is(check.look(), null);
  used += 1;
  assert.match(String(check.look()), '100 MiB aside');
});

test('disk: room for the reserve and one message, and not', async () => {
  const storage = new SimStorage({ totalBytes: 64 * mib });
  assert.is(await disk(storage, () => 64 * mib).look(), null);
  assert.match(String(await disk(storage, () => 65 * mib).look()), '64 MiB are free, and a message needs 65 MiB');
});

test('clock: not set, stepped forwards and back, and slewed', async () => {
  const clock = new SimClock(Date.UTC(2026, 5, 1));
  const check = clockCheck(clock);
  assert.is(check.look(), null);
  clock.stepWall(3_600_000);
  assert.is(check.look(), 'the clock was moved by +3600 s');
  assert.is(check.look(), null);
  clock.stepWall(-60_000);
  assert.is(check.look(), 'the clock was moved by -60 s');
  clock.stepWall(1500);
  assert.is(check.look(), null);
  assert.match(String(clockCheck(new SimClock(0)).look()), '1970-01-01');
  let ownMs = 0;
  const told = clockCheck(clock, () => ownMs);
  assert.is(told.look(), null);
  clock.stepWall(-86_400_000);
  ownMs -= 86_400_000;
  assert.is(told.look(), null, 'the unit has set it itself');
  clock.stepWall(60_000);
  assert.is(told.look(), 'the clock was moved by +60 s', 'and others still may not');
});

const named = (name: 'sip' | 'disk' | 'store', part: Partial<HealthCheck>): HealthCheck => ({ name, about: `${name} is good`, runsIn: ['serving', 'standby'], everyRounds: 1, look: () => null, ...part });

test('a check runs in its states and at its rounds, and at every round once it found something', async () => {
  const clock = new SimClock();
  let fault: string | null = null;
  let looks = 0;
  const look = (): string | null => {
    looks += 1;
    return fault;
  };
  const runner = new CheckRunner(clock, [named('disk', { everyRounds: 3, look, runsIn: ['serving'] })]);
  const found: Finding[] = [];
  const round = (state: 'serving' | 'standby' = 'serving'): Promise<void> => runner.round(state, (finding) => void found.push(finding));
  for (let count = 0; count < 6; count++) await round();
  assert.is(looks, 2);
  fault = 'bad';
  await round();
  assert.is(looks, 3);
  await round();
  await round();
  assert.is(looks, 5);
  await round('standby');
  assert.is(looks, 5);
  assert.equal(found.at(-1), { check: 'disk', ran: false });
});

test('disk-hangs: a check that does not answer is a fault, and those after it are looked at', async () => {
  const clock = new SimClock();
  const runner = new CheckRunner(clock, [named('store', { look: () => new Promise(() => undefined) }), named('sip', {}), named('disk', { look: () => Promise.reject(new Error('gone')) })]);
  const found: Finding[] = [];
  const round = runner.round('serving', (finding) => void found.push(finding));
  await clock.advance(10_000);
  await round;
  assert.equal(found, [
    { check: 'store', ran: true, fault: 'it was not known after 10 s whether store is good' },
    { check: 'sip', ran: true, fault: null },
    { check: 'disk', ran: true, fault: 'it cannot be told whether disk is good: gone' },
  ]);
  assert.equal(clock.pending(), []);
});

test('disk-hangs-for-long: it is asked once, and counts as a fault until it answers', async () => {
  const clock = new SimClock();
  let looks = 0;
  let answer: (fault: string | null) => void = () => undefined;
  const look = (): Promise<string | null> => {
    looks += 1;
    return new Promise((resolve) => (answer = resolve));
  };
  const runner = new CheckRunner(clock, [named('store', { look })]);
  const faults: (string | null)[] = [];
  const round = async (): Promise<void> => {
    const running = runner.round('serving', (finding) => void (finding.ran && faults.push(finding.fault)));
    await clock.advance(10_000);
    await running;
  };
  for (let count = 0; count < 5; count++) await round();
  assert.is(looks, 1);
  assert.ok(faults.every((fault) => fault?.includes('was not known after 10 s')), faults.join());
  answer(null);
  await clock.advance(1);
  const again = runner.round('serving', (finding) => void (finding.ran && faults.push(finding.fault)));
  await clock.advance(1);
  answer(null);
  await again;
  assert.equal([looks, faults.at(-1)], [2, null]);
  assert.equal(clock.pending(), []);
});

test.run();
