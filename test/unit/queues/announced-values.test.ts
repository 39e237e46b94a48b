import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AnnouncedValues, mostRemembered, rememberedMs } from '../../../firmware/queues/announced-values.ts';
import type { CallFacts, QueuedFacts } from '../../../firmware/sip/leg.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

const facts = (queued: Partial<QueuedFacts>, caller = '501'): CallFacts => ({
  callId: 'x', caller: { number: caller, name: '', uri: '' }, originalTarget: '800', targetSource: 'to', reason: 'default', dialled: '800', peer: 'pbx', remoteAddress: '10.0.0.1', transport: 'udp',
  queued: { point: 'Still Queued', position: null, etaSec: null, waitedSec: null, call: null, ...queued },
});

const values = (told: QueuedFacts | undefined): unknown[] => [told?.position, told?.etaSec];

test('the better of what was told and what is so, for each call by itself', () => {
  const announced = new AnnouncedValues(new SimClock());
  assert.equal(values(announced.toTell(facts({ call: 'a', position: 3, etaSec: 100 }))), [3, 100]);
  assert.equal(values(announced.toTell(facts({ call: 'a', position: 5, etaSec: 50 }))), [3, 50]);
  assert.equal(values(announced.toTell(facts({ call: 'a', position: null, etaSec: 70 }))), [3, 50], 'also when the PBX says nothing more');
  assert.equal(values(announced.toTell(facts({ call: 'b', position: 5, etaSec: 50 }))), [5, 50]);
});

test('a PBX without names for calls: caller and target stand for it, and Queued begins anew', () => {
  const announced = new AnnouncedValues(new SimClock());
  announced.toTell(facts({ point: 'Queued', position: 1 }));
  assert.equal(values(announced.toTell(facts({ position: 4 }))), [1, null]);
  assert.equal(values(announced.toTell(facts({ position: 4 }, '502'))), [4, null]);
  assert.equal(values(announced.toTell(facts({ point: 'Queued', position: 4 }))), [4, null]);
});

test('it forgets after two hours, and the oldest of too many', async () => {
  const clock = new SimClock();
  const announced = new AnnouncedValues(clock);
  announced.toTell(facts({ call: 'a', position: 1 }));
  await clock.advance(rememberedMs + 1);
  assert.equal(values(announced.toTell(facts({ call: 'a', position: 9 }))), [9, null]);
  for (let at = 0; at < mostRemembered; at += 1) announced.toTell(facts({ call: `c${at}`, position: 1 }));
  assert.equal(values(announced.toTell(facts({ call: 'a', position: 12 }))), [12, null]);
  assert.equal(values(announced.toTell(facts({ call: `c${mostRemembered - 1}`, position: 12 }))), [1, null]);
});

test('a call from no queue has nothing to tell', () => {
  const { queued: _queued, ...plain } = facts({});
  assert.is(new AnnouncedValues(new SimClock()).toTell(plain), undefined);
});

test.run();
