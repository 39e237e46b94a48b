import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AlarmWish } from '../../../firmware/callflow/requests/notify-requests.ts';
import { mostAlarms } from '../../../firmware/notify/alarm-store.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** The world begins on Monday at 10:00 in Berlin. */
const wish = (more: Partial<AlarmWish> = {}): AlarmWish => ({ number: '201', mailbox: '201', time: '10:30', repeat: 'single', day: null, prompt: null, text: '', ringSec: 60, retries: 2, intervalMin: 5, cancelCode: '*', ...more });

test('an alarm rings at its time; who keys its code is left alone', async () => {
  const world = await NotifyWorld.start();
  const { outcome, id } = await world.desk.alarms.set(wish());
  assert.is(outcome, 'ok');
  world.callees.push('cancelled');
  await world.clock.advance(60 * minute);
  assert.equal([world.calls, world.desk.alarmStore.find(id)], [['30 201'], null]);
  await world.stop();
});

test('not heard, or answered without the code: the retries, then it is told to the log', async () => {
  const world = await NotifyWorld.start();
  await world.desk.alarms.set(wish());
  world.callees.push('no-answer', 'hangs-up');
  await world.clock.advance(120 * minute);
  assert.equal(world.calls, ['30 201', '36 201', '41 201']);
  assert.ok(world.log.has('alarm-call-unheard'));
  await world.stop();
});

test('without a code the answer is enough', async () => {
  const world = await NotifyWorld.start();
  await world.desk.alarms.set(wish({ cancelCode: '' }));
  world.callees.push('hangs-up');
  await world.clock.advance(120 * minute);
  assert.equal(world.calls, ['30 201']);
  await world.stop();
});

test('daily over the change to summer time: the same time on the wall', async () => {
  const world = await NotifyWorld.start({ clock: new SimClock(Date.UTC(2026, 2, 28, 9)) });
  await world.desk.alarms.set(wish({ repeat: 'daily', retries: 0 }));
  await world.clock.advance(day);
  assert.equal(world.calls, ['30 201', `${30 + 23 * 60} 201`]);
  await world.stop();
});

test('the clock is set while it waits: forward it rings at once, back it waits on; it never rings twice', async () => {
  const world = await NotifyWorld.start();
  await world.desk.alarms.set(wish({ repeat: 'daily', retries: 0 }));
  world.clock.stepWall(40 * minute); // 10:40
  await world.clock.advance(2 * minute);
  assert.is(world.calls.length, 1);
  world.clock.stepWall(-50 * minute); // 09:52
  await world.clock.advance(60 * minute);
  assert.is(world.calls.length, 1, 'not again at 10:30 of the same day');
  await world.stop();
});

test('a unit that was off for an hour does not wake anybody an hour late', async () => {
  const storage = new SimStorage();
  const first = await NotifyWorld.start({ storage });
  await first.desk.alarms.set(wish({ repeat: 'daily' }));
  await first.stop();
  await first.clock.advance(70 * minute);
  const second = await NotifyWorld.start({ storage, clock: first.clock, seed: 2 });
  await second.clock.advance(10 * minute);
  assert.equal([second.calls, second.log.has('alarm-call-missed')], [[], true]);
  await second.clock.advance(day);
  assert.ok(second.calls.length > 0, 'the next day');
  await second.stop();
});

test('a standby rings nobody; the alarms that two set at once ring two at a time', async () => {
  const world = await NotifyWorld.start();
  for (const number of ['201', '202', '203']) await world.desk.alarms.set(wish({ number, retries: 0 }));
  world.serves = false;
  await world.clock.advance(31 * minute);
  assert.equal(world.calls, []);
  world.serves = true;
  await world.clock.advance(5 * minute);
  assert.equal([world.calls.length, world.highest], [3, 2]);
  await world.stop();
});

test('cancelled: by its id, or all of a number; also while it rings', async () => {
  const world = await NotifyWorld.start();
  const { id } = await world.desk.alarms.set(wish());
  await world.desk.alarms.set(wish({ time: '11:00' }));
  assert.is(await world.desk.alarms.cancel('202', null), 0);
  await world.clock.advance(30 * minute + 10_000);
  assert.is(await world.desk.alarms.cancel('201', id), 1);
  await world.clock.advance(20 * minute);
  assert.equal(world.calls, ['30 201']);
  assert.is(await world.desk.alarms.cancel('201', null), 1);
  assert.equal(world.desk.alarms.all(), []);
  await world.stop();
});

const refused: [string, Partial<AlarmWish>, string][] = [
  ['a number outside that is not allowed', { number: '0900123' }, 'not-allowed'],
  ['no number', { number: 'sip:x' }, 'bad'],
  ['no time', { time: '25:00' }, 'bad'],
  ['too long a ring', { ringSec: 121 }, 'bad'],
  ['too many retries', { retries: 11 }, 'bad'],
  ['too long a code', { cancelCode: '12345' }, 'bad'],
];

for (const [name, more, outcome] of refused) {
  test(`an alarm is refused: ${name}`, async () => {
    const world = await NotifyWorld.start();
    assert.is((await world.desk.alarms.set(wish(more))).outcome, outcome);
    await world.stop();
  });
}

test('alarms are bounded, and as many as there may be fit on the disk, with the longest texts', async () => {
  const world = await NotifyWorld.start();
  const long = { text: 'x'.repeat(128), prompt: 'p'.repeat(64), number: `0170${'1'.repeat(28)}` };
  for (let nth = 0; nth < mostAlarms; nth++) assert.is((await world.desk.alarms.set(wish(long))).outcome, 'ok');
  assert.is((await world.desk.alarms.set(wish())).outcome, 'full');
  await world.stop();
});

test.run();
