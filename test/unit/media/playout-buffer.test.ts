import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mostDelay, PlayoutBuffer } from '../../../firmware/media/playout-buffer.ts';
import { convertTable, silenceCode } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const same = convertTable('PCMU', 'PCMU');
const silence = silenceCode('PCMU');

function made(): PlayoutBuffer {
  const buffer = new PlayoutBuffer();
  buffer.begin('PCMU');
  return buffer;
}

const put = (buffer: PlayoutBuffer, packet: number, code: number, samples = 160): void => buffer.insert(packet * 160, new Uint8Array(samples).fill(code), 0, samples, same);

function pull(buffer: PlayoutBuffer): Uint8Array {
  const frame = new Uint8Array(160);
  buffer.pull(frame);
  return frame;
}

test('playout: a frame comes at once, silent until something is there', () => {
  assert.ok(pull(made()).every((code) => code === silence));
});

test('playout: the first packet waits 40 ms, then all come in order', () => {
  const buffer = made();
  const heard: (number | undefined)[] = [];
  for (let n = 0; n < 6; n++) {
    put(buffer, n, n + 1);
    heard.push(pull(buffer)[0]);
  }
  assert.equal(heard, [silence, silence, 1, 2, 3, 4]);
});

test('playout: packets that overtook each other are put in order, and doubles do no harm', () => {
  const buffer = made();
  for (const n of [0, 2, 1, 1, 3]) put(buffer, n, n + 1);
  assert.equal([...Array(6)].map(() => pull(buffer)[0]).slice(2), [1, 2, 3, 4]);
});

test('playout: a lost packet is made up in its own time', () => {
  const buffer = made();
  for (const n of [0, 1, 3, 4]) put(buffer, n, 20 + n);
  const frames = [...Array(7)].map(() => pull(buffer)[0]);
  assert.equal([frames[2], frames[3], frames[5], frames[6]], [20, 21, 23, 24]);
  assert.not.equal(frames[4], silence);
});

test('playout: a burst never waits longer than 200 ms, and what was pushed out is counted', () => {
  const buffer = made();
  for (let n = 0; n < 16; n++) put(buffer, n, n + 1);
  assert.ok(buffer.depth <= mostDelay, String(buffer.depth));
  assert.ok((buffer.stats.playoutDroppedMs ?? 0) >= 120);
  assert.ok((buffer.stats.playoutMostDelayMs ?? 0) <= 200);
});

test('playout: a peer that begins anew far ahead is heard 40 ms later', () => {
  const buffer = made();
  for (let n = 0; n < 3; n++) put(buffer, n, 1);
  for (let n = 0; n < 5; n++) pull(buffer);
  put(buffer, 100_000, 9);
  assert.ok(buffer.depth <= 480 + 160);
  assert.ok([...Array(4)].map(() => pull(buffer)).some((frame) => frame.includes(9)));
});

test('playout: late packets are counted, and the delay grows for those that follow', () => {
  const buffer = made();
  for (let n = 0; n < 400; n++) {
    if (n >= 4) put(buffer, n - 4, 30 + (n % 50)); // the network has become 80 ms slower than the first packet's
    else put(buffer, n, 10);
    pull(buffer);
  }
  assert.ok(buffer.late < 10, String(buffer.late));
  assert.ok(buffer.depth <= mostDelay);
});

for (const ppm of [300, -300]) {
  test(`playout: ten minutes at ${ppm} ppm are corrected by about the drift, and the delay stays bounded`, () => {
    const buffer = made();
    const random = new SimRandom(9);
    const minutes = 10;
    const due: { atMs: number; packet: number }[] = [];
    let packet = 0;
    const depths: number[] = [];
    for (let nowMs = 0; nowMs < minutes * 60_000; nowMs += 20) {
      for (; packet * 20 * (1 + ppm / 1e6) <= nowMs; packet++) due.push({ atMs: packet * 20 * (1 + ppm / 1e6) + random.below(20), packet });
      for (const one of due.splice(0)) {
        if (one.atMs > nowMs) due.push(one);
        else put(buffer, one.packet, random.chance(0.5) ? silence : 60);
      }
      pull(buffer);
      if (nowMs % 1000 === 0) depths.push(buffer.depth / 8);
    }
    const { playoutDroppedMs = 0, playoutRepeatedMs = 0 } = buffer.stats;
    const drift = (minutes * 60_000 * Math.abs(ppm)) / 1e6;
    const net = Math.abs(playoutRepeatedMs - playoutDroppedMs);
    assert.ok(Math.abs(net - drift) < 60, `${net} ms corrected, ${drift} ms drifted`);
    const late = depths.slice(60);
    assert.ok(Math.max(...late) <= 120 && Math.max(...late) - Math.min(...late) <= 100, `${Math.min(...late)} to ${Math.max(...late)}`);
  });
}

test('playout: the law changes under what waits', () => {
  const buffer = made();
  put(buffer, 0, 0x80);
  buffer.changeCodec('PCMA');
  pull(buffer);
  pull(buffer);
  assert.is(pull(buffer)[0], convertTable('PCMU', 'PCMA')[0x80]);
});

test('playout: silence that the peer tells of is neither missing nor made up', () => {
  const buffer = made();
  put(buffer, 0, 40);
  buffer.insertSilence(160, 160);
  put(buffer, 2, 41);
  const frames = [...Array(5)].map(() => pull(buffer)[0]);
  assert.equal(frames.slice(2), [40, silence, 41]);
});

test.run();
