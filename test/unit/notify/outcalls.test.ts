import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OutcallingOptions } from '../../../firmware/callflow/requests/notify-requests.ts';
import type { NotifyParts } from '../../../firmware/notify/notify-parts.ts';
import { RingbackDesk } from '../../../firmware/notify/ringback-desk.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { notifyConfiguration, NotifyWorld } from '../../support/notify-world.ts';
import { testSettings } from '../../support/sim-unit.ts';

const minute = 60_000;
const mobile = { destinations: { mobile: { number: '01701234', ringSec: 20 } } };

async function outcalling(world: NotifyWorld, options: Partial<OutcallingOptions> = {}): Promise<void> {
  assert.is(await world.desk.setOutcalling('201', { on: true, retries: 1, intervalsMin: [5], ...mobile, escalation: ['desk', 'mobile'], ...options }), 'ok');
  await world.clock.advance(10);
}

test('a new message: the desk, then the mobile, and again after the interval; then nobody is called any more', async () => {
  const world = await NotifyWorld.start();
  await outcalling(world);
  await world.message('201');
  await world.clock.advance(60 * minute);
  assert.equal(world.calls, ['0 201', '0 01701234', '5 201', '5 01701234']);
  assert.ok(world.log.has('outcall-given-up'));
  await world.message('201');
  await world.clock.advance(minute);
  assert.is(world.calls.length, 6, 'a further message begins anew');
  await world.stop();
});

test('who answers and logs in is not called again; who answers and does nothing was not reached', async () => {
  const world = await NotifyWorld.start();
  await outcalling(world);
  world.callees.push('hangs-up', 'reached');
  await world.message('201');
  await world.clock.advance(60 * minute);
  assert.equal(world.calls, ['0 201', '0 01701234']);
  await world.stop();
});

test('star hash: no more calls about these messages, and calls about the next one', async () => {
  const world = await NotifyWorld.start();
  await outcalling(world);
  world.callees.push('stop', 'stop');
  await world.message('201');
  await world.clock.advance(60 * minute);
  assert.equal(world.calls, ['0 201']);
  await world.message('201');
  await world.clock.advance(minute);
  assert.equal(world.calls, ['0 201', '60 201']);
  await world.stop();
});

test('the owner hears the messages while the unit waits: no more calls', async () => {
  const world = await NotifyWorld.start();
  await outcalling(world);
  const { id } = await world.message('201');
  await world.clock.advance(minute);
  await world.store.mark('201', id, 'old');
  await world.clock.advance(60 * minute);
  assert.is(world.calls.length, 2);
  await world.stop();
});

test('prime time: a message of the night is told in the morning, by the clock on the wall, on the day after the clocks were put forward', async () => {
  // Sunday 2026-03-29, 22:00 in Berlin; Monday 07:30 is 05:30 UTC.
  const world = await NotifyWorld.start({ clock: new SimClock(Date.UTC(2026, 2, 29, 20)) });
  await outcalling(world, { window: 'prime', escalation: ['mobile'], retries: 0 });
  await world.message('201');
  await world.clock.advance(9 * 60 * minute + 29 * minute);
  assert.equal(world.calls, []);
  await world.clock.advance(2 * minute);
  assert.equal(world.calls, ['570 01701234']);
  await world.stop();
});

test('an own profile, and one without a length', async () => {
  const world = await NotifyWorld.start(); // Monday, 10:00 in Berlin
  await outcalling(world, { window: 'own', own: { days: ['mon'], from: '10:30', to: '11:00' }, escalation: ['desk'], retries: 0 });
  await world.message('201');
  await world.clock.advance(40 * minute);
  assert.equal(world.calls, ['30 201']);
  assert.is(await world.desk.setOutcalling('201', { own: { days: ['mon'], from: '11:00', to: '11:00' } }), 'bad');
  await world.stop();
});

