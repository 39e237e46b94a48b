import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alawToUlaw, silenceCode, ulawDecode, ulawToAlaw } from '../../../hal/g711.ts';
import { framePower } from '../../../firmware/media/level.ts';
import { figure } from '../../support/figure.ts';
import { LineStage, type LineStageOptions } from '../../support/media/line-stage.ts';
import type { RtpPhone } from '../../support/media/rtp-phone.ts';
import { join, noise, quiet, tone, ulaw } from '../../support/media/signals.ts';
import { DtmfDetector } from '../../../firmware/media/dtmf-detector.ts';
import type { MediaSettings } from '../../../firmware/media/media-protocol.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { phoneAddress, unitAddress } from '../../support/media/media-stage.ts';

const contains = (codes: Uint8Array, within: Uint8Array): boolean => Buffer.from(within).includes(Buffer.from(codes));

async function joined(options: LineStageOptions = {}, settings: Partial<MediaSettings> = {}): Promise<{ stage: LineStage; phone: RtpPhone }> {
  const stage = await LineStage.withLines(options);
  const phone = await stage.phone();
  await stage.answered();
  stage.startLine(stage.settings(settings));
  stage.exchange.listen();
  return { stage, phone };
}

/** Digits that are heard in codes. */
function digitsIn(codes: Uint8Array): string {
  const detector = new DtmfDetector();
  let found = '';
  for (let at = 0; at + 160 <= codes.length; at += 160) found += detector.hear(codes.subarray(at, at + 160), 160, ulawDecode);
  return found;
}

test('bridge: each side hears the other bit by bit over a clean network', async () => {
  const { stage, phone } = await joined();
  const words = stage.random.bytes(80_000);
  const answer = stage.random.bytes(80_000);
  stage.exchange.speak(words);
  phone.speak(answer);
  await stage.clock.advance(11_000);
  assert.ok(contains(words, phone.audio()), 'the phone hears the line');
  assert.ok(contains(answer, stage.exchange.heardCodes), 'the line hears the phone');
  stage.command('stop', {});
  await stage.clock.advance(0);
  const { stats } = stage.of('stopped')[0] ?? {};
  assert.equal([stats?.packetsReceived, stats?.packetsLost, stats?.playoutDroppedMs], [500, 0, 0]);
  await stage.end();
});

test('bridge: packets follow the line\'s samples, not our clock', async () => {
  const { stage, phone } = await joined({ trunk: { ppm: 1000 } });
  stage.clock.rush(100_000);
  const times = phone.heard.map(({ timestamp }) => timestamp);
  assert.ok(times.slice(1).every((time, at) => ((time - (times[at] ?? 0)) | 0) === 160));
  assert.ok(times.length >= 5004 && times.length <= 5006, String(times.length));
  await stage.end();
});

test('bridge: A-law on the line and µ-law by RTP are turned into each other', async () => {
  const { stage, phone } = await joined({ trunk: { law: 'PCMA' } });
  const words = Uint8Array.from(stage.random.bytes(8000));
  const answer = stage.random.bytes(8000);
  stage.exchange.speak(words);
  phone.speak(answer);
  await stage.clock.advance(2000);
  assert.ok(contains(words.map((code) => alawToUlaw[code] ?? 0), phone.audio()));
  assert.ok(contains(answer.map((code) => ulawToAlaw[code] ?? 0), stage.exchange.heardCodes));
  await stage.end();
});

test('bridge: hold is silent both ways, and ends', async () => {
  const { stage, phone } = await joined();
  const loud = new Uint8Array(8 * 10_000).fill(7);
  stage.exchange.speak(loud);
  phone.speak(loud);
  await stage.clock.advance(1000);
  stage.command('update', { settings: stage.settings({ direction: 'inactive' }) });
  await stage.clock.advance(300);
  const packets = phone.heard.length;
  stage.exchange.listen();
  await stage.clock.advance(2000);
  assert.is(phone.heard.length, packets);
  assert.ok(stage.exchange.heardCodes.every((code) => code === silenceCode('PCMU')));
  stage.command('update', { settings: stage.settings() });
  await stage.clock.advance(1000);
  assert.ok(phone.heard.length >= packets + 45);
  const [before, after] = [phone.heard[packets - 1], phone.heard[packets]];
  assert.ok(after?.marker === true && ((after.timestamp - (before?.timestamp ?? 0)) | 0) > 16_000, 'the time of the hold is in the timestamp');
  assert.ok(stage.exchange.heardCodes.slice(-4000).some((code) => code === 7));
  await stage.end();
});

