import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimSite, voice } from '../../support/sim-site.ts';

test('a caller leaves a message, the lamp lights, the owner hears it and the lamp goes off', async () => {
  const site = await SimSite.start();
  await site.clock.advance(1500);
  assert.equal(site.lamps.map(({ mailbox, waiting }) => `${mailbox} ${waiting}`).sort(), ['201 false', '202 false'], 'every lamp is told at start');
  const spoken = voice(5000);
  const call = site.phone({ target: '201', speak: spoken, script: 's' });
  const end = await site.during(call.end);
  assert.ok(end.answered);
  await site.clock.advance(2000);
  const [message, ...others] = site.unit.store.list('201');
  assert.is(others.length, 0);
  assert.ok(message !== undefined && message.durationMs >= 5000 && message.durationMs < 6500, `lasts ${message?.durationMs} ms`);
  assert.is(message.callerNumber, '301');
  assert.equal(site.lamps.at(-1), { mailbox: '201', waiting: true, counts: '1/0' });

  const pin = await site.during(site.unit.owners.resetPin('201'));
  const owner = site.phone({ target: '*17', from: '201', script: `w2 201# w2 ${pin}# w16 0 w2` });
  await site.during(owner.end);
  await site.clock.advance(2000);
  assert.is(site.unit.store.list('201')[0]?.state, 'old');
  assert.equal(site.lamps.at(-1), { mailbox: '201', waiting: false, counts: '0/1' });
  await site.stop();
});

test('what the owner hears is what the caller said', async () => {
  const site = await SimSite.start();
  const spoken = voice(3000, 523);
  await site.during(site.phone({ target: '202', speak: spoken, script: 's' }).end);
  const [message] = site.unit.store.list('202');
  assert.ok(message !== undefined);
  const reader = await site.unit.store.reader('202', message.id);
  const stored = await reader.read(0, message.bytes);
  await reader.close();
  assert.is(stored.length, message.bytes);
  assert.ok(bestMatch(stored, spoken) > 0.99, `correlation ${bestMatch(stored, spoken)}`);
  await site.stop();
});

test('a caller who says less than a message lasts leaves none, and the log tells it with what there was', async () => {
  const site = await SimSite.start();
  const end = await site.during(site.phone({ target: '201', speak: voice(200), script: 's' }).end);
  assert.ok(end.answered);
  await site.clock.advance(2000);
  assert.equal(site.unit.store.list('201'), []);
  const told = site.log.last(50).find((line) => line.event === 'message-dropped');
  assert.match(told?.text ?? '', /^No message for mailbox 201 was kept: [01]\.\d s had been recorded\.$/);
  await site.stop();
});

test('the unit leaves no timer, port or call behind', async () => {
  const site = await SimSite.start();
  for (const target of ['201', '777', '202']) await site.during(site.phone({ target, speak: voice(2500), script: 's' }).end);
  await site.clock.advance(40_000);
  assert.equal(site.unit.calls.summaries(), []);
  assert.is(site.unit.calls.ports.inUse, 0);
  assert.is(site.unit.sip.counters().legs, 0);
  await site.stop();
  await site.clock.advance(70_000);
  assert.equal(site.clock.pending().map((timer) => timer.name), []);
});

/** Normalised correlation at the best offset of up to 500 ms, in steps of a sample. */
function bestMatch(stored: Uint8Array, spoken: Int16Array): number {
  const heard = Int16Array.from(stored, decode);
  let best = 0;
  for (let offset = 0; offset < 4000; offset++) best = Math.max(best, correlation(heard, spoken, offset));
  return best;
}

function correlation(heard: Int16Array, spoken: Int16Array, offset: number): number {
  let product = 0;
  let left = 0;
  let right = 0;
  for (let at = 0; at < spoken.length; at += 3) {
    const one = heard[at + offset] ?? 0;
    const other = spoken[at] as number;
    product += one * other;
    left += one * one;
    right += other * other;
  }
  return left === 0 ? 0 : product / Math.sqrt(left * right);
}

/** ITU-T G.711 mu-law, from its formula. */
function decode(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 15) << 3) + 132) << ((bits >> 4) & 7);
  return bits & 128 ? 132 - magnitude : magnitude - 132;
}

test.run();