test('a destination that the rules keep out cannot be chosen, and one that they keep out later is not called', async () => {
  const world = await NotifyWorld.start();
  assert.is(await world.desk.setOutcalling('201', { destinations: { home: { number: '0900123', ringSec: 15 } } }), 'not-allowed');
  assert.is(await world.desk.setOutcalling('201', { destinations: { home: { number: '12;x', ringSec: 15 } } }), 'bad');
  await outcalling(world, { escalation: ['mobile'], retries: 0 });
  world.settings = testSettings(notifyConfiguration.replace('"0170."', '"0171."'));
  await world.message('201');
  await world.clock.advance(10 * minute);
  assert.equal(world.calls, []);
  assert.ok(world.log.has('call-not-placed'));
  await world.stop();
});

test('the budget of a mailbox for a day holds over a restart; calls within cost nothing', async () => {
  const storage = new SimStorage();
  const settings = testSettings(notifyConfiguration.replace('allow: ["0170."]', 'allow: ["0170."], mostPerMailboxPerDay: 2'));
  const first = await NotifyWorld.start({ storage, settings });
  await outcalling(first, { retries: 5, intervalsMin: [1] });
  await first.message('201');
  await first.clock.advance(3 * minute);
  const outside = (world: NotifyWorld): number => world.calls.filter((call) => call.endsWith('01701234')).length;
  assert.ok(outside(first) === 2, first.calls.join());
  await first.stop();
  const second = await NotifyWorld.start({ storage, settings, clock: first.clock, seed: 2 });
  await second.clock.advance(20 * minute);
  assert.is(outside(second), 0, second.calls.join());
  assert.ok(second.calls.length > 0);
  await second.stop();
});

test('five at the same time and no more: the rest waits for its turn', async () => {
  const numbers = Array.from({ length: 9 }, (_, at) => 301 + at);
  const world = await NotifyWorld.start({ settings: testSettings(notifyConfiguration + numbers.map((number) => `  - { number: "${number}" }\n`).join('')) });
  for (const number of numbers) {
    await world.desk.setOutcalling(String(number), { on: true, retries: 0 });
    await world.message(String(number));
  }
  await world.clock.advance(5 * minute);
  assert.equal([world.calls.length, world.highest], [9, 5]);
  await world.stop();
});

test('no port is free: it is tried again, not lost', async () => {
  const world = await NotifyWorld.start();
  await outcalling(world);
  world.portsFree = false;
  world.callees.push('reached');
  await world.message('201');
  await world.clock.advance(30_000);
  assert.equal(world.calls, []);
  world.portsFree = true;
  await world.clock.advance(10_000);
  assert.equal(world.calls.length, 1);
  await world.stop();
});

test('a restart: what was told is not told again, and a call that was under way counts as unanswered', async () => {
  const storage = new SimStorage();
  const first = await NotifyWorld.start({ storage });
  await outcalling(first);
  first.callees.push('reached');
  await first.message('201');
  await first.clock.advance(5 * minute);
  await first.message('201');
  await first.clock.advance(1000); // the desk rings
  await first.stop();
  const second = await NotifyWorld.start({ storage, clock: first.clock, seed: 2 });
  await second.clock.advance(3 * minute);
  assert.equal([first.calls, second.calls], [['0 201', '5 201'], ['5 01701234']]);
  await second.stop();
});

test('a unit that becomes a standby falls silent in the middle of it; when it serves again it goes on', async () => {
  const world = await NotifyWorld.start();
  await outcalling(world);
  await world.message('201');
  await world.clock.advance(1000);
  world.serves = false;
  world.desk.serving(false);
  await world.clock.advance(60 * minute);
  assert.equal(world.calls, ['0 201']);
  world.serves = true;
  world.desk.serving(true);
  await world.clock.advance(minute);
  assert.equal(world.calls, ['0 201', '60 01701234']);
  await world.stop();
});

