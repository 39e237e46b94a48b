// Trunk lines whose device hears nothing by itself: tones and the caller's number are found in the audio.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callerIdAudio } from '../../../firmware/media/detect/caller-id-audio.ts';
import type { LineTone } from '../../../hal/line.ts';
import { ada, lineSite, spoken, untilRecording } from '../../support/line-site.ts';

/** What of a message may be off: frames, the time until the tone began, and half a pause of it. */
const slackMs = 700;

for (const [zone, tone] of [['us', 'busy'], ['us', 'congestion'], ['de', 'busy'], ['uk', 'busy']] as const satisfies readonly (readonly [string, LineTone])[]) {
  test(`far-end-goes-by-tone, ${zone} ${tone}: the call ends, and the message ends where the tone began`, async () => {
    const site = await lineSite({ trunk: { disconnect: [] }, keys: `, zone: ${zone}` });
    site.exchange.ring(ada);
    await untilRecording(site);
    const words = spoken(4000);
    site.exchange.speak(words);
    await site.clock.advance(4000);
    site.exchange.hangUp(null, tone);
    await site.clock.advance(5000);
    assert.is(site.exchange.offHook, false, 'the unit hung up');
    assert.is(site.unit.lines.rows()[0]?.counts.disconnects.tone, 1);
    const [message] = site.unit.store.list('201');
    assert.ok(message !== undefined && Math.abs(message.durationMs - 4000) < slackMs, `${message?.durationMs} ms`);
    await site.stop();
  });
}

test('disconnectTone: false: a busy tone is part of the message', async () => {
  const site = await lineSite({ keys: ', disconnectTone: false' });
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(2000));
  await site.clock.advance(2000);
  site.exchange.tone('busy');
  await site.clock.advance(10_000);
  assert.is(site.exchange.offHook, true);
  site.exchange.hangUp('loop');
  await site.clock.advance(500);
  assert.ok((site.unit.store.list('201')[0]?.durationMs ?? 0) > 11_000);
  await site.stop();
});

test('only a busy tone: no message is left of it', async () => {
  const site = await lineSite({ trunk: { disconnect: [] } });
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.hangUp(null, 'busy');
  await site.clock.advance(6000);
  assert.is(site.exchange.offHook, false);
  assert.equal(site.unit.store.list('201'), []);
  await site.stop();
});

test("the caller's number that comes between the rings as FSK is kept with the message", async () => {
  const site = await lineSite({ trunk: { callerId: 'audio', onHookAudio: true }, keys: ', callerId: bell' });
  site.exchange.ring(null);
  await site.clock.advance(2600);
  site.exchange.speak(callerIdAudio(ada, 'bell', 'PCMU', { month: 11, day: 26, hour: 14, minute: 30 }));
  await untilRecording(site);
  site.exchange.speak(spoken(3000));
  await site.clock.advance(3500);
  site.exchange.hangUp('loop');
  await site.clock.advance(500);
  const [message] = site.unit.store.list('201');
  assert.equal([message?.callerNumber, message?.callerName], ['0301234', 'ADA']);
  await site.stop();
});

test('dialling out waits for the dial tone, and gives up without one', async () => {
  const site = await lineSite();
  const run = site.unit.lines.line('trunk-1');
  if (run === null) throw new Error('there is a line');
  run.input({ type: 'call', digits: '0123', how: 'tone' });
  await site.clock.advance(3000);
  assert.is(site.exchange.dialled, '0123');
  assert.is(run.state.name, 'talking');
  run.input({ type: 'hang-up' });
  await site.clock.advance(5000);
  site.exchange.givesDialTone = false;
  run.input({ type: 'call', digits: '0123', how: 'tone' });
  await site.clock.advance(4000);
  assert.is(run.state.name, 'seized');
  await site.clock.advance(5000);
  assert.equal([run.state.name, site.exchange.dialled, run.counters.counts.callsFailed], ['idle', '', 1]);
  await site.stop();
});

test.run();
