import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convertTable, encodeTable, silenceCode } from '../../../hal/g711.ts';
import { JitterBuffer } from '../../../firmware/media/jitter-buffer.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';

const same = convertTable('PCMU', 'PCMU');
const silence = silenceCode('PCMU');

/** Codes without a pattern that are never the silence code. */
function voice(samples: number): Uint8Array {
  return new SimRandom(1).bytes(samples).map((byte) => byte % 100);
}

interface Sent {
  readonly at: number;
  readonly timestamp: number;
  readonly samples: number;
}

/** Feeds packets by their arrival times (ms) and reads every 20 ms as a port does; returns all that was heard. */
function run(buffer: JitterBuffer, audio: Uint8Array, packets: Sent[], frames: number, base = 0): Uint8Array {
  const played: Uint8Array[] = [];
  const waiting = [...packets].sort((one, other) => one.at - other.at);
  for (let n = 0; n < frames; n++) {
    for (let next = waiting[0]; next !== undefined && next.at <= n * 20; next = waiting[0]) {
      buffer.insert((next.timestamp + base) | 0, audio, next.timestamp, next.samples, same);
      waiting.shift();
    }
    played.push(...tick(buffer));
  }
  return Uint8Array.from(Buffer.concat(played));
}

/** What one tick reads: nothing, a frame, or two. */
function tick(buffer: JitterBuffer): Uint8Array[] {
  const [first, second] = [new Uint8Array(160), new Uint8Array(160)];
  const heard = buffer.pull(first) ? [first] : [];
  return buffer.hasten() && buffer.pull(second) ? [...heard, second] : heard;
}

function packetsOf(samples: number, ptimeMs: number, delay: (n: number) => number = () => 0): Sent[] {
  const each = ptimeMs * 8;
  return Array.from({ length: Math.floor(samples / each) }, (_, n) => ({ at: n * ptimeMs + delay(n), timestamp: n * each, samples: each }));
}

function fresh(): JitterBuffer {
  const buffer = new JitterBuffer();
  buffer.begin('PCMU');
  return buffer;
}

function indexOf(haystack: Uint8Array, needle: Uint8Array): number {
  return Buffer.from(haystack).indexOf(needle);
}

for (const ptime of [10, 20, 30, 40, 50, 60]) {
  test(`ptime ${ptime}: a clean stream is played bit by bit, 40 ms late`, () => {
    const audio = voice(8000 * 6);
    const played = run(fresh(), audio, packetsOf(audio.length, ptime), 300);
    const start = indexOf(played, audio.subarray(0, 800));
    assert.is(start, 40 * 8);
    const rest = played.subarray(start);
    sameBytes(rest.subarray(0, 40_000), audio.subarray(0, 40_000));
  });
}

test('timestamps may pass 2^31 and 2^32', () => {
  const audio = voice(8000 * 4);
  for (const base of [2 ** 31 - 8000, 2 ** 32 - 8000]) {
    const played = run(fresh(), audio, packetsOf(audio.length, 20), 180, base);
    sameBytes(played.subarray(320, 320 + 28_000), audio.subarray(0, 28_000));
  }
});

test('reordering within the depth changes nothing', () => {
  const random = new SimRandom(5);
  const audio = voice(8000 * 10);
  const played = run(fresh(), audio, packetsOf(audio.length, 20, (n) => (n === 0 ? 0 : random.below(35))), 450);
  sameBytes(played.subarray(320, 320 + 70_000), audio.subarray(0, 70_000));
});

test('a lost packet is concealed in its place and everything after it keeps its time', () => {
  const audio = voice(8000 * 2);
  const played = run(fresh(), audio, packetsOf(audio.length, 20).filter((_, n) => n !== 30), 90);
  const gap = 320 + 30 * 160;
  sameBytes(played.subarray(320, gap), audio.subarray(0, 30 * 160));
  assert.not.ok(Buffer.from(played.subarray(gap, gap + 160)).equals(audio.subarray(30 * 160, 31 * 160)));
  assert.ok(played.subarray(gap, gap + 160).some((code) => code !== silence), 'concealed, not silent');
  sameBytes(played.subarray(gap + 160, gap + 160 + 6000), audio.subarray(31 * 160, 31 * 160 + 6000));
});

test('a long loss is closed up by what was made up meanwhile: the delay does not grow', () => {
  const audio = voice(8000 * 4);
  const played = run(fresh(), audio, packetsOf(audio.length, 20).filter((_, n) => n < 50 || n >= 75), 190);
  const after = indexOf(played, audio.subarray(75 * 160, 80 * 160));
  assert.is(after, 320 + 75 * 160);
});

