import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Message } from '../../../firmware/mailbox/message.ts';
import type { LineSite } from '../../support/line-site.ts';
import { ada, lineSite, spoken, untilRecording } from '../../support/line-site.ts';

const only = (site: LineSite): Message => {
  const [message, ...others] = site.unit.store.list('201');
  if (message === undefined || others.length > 0) throw new Error(`${others.length + (message === undefined ? 0 : 1)} messages`);
  return message;
};

async function audioOf(site: LineSite, message: Message): Promise<Buffer> {
  const reader = await site.unit.store.reader('201', message.id);
  const bytes = await reader.read(0, message.bytes);
  await reader.close();
  return Buffer.from(bytes);
}

async function quietEnd(site: LineSite): Promise<void> {
  await site.clock.advance(10_000);
  assert.equal(site.unit.calls.summaries(), [], 'no call is left');
  assert.is(site.unit.calls.ports.inUse, 0, 'no port is in use');
  assert.equal(site.unit.lines.rows().map(({ state }) => state), ['idle', 'idle'], 'the lines are idle');
  await site.stop();
  await site.clock.advance(70_000);
  assert.equal(site.clock.pending().map(({ name }) => name), [], 'no timer is left');
}

test('a caller on a trunk line leaves a message: every sample, the number and the name are kept', async () => {
  const site = await lineSite();
  const words = spoken(5000);
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(words);
  await site.clock.advance(6000);
  site.exchange.hangUp('loop');
  await site.clock.advance(1000);
  const message = only(site);
  assert.equal([message.callerNumber, message.callerName, message.interrupted, message.codec], ['0301234', 'ADA', false, 'PCMU']);
  assert.ok(message.durationMs >= 5000 && message.durationMs < 7000, `${message.durationMs} ms`);
  assert.ok((await audioOf(site, message)).includes(Buffer.from(words)), 'bit by bit');
  assert.equal(site.lamps.at(-1), { mailbox: '201', waiting: true, counts: '1/0' });
  assert.is(site.unit.lines.rows()[0]?.counts.disconnects.loop, 1);
  await quietEnd(site);
});

test('a call is taken after the second ring, so that the number has come', async () => {
  const site = await lineSite();
  site.exchange.ring(ada, 2000, 4000);
  await site.clock.advance(7900);
  assert.is(site.exchange.offHook, false);
  await site.clock.advance(300);
  assert.is(site.exchange.offHook, true);
  assert.is(site.unit.calls.summaries()[0]?.caller, '0301234');
  site.exchange.hangUp('loop');
  await quietEnd(site);
});

test('where no number comes, a call is taken after the first ring', async () => {
  const site = await lineSite({ keys: ', callerId: none' });
  site.exchange.ring(null, 2000, 4000);
  await site.clock.advance(2200);
  assert.is(site.exchange.offHook, true);
  site.exchange.hangUp('loop');
  await quietEnd(site);
});

test('the caller who ends with silence hears that the message was sent, and the unit hangs up', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(4000));
  const hungUp = (): boolean => !site.exchange.offHook;
  assert.ok(await site.clock.until(hungUp, 60_000));
  assert.ok(only(site).durationMs < 5000, 'the silence is cut off');
  await quietEnd(site);
});

test('caller-gives-up-before-the-answer: nothing is left', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await site.clock.advance(5000);
  site.exchange.stopRinging();
  await site.clock.advance(9000);
  const row = site.unit.lines.rows()[0];
  assert.equal([row?.state, row?.counts.gaveUp, row?.counts.offered], ['idle', 1, 0]);
  assert.is(site.unit.calls.counters.total, 0);
  await quietEnd(site);
});

test('caller-hangs-up-during-greeting: nothing is left', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await site.clock.until(() => site.exchange.offHook, 20_000);
  await site.clock.advance(300);
  site.exchange.hangUp('loop');
  await site.clock.advance(2000);
  assert.equal(site.unit.store.list('201'), []);
  await quietEnd(site);
});

for (const by of ['loop', 'battery', 'report'] as const) {
  test(`far-end-goes-by-${by}: what was said is stored, and the line is put on-hook`, async () => {
    const site = await lineSite({ trunk: { disconnect: [by] } });
    site.exchange.ring(ada);
    await untilRecording(site);
    site.exchange.speak(spoken(4000));
    await site.clock.advance(4500);
    site.exchange.hangUp(by);
    await site.clock.advance(500);
    assert.is(site.exchange.offHook, false);
    assert.ok(only(site).durationMs >= 4000);
    assert.is(site.unit.lines.rows()[0]?.counts.disconnects[by], 1);
    await quietEnd(site);
  });
}

test('far-end-goes-by-polarity: the battery turned at the answer and turns back', async () => {
  const site = await lineSite({ trunk: { disconnect: ['polarity'] } });
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.polarity(true);
  site.exchange.speak(spoken(4000));
  await site.clock.advance(4500);
  assert.is(site.exchange.offHook, true, 'a reversal alone ends nothing');
  site.exchange.polarity(false);
  await site.clock.advance(500);
  assert.is(site.exchange.offHook, false);
  assert.ok(only(site).durationMs >= 4000);
  await quietEnd(site);
});

test('far-end-goes-by-silence: a line that shows nothing is ended after so long', async () => {
  const site = await lineSite({ trunk: { disconnect: [] }, keys: ', silenceSec: 3' });
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(4000));
  await site.clock.advance(7500);
  assert.is(site.exchange.offHook, false);
  assert.is(site.unit.lines.rows()[0]?.counts.disconnects.silence, 1);
  assert.ok(only(site).durationMs >= 4000);
  await quietEnd(site);
});

test('device-lost-in-mid-message: what was said is stored, the alarm stands until the device is back', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(20_000));
  await site.clock.advance(6000);
  site.exchange.unplug();
  await site.clock.advance(500);
  assert.ok(only(site).durationMs >= 5000, `${only(site).durationMs} ms`);
  assert.is(site.unit.calls.ports.inUse, 0);
  assert.match(site.unit.lines.rows()[0]?.alarm ?? '', /trunk-1 is not there/);
  assert.is(site.log.last(200).filter(({ event }) => event === 'line-lost').length, 1, 'told once');
  await site.clock.advance(20_000);
  assert.is(site.log.last(200).filter(({ event }) => event === 'line-lost').length, 1, 'still once');
  site.exchange.plug();
  await site.clock.advance(61_000);
  assert.is(site.unit.lines.rows()[0]?.alarm, null);
  assert.is(site.log.last(200).filter(({ event }) => event === 'line-back').length, 1);
  await quietEnd(site);
});

test('battery-lost-in-mid-message: the message is stored, and the line is used again when the battery is back', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(20_000));
  await site.clock.advance(4000);
  site.exchange.battery(false);
  await site.clock.advance(500);
  assert.ok(only(site).durationMs >= 3000);
  assert.is(site.unit.lines.rows()[0]?.state, 'blocked');
  site.exchange.battery(true);
  await site.clock.advance(100);
  assert.is(site.unit.lines.rows()[0]?.state, 'idle');
  await quietEnd(site);
});

test.run();
