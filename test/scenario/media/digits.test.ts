import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ulawSilence } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage, phoneAddress, unitAddress } from '../../support/media/media-stage.ts';
import { join, quiet, sum, tone, ulaw } from '../../support/media/signals.ts';

function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

test('keys pressed as events are told once each, at once, over a network that loses a fifth', async () => {
  const stage = await MediaStage.set({ seed: 3 });
  const phone = await stage.phone();
  stage.network.fault(phoneAddress, unitAddress, { loss: 0.2, duplicate: 0.1, jitterMs: 15 });
  stage.start();
  let pressed = '';
  for (let n = 0; n < 60; n++) {
    pressed += '0123456789*#'.charAt(n % 12);
    phone.press(n % 12, 100);
    await stage.clock.advance(60);
    if (n === 0) assert.is(stage.of('digit').length, 1, 'while the key is still down');
    await stage.clock.advance(190);
  }
  assert.is(stage.digits(), pressed);
  assert.ok(stage.of('digit').every(({ source }) => source === 'rfc4733'));
  await stage.end();
});

test('a digit stops the prompt that asked for it, and the recording whose stop digit it is', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record({ stopDigits: '#' });
  stage.command('play', { play: 1, items: [{ kind: 'silence', ms: 10_000 }], stopOnDigit: true });
  await stage.clock.advance(500);
  phone.press(1);
  await stage.clock.advance(300);
  assert.equal(stage.events.slice(1).filter(({ type }) => type !== 'chunk').map(({ type }) => type), ['digit', 'play-ended']);
  assert.is(stage.of('play-ended')[0]?.reason, 'digit');
  phone.press(11);
  await stage.clock.advance(300);
  assert.equal(stage.of('record-ended').map(({ reason, digit }) => [reason, digit]), [['digit', '#']]);
  await stage.end();
});

test('hash-by-info-while-recording: a key that signalling tells of stops what a heard one stops, and is not told twice', async () => {
  const stage = await MediaStage.set();
  await stage.phone();
  stage.start();
  stage.record({ stopDigits: '#' });
  stage.command('play', { play: 1, items: [{ kind: 'silence', ms: 10_000 }], stopOnDigit: true });
  await stage.clock.advance(500);
  stage.command('key', { digit: '1' });
  await stage.clock.advance(300);
  assert.is(stage.of('play-ended')[0]?.reason, 'digit');
  assert.equal(stage.of('record-ended'), []);
  stage.command('key', { digit: '#' });
  await stage.clock.advance(300);
  assert.equal(stage.of('record-ended').map(({ reason, digit }) => [reason, digit]), [['digit', '#']]);
  assert.equal(stage.of('digit'), []);
  await stage.end();
});

test('the sound of an event key is not recorded, even when the peer sends it in-band as well', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record({ stopDigits: '' });
  const before = voice(1000, 1);
  const after = voice(1000, 2);
  phone.speak(before);
  await stage.clock.advance(1000);
  const start = phone.timestamp;
  for (let n = 0; n < 5; n++) {
    const duration = (n + 1) * 160;
    phone.sendPacket(Uint8Array.of(5, n === 4 ? 0x8a : 10, duration >> 8, duration), 101, n === 0, start);
    phone.sendPacket(ulaw(sum(tone(770, -6, 20), tone(1336, -6, 20))), 0, false, (start + n * 160) | 0);
    await stage.clock.advance(20);
  }
  phone.timestamp = (start + 800) | 0;
  phone.speak(after);
  await stage.clock.advance(1200);
  stage.command('stop', {});
  await stage.clock.advance(10);
  const expected = Buffer.concat([before, new Uint8Array(800).fill(ulawSilence), after]);
  assert.ok(stage.recorded().includes(expected), 'speech, 100 ms of silence, speech');
  assert.is(stage.digits(), '5');
  assert.is(stage.of('record-ended')[0]?.lostPackets, 0);
  await stage.end();
});

test('in-band tones are heard when no events were agreed, and only then', async () => {
  for (const [eventPayloadType, expected] of [[null, '15#'], [101, '']] as const) {
    const stage = await MediaStage.set();
    const phone = await stage.phone();
    stage.start({ eventPayloadType });
    const key = (low: number, high: number): Float64Array => join(sum(tone(low, -9, 80), tone(high, -7, 80)), quiet(80));
    phone.speak(ulaw(join(quiet(200), key(697, 1209), key(770, 1336), key(941, 1477), quiet(200))));
    await stage.clock.advance(1500);
    assert.is(stage.digits(), expected);
    await stage.end();
  }
});

