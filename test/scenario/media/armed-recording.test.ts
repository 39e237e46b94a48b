// A recording that follows what plays begins in the media thread itself, to the sample; control, which may be late, says nothing more.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlayItem, RecordSettings } from '../../../firmware/media/media-protocol.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { LineStage } from '../../support/media/line-stage.ts';
import { MediaStage } from '../../support/media/media-stage.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';

const beep: PlayItem = { kind: 'tone', hz: 1000, ms: 400, levelDbm0: -10 };
const then: RecordSettings = { record: 1, maxMs: 60_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '#', chunkMs: 500 };
const play = { play: 1, items: [beep], stopOnDigit: false, then };
/** No two stretches of it are alike, and none is silent. */
const voice = (ms: number): Uint8Array => new SimRandom(9).bytes(ms * 8).map((byte) => byte % 100);
/** What waits to be heard when recording begins: the buffer's first delay and a frame. */
const heardLaterMs = 60;

/** The events of play and recording, in their order. */
const told = (stage: MediaStage): string[] => stage.events.flatMap((event) => (event.type === 'play-ended' || event.type === 'record-ended' ? [`${event.type} ${event.reason}`] : event.type === 'chunk' ? ['chunk'] : []));

async function calling(): Promise<{ stage: MediaStage; phone: Awaited<ReturnType<MediaStage['phone']>> }> {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  return { stage, phone };
}

test('all that is said from the end of the tone on is recorded, and what was said during it is not', async () => {
  const { stage, phone } = await calling();
  const spoken = voice(4000);
  phone.speak(spoken);
  await stage.clock.advance(200);
  stage.command('play', play);
  const beganMs = stage.clock.monotonic();
  assert.ok(await stage.clock.until(() => stage.of('play-ended').length > 0, 1000));
  const endedMs = stage.clock.monotonic() - beganMs;
  assert.ok(endedMs >= 380 && endedMs <= 420, `the tone lasts ${endedMs} ms`);
  await stage.clock.advance(4500);
  stage.command('stop-record', {});
  await stage.clock.advance(0);
  assert.equal(told(stage).slice(0, 2), ['play-ended done', 'chunk']);
  const recorded = stage.recorded();
  const saidByThenMs = 200 + endedMs;
  const first = Buffer.from(spoken).indexOf(recorded.subarray(0, 800));
  assert.ok(first <= saidByThenMs * 8 && first >= (saidByThenMs - heardLaterMs) * 8, `begins at ${first / 8} of ${saidByThenMs} ms`);
  sameBytes(recorded.subarray(0, spoken.length - first), spoken.subarray(first));
  await stage.end();
});

test('its length counts from the end of the tone on, its key ends nothing before, and its end is told once', async () => {
  const { stage, phone } = await calling();
  stage.command('play', { ...play, then: { ...then, maxMs: 1000 } });
  await stage.clock.advance(100);
  phone.press(11, 100);
  await stage.clock.advance(250);
  phone.speak(voice(5000));
  await stage.clock.advance(3000);
  assert.is(stage.digits(), '#');
  assert.equal(stage.of('record-ended').map(({ reason, recordedMs }) => [reason, recordedMs]), [['max', 1000]]);
  await stage.end();
});

test('silence counts from the end of the tone on, not from its begin', async () => {
  const { stage } = await calling();
  stage.command('play', { ...play, then: { ...then, silenceMs: 2000 } });
  assert.ok(await stage.clock.until(() => stage.of('play-ended').length > 0, 1000));
  await stage.clock.advance(1900);
  assert.equal(stage.of('record-ended'), []);
  await stage.clock.advance(200);
  assert.equal(stage.of('record-ended').map(({ reason, recordedMs }) => [reason, recordedMs]), [['silence', 2000]]);
  await stage.end();
});

test('a key ends it at once, before control knows that it has begun', async () => {
  const { stage, phone } = await calling();
  stage.command('play', play);
  await stage.clock.advance(600);
  phone.press(11, 100);
  await stage.clock.advance(400);
  assert.equal(told(stage), ['play-ended done', 'chunk', 'record-ended digit']);
  await stage.end();
});

const otherOrders: readonly (readonly [string, (stage: MediaStage) => void, string])[] = [
  ['the play is stopped', (stage) => stage.command('stop-play', {}), 'play-ended stopped'],
  ['the recording is stopped', (stage) => stage.command('stop-record', {}), 'record-ended stopped'],
  ['something else is played', (stage) => stage.command('play', { play: 2, items: [beep], stopOnDigit: false }), 'play-ended replaced'],
  ['the session ends', (stage) => stage.command('stop', {}), 'record-ended stopped'],
];
for (const [name, order, first] of otherOrders) {
  test(`nothing is recorded where ${name} before the tone has ended, and the recording ends all the same`, async () => {
    const { stage, phone } = await calling();
    phone.speak(voice(3000));
    stage.command('play', play);
    await stage.clock.advance(200);
    order(stage);
    await stage.clock.advance(1500);
    assert.is(told(stage)[0], first);
    assert.equal(stage.of('record-ended').map(({ record, reason, recordedMs }) => [record, reason, recordedMs]), [[1, 'stopped', 0]]);
    assert.equal(stage.of('chunk'), []);
    await stage.end();
  });
}

test('a key that ends what plays drops what was to be recorded after it', async () => {
  const { stage, phone } = await calling();
  stage.command('play', { ...play, stopOnDigit: true });
  await stage.clock.advance(100);
  phone.press(1, 100);
  await stage.clock.advance(1000);
  assert.equal(told(stage), ['play-ended digit', 'record-ended stopped']);
  await stage.end();
});

test('a recording ordered meanwhile begins at once, instead of the one that was to follow', async () => {
  const { stage, phone } = await calling();
  phone.speak(voice(3000));
  stage.command('play', play);
  await stage.clock.advance(200);
  stage.record({ record: 2 });
  await stage.clock.advance(1000);
  stage.command('stop-record', {});
  await stage.clock.advance(0);
  assert.equal(stage.of('record-ended').map(({ record, recordedMs }) => [record, recordedMs > 900]), [[1, false], [2, true]]);
  await stage.end();
});

test('while the caller is on hold the tone waits, and the recording with it', async () => {
  const { stage, phone } = await calling();
  stage.command('play', play);
  await stage.clock.advance(200);
  stage.command('update', { settings: stage.settings({ direction: 'inactive' }) });
  await stage.clock.advance(2000);
  assert.equal(told(stage), []);
  stage.command('update', { settings: stage.settings() });
  await stage.clock.advance(300);
  phone.speak(voice(500));
  await stage.clock.advance(1000);
  stage.command('stop', {});
  await stage.clock.advance(0);
  sameBytes(recordedFrom(stage.recorded(), voice(500)), voice(500));
  await stage.end();
});

const recordedFrom = (recorded: Buffer, spoken: Uint8Array): Buffer => {
  const at = recorded.indexOf(spoken.subarray(0, 800));
  assert.ok(at >= 0, 'its begin is there');
  return recorded.subarray(at, at + spoken.length);
};

test('on a line too, what is said from the end of the tone on is recorded', async () => {
  const stage = await LineStage.withLines();
  await stage.answered();
  stage.startLine();
  stage.command('play', play);
  assert.ok(await stage.clock.until(() => stage.of('play-ended').length > 0, 1000));
  const spoken = voice(2000);
  stage.exchange.speak(spoken);
  await stage.clock.advance(2500);
  stage.command('stop', {});
  await stage.clock.advance(0);
  sameBytes(recordedFrom(stage.recorded(), spoken), spoken);
  await stage.end();
});

test.run();