test('bridge: an update to the other law changes what is sent', async () => {
  const { stage, phone } = await joined();
  stage.command('update', { settings: stage.settings({ codec: 'PCMA', payloadType: 8 }) });
  const words = stage.random.bytes(8000);
  stage.exchange.speak(words);
  const answer = stage.random.bytes(8000);
  phone.speak(answer, { payloadType: 8 });
  await stage.clock.advance(2000);
  assert.ok(contains(words.map((code) => ulawToAlaw[code] ?? 0), phone.audio(8)));
  assert.ok(contains(answer.map((code) => alawToUlaw[code] ?? 0), stage.exchange.heardCodes));
  await stage.end();
});

test('bridge: an event of the phone is one tone on the line, once', async () => {
  const { stage, phone } = await joined();
  phone.speak(ulaw(quiet(500)));
  await stage.clock.advance(600);
  phone.press(5, 200);
  await stage.clock.advance(600);
  phone.press(11, 100);
  await stage.clock.advance(600);
  assert.is(digitsIn(stage.exchange.heardCodes), '5#');
  assert.equal(stage.of('digit').map(({ digit, source }) => `${digit} ${source}`), ['5 rfc4733', '# rfc4733']);
  await stage.end();
});

test('bridge: a digit of the line is one event to the phone, and its tone is cut short', async () => {
  const { stage, phone } = await joined();
  stage.exchange.keys('9', 'dtmf', 300);
  await stage.clock.advance(1000);
  const events = phone.heard.filter(({ payloadType }) => payloadType === 101);
  assert.equal([...new Set(events.map(({ payload }) => payload[0]))], [9]);
  assert.is(new Set(events.map(({ timestamp }) => timestamp)).size, 1);
  const audio = phone.heard.filter(({ payloadType }) => payloadType === 0).map(({ payload }) => framePower('PCMU', payload, 0, 160));
  assert.ok(audio.filter((power) => power > 0.001).length <= 4, 'no more than the time to find it');
  assert.equal(stage.of('digit').map(({ digit, source }) => `${digit} ${source}`), ['9 in-band']);
  await stage.end();
});

test('bridge: without events agreed a digit crosses as it sounds, both ways', async () => {
  const { stage, phone } = await joined({}, { eventPayloadType: null });
  stage.exchange.keys('48');
  await stage.clock.advance(1000);
  assert.is(digitsIn(phone.audio()), '48');
  const tones = join(quiet(100), ...['1', '2'].flatMap((_, at) => [tone(697, -9, 100).map((value, n) => value + (tone(at === 0 ? 1209 : 1336, -8, 100)[n] ?? 0)), quiet(100)]));
  phone.speak(ulaw(tones));
  await stage.clock.advance(1000);
  assert.is(digitsIn(stage.exchange.heardCodes), '12');
  await stage.end();
});

test('bridge: what plays is heard on the line alone', async () => {
  const { stage, phone } = await joined();
  phone.speak(new Uint8Array(16_000).fill(9));
  stage.command('play', { play: 1, items: [{ kind: 'tone', hz: 440, ms: 1000, levelDbm0: -10 }], stopOnDigit: false });
  await stage.clock.advance(900);
  assert.ok(stage.exchange.heardCodes.every((code) => code !== 9));
  assert.ok(phone.audio().every((code) => code === silenceCode('PCMU')));
  await stage.clock.advance(1000);
  assert.ok(stage.exchange.heardCodes.slice(-1600).some((code) => code === 9));
  await stage.end();
});

test('bridge: a recording is of the line', async () => {
  const { stage, phone } = await joined();
  const words = stage.random.bytes(16_000);
  stage.record();
  stage.exchange.speak(words);
  phone.speak(new Uint8Array(16_000).fill(9));
  await stage.clock.advance(2500);
  stage.command('stop', {});
  await stage.clock.advance(0);
  assert.ok(contains(words, stage.recorded()));
  await stage.end();
});

test('bridge: a line that is lost ends the call with a BYE', async () => {
  const { stage, phone } = await joined();
  phone.speak(new Uint8Array(8000).fill(9));
  await stage.clock.advance(500);
  stage.exchange.unplug();
  await stage.clock.advance(100);
  assert.equal(stage.types().slice(-2), ['stopped', 'line-lost']);
  assert.ok(phone.rtcpHeard.flat().some(({ kind }) => kind === 'bye'));
  const packets = phone.heard.length;
  await stage.clock.advance(1000);
  assert.is(phone.heard.length, packets);
  await stage.end();
});

