import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoardPin } from '../../../firmware/signals/pin-uses.ts';
import { SimGpio } from '../../../hal/sim/sim-gpio.ts';
import { phoneSite, phoneSiteEnds } from '../../support/phone-site.ts';

const relay: BoardPin = { use: 'transfer-relay', chip: 'sim', line: 0, activeLow: false, bias: 'none' };

test('emergency: it goes out at once without a prefix, by the second trunk when the first is taken, and by the peer when both are', async () => {
  const site = await phoneSite({ ports: 8 });
  const [one, two] = site.trunks;
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('112');
  await site.clock.until(() => one.dialled === '112', 5000);
  assert.is(one.dialled, '112');
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('911');
  await site.clock.until(() => two.dialled === '911', 5000);
  assert.is(two.dialled, '911');
  site.ada.putDown();
  await site.clock.advance(100);
  two.ring(null);
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('112');
  await site.clock.until(() => site.office.taken.some(({ dialled }) => dialled === '112'), 5000);
  assert.is(site.office.taken.at(-1)?.dialled, '112');
  for (const telephone of [site.ada, site.hall]) telephone.putDown();
  two.stopRinging();
  await site.clock.advance(20_000);
  await phoneSiteEnds(site);
});

test('two calls out and one trunk fails: the call on the other trunk is nobody else\'s', async () => {
  const site = await phoneSite({ ports: 8 });
  const [one, two] = site.trunks;
  one.givesDialTone = false;
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('112');
  await site.clock.advance(1000);
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('911');
  await site.clock.until(() => two.dialled === '911', 8000);
  await site.clock.advance(10_000); // the first trunk has given no dial tone meanwhile
  assert.is(two.dialled, '911', 'the first call has not dialled into it');
  const is911 = (): boolean => site.unit.calls.summaries().some(({ dialled }) => dialled === '911');
  assert.ok(is911());
  two.hangUp();
  await site.clock.advance(3000);
  assert.not(is911(), 'its end is seen');
  site.hall.putDown();
  site.ada.putDown();
  await site.clock.advance(20_000);
  await phoneSiteEnds(site);
});

test('emergency-call-is-up: the transfer relay is not moved until it has ended', async () => {
  const gpio = new SimGpio();
  const site = await phoneSite({ pins: { driver: gpio, pins: [relay] } });
  const [one] = site.trunks;
  await site.clock.advance(1000);
  assert.ok(gpio.level(relay), 'the unit has the lines');
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('112');
  await site.clock.until(() => one.dialled === '112', 5000);
  assert.ok(site.unit.calls.emergency);
  assert.match(site.unit.signals?.test('transfer-relay') ?? '', 'an emergency call is up');
  assert.ok(gpio.level(relay), 'not even for a test');
  site.hall.putDown();
  await site.clock.advance(5000);
  assert.not(site.unit.calls.emergency);
  assert.match(site.unit.signals?.test('transfer-relay') ?? '', 'is dropped for 3 s');
  await site.clock.advance(5000);
  await phoneSiteEnds(site);
});

test('a peer that may not dial out is refused, and still reaches help', async () => {
  const site = await phoneSite();
  const [one, two] = site.trunks;
  const guest = site.phone({ target: '05551234' });
  const refused = await site.during(guest.end);
  assert.match(refused.text, '403');
  assert.equal([one.offHook, two.offHook], [false, false]);
  const help = site.phone({ target: '112' });
  await site.clock.until(() => one.dialled === '112', 10_000);
  assert.is(one.dialled, '112');
  help.hangUp();
  await site.during(help.end);
  await phoneSiteEnds(site);
});

test('all-ports-in-use: callers who leave messages give way to an emergency call, and what they said is kept', async () => {
  const site = await phoneSite({ ports: 2 });
  const [one] = site.trunks;
  const callers = ['301', '302'].map((from) => site.phone({ target: '202', from, speak: new Int16Array(80_000).fill(3000), script: 's' }));
  const both = (): boolean => site.unit.calls.summaries().filter(({ doing }) => doing === 'recording').length === 2;
  assert.ok(await site.clock.until(both, 20_000));
  await site.clock.advance(3000);
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('112');
  assert.ok(await site.clock.until(() => one.dialled === '112', 5000), JSON.stringify(site.unit.calls.summaries()));
  for (const caller of callers) await site.during(caller.end);
  assert.is(site.unit.store.counts('202').new, 2);
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('911');
  await site.clock.advance(12_000);
  assert.is(one.dialled, '112', 'an emergency call never gives way');
  assert.ok(one.offHook);
  await phoneSiteEnds(site);
});

test.run();