test('callback: a number is called about new messages, also one that the owner chose beside outcalling', async () => {
  const world = await NotifyWorld.start();
  assert.is(await world.desk.setCallback('201', { callback: '0900' }), 'not-allowed');
  assert.is(await world.desk.setCallback('201', { callback: '01709' }), 'ok');
  await world.clock.advance(10);
  world.callees.push('no-answer', 'reached');
  await world.message('201');
  await world.clock.advance(60 * minute);
  assert.equal(world.calls, ['0 01709', '5 01709']);
  await world.stop();
});

test('ringback: soon after the message, then at intervals, and not any more when it was answered or heard', async () => {
  const world = await NotifyWorld.start();
  await world.message('201');
  await world.desk.setCallback('201', { ringback: true });
  world.callees.push('no-answer', 'hangs-up');
  await world.clock.advance(60 * minute);
  assert.is(world.calls.length, 2, world.calls.join());
  await world.message('201');
  await world.clock.advance(3 * 60 * minute);
  assert.is(world.calls.length, 6, 'four times at most');
  await world.stop();
});

/** A desk over what lies in a world, which nothing has made look yet. */
const ringbackDesk = ({ clock, store, settings, desk }: NotifyWorld): RingbackDesk =>
  new RingbackDesk({ clock, store, settings: () => settings, serves: () => true, ringbacksChanged: () => undefined } as unknown as NotifyParts, desk.records, desk.outgoing, () => ({ initial: { name: 'collect' }, step: (state) => ({ state, effects: [] }) }));

test('ringback: a start notes it only of who wants it, and what is there rings for nobody', async () => {
  const before = await NotifyWorld.start();
  for (const mailbox of ['201', '202', '203']) await before.message(mailbox);
  await before.desk.setCallback('202', { ringback: true });
  const noting = ringbackDesk(before);
  noting.serving(['201', '202', '203']);
  assert.equal(noting.waiting, ['202']);
  noting.stop();
  await before.stop();
  const world = await NotifyWorld.start({ storage: before.storage, clock: before.clock, seed: 2 });
  await world.clock.advance(60 * minute);
  assert.equal([world.desk.ringbacks, world.ringbackChanges, world.calls], [['202'], 1, []]);
  await world.message('202');
  await world.message('203');
  await world.clock.advance(minute);
  assert.equal(world.calls.map((call) => call.split(' ')[1]), ['202']);
  await world.stop();
});

test('ringback: a mailbox that the settings have no more is forgotten', async () => {
  const world = await NotifyWorld.start();
  await world.desk.setCallback('201', { ringback: true });
  await world.message('201');
  await world.clock.advance(10);
  assert.equal([world.desk.ringbacks, world.ringbackChanges], [['201'], 1]);
  world.settings = { ...world.settings, mailboxes: world.settings.mailboxes.filter(({ number }) => number !== '201') };
  world.desk.applied();
  await world.clock.advance(minute);
  assert.equal([world.desk.ringbacks, world.ringbackChanges, world.calls], [[], 2, []]);
  await world.stop();
});

test('ringback: a telephone that becomes idle again and again rings once in 30 s', async () => {
  const world = await NotifyWorld.start();
  await world.desk.setCallback('201', { ringback: true });
  await world.message('201');
  for (let second = 0; second < 120; second++) {
    world.desk.phoneLine('201', 'busy');
    await world.clock.advance(1000);
    world.desk.phoneLine('201', 'free');
  }
  assert.ok(world.calls.length >= 2 && world.calls.length <= 3, world.calls.join());
  await world.stop();
});

test('ringback: a telephone in use is not rung; it rings as soon as it is free', async () => {
  const world = await NotifyWorld.start();
  await world.desk.setCallback('201', { ringback: true });
  world.desk.phoneLine('201', 'busy');
  await world.message('201');
  assert.equal(world.desk.ringbacks, ['201']);
  await world.clock.advance(5 * minute);
  assert.equal(world.calls, []);
  world.desk.phoneLine('201', 'free');
  await world.clock.advance(10);
  assert.equal(world.calls, ['5 201']);
  await world.stop();
});

test.run();