test('digits are sent as events: marker, growing durations, three ends, one timestamp, and the audio goes on after them', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  await stage.clock.advance(201);
  stage.command('send-digits', { digits: '7#', toneMs: 100, gapMs: 100 });
  await stage.clock.advance(1000);
  const events = phone.heard.filter(({ payloadType }) => payloadType === 101);
  assert.equal(events.map(({ payload }) => payload[0]), [...Array(7).fill(7), ...Array(7).fill(11)]);
  for (const first of [0, 7]) {
    const one = events.slice(first, first + 7);
    assert.is(new Set(one.map(({ timestamp }) => timestamp)).size, 1);
    assert.equal(one.map(({ marker }) => marker), [true, false, false, false, false, false, false]);
    assert.equal(one.map(({ payload }) => ((payload[2] ?? 0) << 8) | (payload[3] ?? 0)), [160, 320, 480, 640, 800, 800, 800]);
    assert.equal(one.map(({ payload }) => (payload[1] ?? 0) >> 7), [0, 0, 0, 0, 1, 1, 1]);
  }
  const gap = ((events[7]?.timestamp ?? 0) - (events[0]?.timestamp ?? 0)) | 0;
  assert.is(gap, 200 * 8);
  phone.heard.forEach(({ sequence }, n) => assert.is(sequence, ((phone.heard[0]?.sequence ?? 0) + n) & 0xffff));
  const audio = phone.heard.filter(({ payloadType }) => payloadType === 0);
  const last = audio.at(-1);
  assert.is(((last?.timestamp ?? 0) - (audio[0]?.timestamp ?? 0)) | 0, Math.round(((last?.atMs ?? 0) - (audio[0]?.atMs ?? 0)) * 8), 'the timestamp kept up with time');
  await stage.end();
});

test('two engines: what one sends, as events or in-band, the other hears', async () => {
  for (const eventPayloadType of [101, null]) {
    const stage = await MediaStage.set({ ports: 2 });
    const address = unitAddress;
    stage.start({ remote: { address, port: 10_002 }, eventPayloadType, ptimeMs: 30 }, 1, 0);
    stage.start({ remote: { address, port: 10_000 }, eventPayloadType, ptimeMs: 20 }, 1, 1);
    await stage.clock.advance(300);
    stage.command('send-digits', { digits: '0123456789*#ABCD', toneMs: 70, gapMs: 60 });
    await stage.clock.advance(4000);
    assert.is(stage.digits(), '0123456789*#ABCD');
    assert.ok(stage.of('digit').every(({ port, source }) => port === 1 && source === (eventPayloadType === null ? 'in-band' : 'rfc4733')));
    await stage.end();
  }
});

test('what plays stands still while digits are sent, and nothing of it is lost', async () => {
  const prompt = voice(2000);
  for (const eventPayloadType of [101, null]) {
    const stage = await MediaStage.set({ prompts: { get: () => ({ ulaw: prompt }), ids: () => ['x'] } });
    const phone = await stage.phone();
    stage.start({ eventPayloadType });
    stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'x' }], stopOnDigit: false });
    await stage.clock.advance(1005);
    stage.command('send-digits', { digits: '5', toneMs: 80, gapMs: 80 });
    await stage.clock.advance(2000);
    const heard = Buffer.from(phone.audio());
    assert.ok(heard.indexOf(prompt.subarray(0, 7000)) >= 0);
    assert.ok(heard.indexOf(prompt.subarray(9000)) >= 0);
    const audio = phone.heard.filter(({ payloadType, payload }) => payloadType === 0 && payload.some((code) => prompt.includes(code) && code < 100));
    assert.ok(audio.length >= 100);
    await stage.end();
  }
});

test('events under an SSRC of their own, between audio packets, are heard', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  phone.speak(voice(1000));
  await stage.clock.advance(300);
  for (let n = 0; n < 6; n++) {
    const { ssrc, sequence, timestamp } = phone;
    Object.assign(phone, { ssrc: 0xabc, sequence: 5 + n, timestamp: 1_000_000 });
    phone.sendPacket(Uint8Array.of(8, 10, 0, (n + 1) * 20), 101, n === 0);
    Object.assign(phone, { ssrc, sequence, timestamp });
    await stage.clock.advance(20);
  }
  assert.is(stage.digits(), '8');
  await stage.end();
});

test.run();
