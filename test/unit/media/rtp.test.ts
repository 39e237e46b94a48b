import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newRtpHeader, readRtp, writeRtp } from '../../../firmware/media/rtp.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

function packet(payload: number[], change: (bytes: number[]) => void = () => undefined): Uint8Array {
  const head = new Uint8Array(12);
  writeRtp(head, true, 8, 0xfffe, 0x89abcdef | 0, 0xdeadbeef | 0);
  const bytes = [...head, ...payload];
  change(bytes);
  return Uint8Array.from(bytes);
}

function read(bytes: Uint8Array): ReturnType<typeof newRtpHeader> | null {
  const header = newRtpHeader();
  return readRtp(bytes, bytes.length, header) ? header : null;
}

test('what is written is read back', () => {
  assert.equal(read(packet([1, 2, 3])), {
    marker: true, payloadType: 8, sequence: 0xfffe, timestamp: 0x89abcdef | 0, ssrc: 0xdeadbeef | 0, payloadAt: 12, payloadBytes: 3,
  });
});

test('CSRCs, extension and padding are passed over', () => {
  const bytes = packet([0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 42, 43, 0, 2], (b) => (b[0] = 0x80 | 0x20 | 0x10 | 2));
  const header = read(bytes);
  assert.is(header?.payloadAt, 12 + 8 + 8);
  assert.is(header?.payloadBytes, 2);
  assert.is(bytes[header?.payloadAt ?? 0], 42);
});

test('garbage is refused', () => {
  assert.is(read(new Uint8Array(0)), null, 'empty');
  assert.is(read(packet([]).subarray(0, 11)), null, 'short');
  assert.is(read(packet([1], (b) => (b[0] = 0x40))), null, 'version 1');
  assert.is(read(packet([1], (b) => (b[0] = 0xc0))), null, 'version 3');
  assert.is(read(packet([1, 2], (b) => (b[0] = 0x8f))), null, '15 CSRCs that are not there');
  assert.is(read(packet([1, 2, 3], (b) => (b[0] = 0x90))), null, 'extension cut off');
  assert.is(read(packet([0, 0, 0xff, 0xff], (b) => (b[0] = 0x90))), null, 'extension longer than the packet');
  assert.is(read(packet([1, 2, 3, 200], (b) => (b[0] = 0xa0))), null, 'padding longer than the packet');
  assert.is(read(packet([1, 2, 3, 0], (b) => (b[0] = 0xa0))), null, 'padding of 0');
  assert.is(read(packet([], (b) => (b[0] = 0xa0))), null, 'padding without payload reaches into the header');
});

test('a packet that is all padding has an empty payload', () => {
  assert.is(read(packet([0, 0, 0, 4], (b) => (b[0] = 0xa0)))?.payloadBytes, 0);
});

test('a length beyond the buffer is refused', () => {
  assert.not(readRtp(new Uint8Array([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 13, newRtpHeader()));
});

test('whatever comes, the payload lies inside the packet', () => {
  const random = new SimRandom(7);
  let accepted = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.bytes(random.below(64));
    if (random.below(2) === 0 && bytes.length > 0) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
    const header = read(bytes);
    if (header === null) continue;
    accepted++;
    assert.ok(header.payloadAt >= 12 && header.payloadBytes >= 0 && header.payloadAt + header.payloadBytes <= bytes.length);
  }
  assert.ok(accepted > 500);
});

test.run();
