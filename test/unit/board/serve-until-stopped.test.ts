// A start that is ended on its way, and a stop whose first parts hang.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Attendance } from '../../../board/common/attendance.ts';
import type { Served } from '../../../board/common/serve-until-stopped.ts';
import { serveUntilStopped } from '../../../board/common/serve-until-stopped.ts';
import type { Stop } from '../../../board/common/stop-reasons.ts';
import { StartGivenUp } from '../../../firmware/unit/start-given-up.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { SimUnit } from '../../support/sim-unit.ts';
import { simUnit } from '../../support/sim-unit.ts';

const asked: Stop = { severity: 'notice', text: 'as the test asked', why: 'the test asked', code: 0 };

function world(): { clock: SimClock; make: () => SimUnit } {
  const clock = new SimClock();
  const storage = new SimStorage();
  const network = new SimNetwork(clock, new SimRandom(1));
  let hosts = 2;
  return { clock, make: () => simUnit({ clock, storage, host: network.host(`10.0.0.${hosts++}`) }) };
}

test('a start without its media thread ends when it is given up, and the next unit has the store', async () => {
  const { clock, make } = world();
  const first = make();
  first.crashMedia('as the test asked');
  const error = first.unit.start().then(() => null, (cause: unknown) => cause);
  await clock.advance(1000);
  first.unit.giveUpStart('the media thread is lost');
  await clock.advance(0);
  assert.instance(await error, StartGivenUp);
  const next = make();
  const start = next.unit.start();
  await clock.advance(1000);
  await start;
  assert.is(next.unit.running, true);
});

test('a start that is given up before it has its ports asks for none', async () => {
  const { clock, make } = world();
  const { unit } = make();
  unit.giveUpStart('at once');
  const error = unit.start().then(() => null, (cause: unknown) => cause);
  await clock.advance(1000);
  assert.instance(await error, StartGivenUp);
  assert.is(unit.running, false);
});

/** What was done, in order, until the unit has ended; `hangs`: neither attendance nor the note ever ends; `left`: how the console is left; `closeMs`: what attendance needs. */
async function ended(stop: (unit: SimUnit['unit']) => Promise<Stop>, hangs: boolean, left: Promise<Stop>[] = [], closeMs = 0): Promise<{ done: string[]; code: number; tookMs: number; said: string; noted: string[] }> {
  const { clock, make } = world();
  const { unit, log } = make();
  const done: string[] = [];
  const noted: string[] = [];
  let said = '';
  log.attach(({ event, text }) => void (said += `${event}: ${text}\n`));
  const close = (): Promise<void> => {
    done.push('close');
    if (hangs) return new Promise(() => undefined);
    return closeMs === 0 ? Promise.resolve() : new Promise((resolve) => clock.after('test', closeMs, () => resolve(void (said += 'attendance has closed\n'))));
  };
  const served: Served = {
    unit, clock, log, stopped: stop(unit),
    attend: async () => ({ ended: left, close }) as unknown as Attendance,
    note: async ({ why }) => (noted.push(why), hangs ? new Promise(() => undefined) : undefined),
    stopping: () => void done.push('stopping'), endWithin: (ms, code) => void done.push(`end within ${ms} with ${code}`), left: () => void done.push('left'),
  };
  let code: number | null = null;
  void serveUntilStopped(served).then((ended) => (code = ended));
  while (!done.includes('stopping')) await clock.advance(10);
  const beganMs = clock.monotonic();
  while (code === null) await clock.advance(10);
  return { done, code, tookMs: clock.monotonic() - beganMs, said, noted };
}

const whenRunning = (unit: SimUnit['unit']): Promise<Stop> => new Promise((resolve) => {
  const look = (): void => void (unit.running ? resolve(asked) : unit.parts.clock.after('test', 10, look));
  look();
});

test('the guard against what hangs is set before anything that may; attendance that hangs is left behind', async () => {
  for (const hangs of [false, true]) {
    const { done, code, tookMs, noted } = await ended(whenRunning, hangs);
    assert.equal(noted, ['the test asked']);
    assert.equal(done, ['end within 3600 with 0', 'stopping', 'close', 'left', 'end within 150 with 0']);
    assert.is(code, 0);
    assert.ok(tookMs <= 2300, `${tookMs} ms`);
  }
});

test('calls are ended when a capture is whole, which takes 450 ms at most; where there is none nothing is waited for', async () => {
  const without = await ended(whenRunning, false);
  const capturing = await ended(whenRunning, false, [], 450);
  assert.match(capturing.said, /attendance has closed\n(?:.*\n)*stopping: The unit stops/);
  assert.equal([without.tookMs, capturing.tookMs], [0, 450]);
});

test('a stop in the start opens no attendance', async () => {
  const { done, code, said, noted } = await ended(async () => ({ ...asked, severity: 'error', code: 80 }), false);
  assert.equal(done, ['end within 3600 with 80', 'stopping', 'left', 'end within 150 with 80']);
  assert.is(code, 80);
  assert.match(said, 'stop-asked: as the test asked');
  assert.not.match(said, 'start-failed');
  assert.equal(noted, ['the test asked']);
});

test('that its console was left is told to the next start, as any other stop', async () => {
  const { done, noted } = await ended(() => new Promise(() => undefined), false, [Promise.resolve({ ...asked, why: 'the console was left' })]);
  assert.equal(noted, ['the console was left']);
  assert.equal(done, ['end within 3600 with 0', 'stopping', 'close', 'left', 'end within 150 with 0']);
});

test.run();