test('packets that all come 300 ms late once: nothing is made up or left out, and the delay is given back', () => {
  const audio = voice(8000 * 20);
  const buffer = fresh();
  const packets = packetsOf(audio.length, 20, (n) => (n >= 100 && n < 115 ? (115 - n) * 20 : 0));
  const played = run(buffer, audio, packets, 980);
  assert.is(buffer.late, 0);
  assert.ok(buffer.hastened >= 11, `gave back ${buffer.hastened} frames`);
  assert.ok(buffer.depth <= 120 * 8, `depth at the end ${buffer.depth / 8} ms`);
  sameBytes(played.subarray(320), audio.subarray(0, played.length - 320));
});

test('a peer that stays away for longer than 700 ms is silent meanwhile, and its pause is as long as its timestamps say', () => {
  const audio = voice(8000 * 6);
  const packets = packetsOf(audio.length, 20).filter((_, n) => n < 50 || n >= 150);
  const buffer = fresh();
  const played = run(buffer, audio, packets, 290);
  assert.is(indexOf(played, audio.subarray(150 * 160, 200 * 160)), 320 + 150 * 160);
  assert.ok(played.subarray(320 + 55 * 160, 320 + 149 * 160).every((code) => code === silence));
  assert.is(run(fresh(), audio, packetsOf(8000, 20), 200).length, 200 * 160, 'time goes on without it');
});

test('what waits at the end can be read to its end', () => {
  const audio = voice(1600);
  const buffer = fresh();
  buffer.insert(0, audio, 0, 1600, same);
  const frame = new Uint8Array(160);
  const played: number[] = [];
  while (buffer.drain(frame)) played.push(...frame);
  sameBytes(Uint8Array.from(played).subarray(320), audio);
  assert.is(buffer.depth, 0);
});

test('jitter up to 100 ms loses nothing once the depth has grown', () => {
  const random = new SimRandom(11);
  const audio = voice(8000 * 30);
  const buffer = fresh();
  const packets = packetsOf(audio.length, 20, () => random.below(100)).sort((one, other) => one.at - other.at);
  const played = run(buffer, audio, packets, 1490);
  assert.ok(buffer.late <= 12, `late ${buffer.late} of 1500`);
  assert.ok(buffer.depth <= 160 * 8, `depth ${buffer.depth / 8} ms`);
  const lastTenSeconds = audio.subarray(8000 * 19, 8000 * 29);
  assert.ok(indexOf(played, lastTenSeconds) > 0, 'the last ten seconds are whole');
});

test('three packets in a row too late: the sender set its timestamps back, and is followed', () => {
  const audio = voice(8000 * 4);
  const buffer = fresh();
  const frame = new Uint8Array(160);
  const played: number[] = [];
  for (let n = 0; n < 150; n++) {
    const timestamp = n < 50 ? 100_000 + n * 160 : 50_000 + n * 160;
    buffer.insert(timestamp, audio, n * 160, 160, same);
    buffer.pull(frame);
    played.push(...frame);
  }
  assert.is(buffer.late, 3);
  assert.ok(indexOf(Uint8Array.from(played), audio.subarray(53 * 160, 140 * 160)) > 0);
});

test('a jump ahead by hours is followed at once, without a gap of hours', () => {
  const audio = voice(8000 * 2);
  const buffer = fresh();
  const frame = new Uint8Array(160);
  const played: number[] = [];
  for (let n = 0; n < 100; n++) {
    buffer.insert((n < 50 ? n * 160 : 900_000_000 + n * 160) | 0, audio, n * 160, 160, same);
    buffer.pull(frame);
    played.push(...frame);
  }
  assert.ok(indexOf(Uint8Array.from(played), audio.subarray(50 * 160, 95 * 160)) > 0);
  assert.ok(buffer.depth <= 120 * 8);
});

test('a new stream is appended to what still waits', () => {
  const audio = voice(8000);
  const buffer = fresh();
  const frame = new Uint8Array(160);
  const played: number[] = [];
  for (let n = 0; n < 50; n++) {
    if (n === 20) buffer.restart();
    buffer.insert((n < 20 ? 5000 + n * 160 : -77_000 + n * 160) | 0, audio, n * 160, 160, same);
    buffer.pull(frame);
    played.push(...frame);
  }
  assert.is(indexOf(Uint8Array.from(played), audio.subarray(0, 40 * 160)), 320, 'whole across the change');
});