test('bridge: a phone that sends nothing is told of as on any call', async () => {
  const { stage } = await joined({ rtpTimeoutMs: 5000 });
  await stage.clock.advance(6000);
  assert.is(stage.of('rtp-timeout').length, 1);
  await stage.end();
});

/** Marks of 20 ms in speech-like sound, one a second, whose place tells how long they were on their way. */
async function delays(ppm: number, minutes: number): Promise<{ delaysMs: number[]; stage: LineStage }> {
  const { stage, phone } = await joined({ trunk: { ppm } });
  stage.network.fault(phoneAddress, unitAddress, { jitterMs: 30 });
  const mark = ulaw(tone(1000, -3, 20));
  const second = ulaw(join(noise(new SimRandom(2), -30, 600), quiet(400)));
  second.set(mark, 0);
  const beganMs = stage.clock.monotonic();
  const delaysMs: number[] = [];
  let lastMs = -1000;
  stage.exchange.heard = (frame) => {
    if (framePower('PCMU', frame, 0, 160) < 0.05) return;
    const atMs = stage.clock.monotonic() - beganMs;
    if (atMs - lastMs > 500) delaysMs.push(atMs - Math.round(atMs / 1000 - 0.1) * 1000);
    lastMs = atMs;
  };
  const say = (n: number): void => {
    if (n >= minutes * 60) return;
    phone.speak(second);
    stage.clock.after('phone goes on', 1000, () => say(n + 1));
  };
  say(0);
  stage.clock.rush(minutes * 60_000 + 1000);
  stage.command('stop', {});
  await stage.clock.advance(0);
  return { delaysMs, stage };
}

for (const ppm of [100, -100]) {
  test(`bridge: thirty minutes at ${ppm} ppm and 30 ms of jitter do not lengthen the delay`, async () => {
    const { delaysMs, stage } = await delays(ppm, 30);
    const { stats } = stage.of('stopped')[0] ?? {};
    const median = (part: number[]): number => part.slice().sort((a, b) => a - b)[part.length >> 1] ?? 0;
    const [early, late] = [median(delaysMs.slice(30, 150)), median(delaysMs.slice(-120))];
    figure(`${ppm} ppm, 30 ms jitter, 30 min: delay ${early.toFixed(0)} ms early, ${late.toFixed(0)} ms late, most ${Math.max(...delaysMs).toFixed(0)} ms; dropped ${stats?.playoutDroppedMs} ms, repeated ${stats?.playoutRepeatedMs} ms, late packets ${stats?.packetsLate}`);
    assert.ok(delaysMs.length > 1700, String(delaysMs.length));
    assert.ok(Math.abs(late - early) <= 45 && late < 160, `${early} then ${late}`);
    assert.ok(Math.max(...delaysMs) <= 250);
    const corrected = (stats?.playoutDroppedMs ?? 0) + (stats?.playoutRepeatedMs ?? 0);
    assert.ok(corrected >= 100 && corrected < 1500, `${corrected} ms corrected, of 180 ms drift`);
    await stage.end();
  });
}

test('bridge: a tenth of the packets lost is made up, and the delay stays', async () => {
  const { stage, phone } = await joined();
  stage.network.fault(phoneAddress, unitAddress, { loss: 0.1 });
  phone.speak(ulaw(noise(stage.random, -20, 60_000)));
  stage.clock.rush(61_000);
  stage.command('stop', {});
  await stage.clock.advance(0);
  const { stats } = stage.of('stopped')[0] ?? {};
  assert.ok((stats?.packetsLost ?? 0) > 200);
  assert.ok((stats?.playoutMostDelayMs ?? 0) <= 120, String(stats?.playoutMostDelayMs));
  const silent = [...Array(3000).keys()].filter((n) => stage.exchange.heardCodes.subarray(n * 160, n * 160 + 160).every((code) => code === silenceCode('PCMU'))).length;
  assert.ok(silent < 200, `${silent} silent frames`);
  await stage.end();
});

test('bridge: a network that stands still for a second is caught up with at once', async () => {
  const { stage, phone } = await joined();
  phone.speak(ulaw(noise(stage.random, -20, 10_000)));
  await stage.clock.advance(2000);
  stage.network.fault(phoneAddress, unitAddress, { delayMs: 1000 });
  await stage.clock.advance(1000);
  stage.network.fault(phoneAddress, unitAddress, { delayMs: 0 });
  await stage.clock.advance(7500);
  stage.command('stop', {});
  await stage.clock.advance(0);
  const { stats } = stage.of('stopped')[0] ?? {};
  assert.ok((stats?.playoutMostDelayMs ?? 0) <= 200, String(stats?.playoutMostDelayMs));
  await stage.end();
});

test.run();