test('silence suppression: pauses in the timestamps are pauses in the sound', () => {
  const audio = voice(8000 * 3);
  const buffer = fresh();
  const packets = packetsOf(audio.length, 20).filter((_, n) => n < 40 || n >= 80);
  const played = run(buffer, audio, packets, 140);
  assert.is(indexOf(played, audio.subarray(80 * 160, 100 * 160)), 320 + 80 * 160);
  assert.ok(played.subarray(320 + 45 * 160, 320 + 79 * 160).every((code) => code === silence));
});

test('stretches marked silent are silence and not concealed', () => {
  const audio = voice(8000);
  const buffer = fresh();
  const frame = new Uint8Array(160);
  const played: number[] = [];
  for (let n = 0; n < 40; n++) {
    if (n >= 10 && n < 15) buffer.insertSilence(n * 160, 160);
    else buffer.insert(n * 160, audio, n * 160, 160, same);
    buffer.pull(frame);
    played.push(...frame);
  }
  const bytes = Uint8Array.from(played);
  sameBytes(bytes.subarray(320, 320 + 10 * 160), audio.subarray(0, 1600));
  assert.ok(bytes.subarray(320 + 1600, 320 + 15 * 160).every((code) => code === silence));
  sameBytes(bytes.subarray(320 + 15 * 160, 320 + 37 * 160), audio.subarray(15 * 160, 37 * 160));
});

test('a flood of audio is bounded by the ring', () => {
  const audio = voice(8000 * 10);
  const buffer = fresh();
  for (let n = 0; n < 500; n++) buffer.insert(n * 160, audio, n * 160, 160, same);
  assert.ok(buffer.depth <= 8192);
  assert.ok(buffer.late > 400);
});

test('a sender 200 ppm fast or slow is followed for an hour within 120 ms and without loss', () => {
  for (const ppm of [200, -200]) {
    const buffer = fresh();
    const talk = voice(160);
    const pause = new Uint8Array(160).fill(silence);
    let sent = 0;
    let deepest = 0;
    for (let n = 0; n < 180_000; n++) {
      for (; sent * 20 * (1 - ppm / 1e6) <= n * 20; sent++) buffer.insert((sent * 160) | 0, sent % 150 < 100 ? talk : pause, 0, 160, same);
      tick(buffer);
      deepest = Math.max(deepest, buffer.depth);
    }
    assert.is(buffer.late, 0);
    assert.ok(deepest <= 120 * 8, `${ppm} ppm: ${deepest / 8} ms`);
    if (ppm > 0) assert.ok(buffer.hastened >= 20 && buffer.hastened <= 40, `${buffer.hastened} frames given back`);
    else assert.is(buffer.hastened, 0);
  }
});

test('a change of law turns what waits into the new one', () => {
  const audio = voice(1600);
  const buffer = fresh();
  buffer.insert(0, audio, 0, 480, same);
  buffer.changeCodec('PCMA');
  const frame = new Uint8Array(160);
  const played: number[] = [];
  for (let n = 0; n < 5; n++) {
    buffer.pull(frame);
    played.push(...frame);
  }
  const table = convertTable('PCMU', 'PCMA');
  assert.equal(played.slice(320, 800), [...audio.subarray(0, 480)].map((code) => table[code]));
  assert.is(played[0], silenceCode('PCMA'));
});

test('packets are turned into the session law on the way in', () => {
  const buffer = fresh();
  const alaw = Uint8Array.from({ length: 160 }, (_, n) => encodeTable('PCMA')[n * 100 + 32_768] ?? 0);
  buffer.insert(0, alaw, 0, 160, convertTable('PCMA', 'PCMU'));
  const frame = new Uint8Array(160);
  for (let n = 0; n < 3; n++) buffer.pull(frame);
  assert.equal([...frame], [...alaw].map((code) => convertTable('PCMA', 'PCMU')[code]));
});

test('payloads of absurd size do no harm', () => {
  const buffer = fresh();
  const big = new Uint8Array(60_000).fill(9);
  buffer.insert(0, big, 0, big.length, same);
  buffer.insert(0, big, 0, 0, same);
  const frame = new Uint8Array(160);
  for (let n = 0; n < 10; n++) buffer.pull(frame);
  assert.ok(buffer.depth <= 8192);
});

test.run();
