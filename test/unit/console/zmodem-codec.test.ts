import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc16, crc32, frame, subpacketEnd } from '../../../firmware/console/zmodem/zmodem-bytes.ts';
import type { SubpacketEnd } from '../../../firmware/console/zmodem/zmodem-bytes.ts';
import type { ZmodemEvent } from '../../../firmware/console/zmodem/zmodem-decoder.ts';
import { ZmodemDecoder } from '../../../firmware/console/zmodem/zmodem-decoder.ts';
import { binaryHeader, cancelSequence, fileInfo, hexHeader, parseFileInfo, subpacket } from '../../../firmware/console/zmodem/zmodem-encode.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

/** Data are expected after every header of a file or of data, and after subpackets that go on. */
function decode(pieces: readonly Uint8Array[], decoder = new ZmodemDecoder()): ZmodemEvent[] {
  const events: ZmodemEvent[] = [];
  for (const piece of pieces) {
    for (let at = 0, found = decoder.next(piece, at); found !== null; found = decoder.next(piece, at)) {
      at = found.at;
      events.push(found.event);
      const { event } = found;
      const carries = event.kind === 'header' && ([frame.file, frame.data, frame.sinit] as number[]).includes(event.header.type);
      if (carries || (event.kind === 'data' && (event.end === subpacketEnd.on || event.end === subpacketEnd.onAck))) decoder.expectData();
    }
  }
  return events;
}

const bytesOf = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

test('check values of the two CRCs, over "123456789"', () => {
  assert.is(crc16(Buffer.from('123456789')), 0x31c3);
  assert.is(crc32(Buffer.from('123456789')), 0xcbf43926);
});

test('ZRQINIT as every implementation sends it', () => {
  assert.is(Buffer.from(hexHeader({ type: frame.rqinit, value: 0 })).toString('latin1'), '**\x18B00000000000000\r\n\x11');
});

test('headers in all three styles come back, the largest position too', () => {
  for (const value of [0, 1, 0x18181818, 0x7fffffff, 0xffffffff]) {
    for (const bytes of [hexHeader({ type: frame.rpos, value }), binaryHeader({ type: frame.rpos, value }, false), binaryHeader({ type: frame.rpos, value }, true)]) {
      assert.equal(decode([bytes]), [{ kind: 'header', header: { type: frame.rpos, value } }]);
    }
  }
});

test('no control character but those of the frame is in what is sent, and all 256 values come back, with either CRC', () => {
  const all = Uint8Array.from({ length: 1024 }, (_, index) => index & 0xff);
  for (const wide of [false, true]) {
    const sent = subpacket(all, subpacketEnd.over, wide);
    assert.equal([...sent].filter((byte) => byte < 0x20 && byte !== 0x18), []);
    const [, data] = decode([bytesOf(binaryHeader({ type: frame.data, value: 0 }, wide), sent)]);
    assert.equal(data, { kind: 'data', bytes: all, end: subpacketEnd.over });
  }
});

test('streams cut anywhere are the same', () => {
  const random = new SimRandom(8);
  const ends = Object.values(subpacketEnd) as SubpacketEnd[];
  for (let round = 0; round < 50; round++) {
    const wide = round % 2 === 0;
    const parts: Uint8Array[] = [];
    for (let count = 0; count < 5; count++) {
      parts.push(Buffer.from('noise ** \x18 more'), binaryHeader({ type: frame.data, value: random.below(2 ** 31) }, wide));
      for (let piece = random.below(3); piece >= 0; piece--) parts.push(subpacket(random.bytes(random.below(300)), piece === 0 ? subpacketEnd.over : (ends[1 + random.below(2)] as SubpacketEnd), wide));
    }
    const whole = bytesOf(...parts);
    const expected = decode([whole]);
    assert.ok(expected.length >= 10);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < whole.length; ) {
      const length = 1 + random.below(20);
      pieces.push(whole.subarray(at, at + length));
      at += length;
    }
    assert.equal(decode(pieces), expected);
  }
});

test('one octet turned anywhere in a subpacket is never taken for data', () => {
  const random = new SimRandom(9);
  const data = random.bytes(64);
  for (const wide of [false, true]) {
    const head = binaryHeader({ type: frame.data, value: 0 }, wide);
    const good = bytesOf(head, subpacket(data, subpacketEnd.over, wide), hexHeader({ type: frame.eof, value: 64 }));
    for (let at = head.length; at < good.length - 24; at++) {
      const bad = Uint8Array.from(good);
      bad[at] = (bad[at] as number) ^ (1 << random.below(8));
      const events = decode([bad]);
      for (const event of events) if (event.kind === 'data') assert.equal(event.bytes, data, `octet ${at}`);
    }
  }
});

test('data behind a hexadecimal header begin behind its line end', () => {
  const events = decode([bytesOf(hexHeader({ type: frame.sinit, value: 0 }), subpacket(Uint8Array.of(0x41, 0), subpacketEnd.overAck, false))]);
  assert.equal(events[1], { kind: 'data', bytes: Uint8Array.of(0x41, 0), end: subpacketEnd.overAck });
});

test('five CANs end it wherever they come; four are noise', () => {
  assert.equal(decode([cancelSequence()]), [{ kind: 'cancelled' }]);
  assert.equal(decode([Uint8Array.of(0x18, 0x18, 0x18, 0x18, 0x41)]), []);
  const inData = bytesOf(binaryHeader({ type: frame.data, value: 0 }, true), Buffer.from('some data'), cancelSequence());
  assert.is(decode([inData]).at(-1)?.kind, 'cancelled');
});

test('a subpacket without end is garbled, not kept for ever', () => {
  const endless = bytesOf(binaryHeader({ type: frame.data, value: 0 }, false), new Uint8Array(20_000).fill(0x41));
  assert.equal(decode([endless]).map(({ kind }) => kind), ['header', 'garbled']);
});

test('seeded garbage gives events, never an exception', () => {
  const random = new SimRandom(10);
  const decoder = new ZmodemDecoder();
  for (let round = 0; round < 2000; round++) {
    if (random.chance(0.1)) decoder.expectData();
    decode([random.bytes(random.below(200))], decoder);
  }
});

test('what is said of a file: name without its folders, and size', () => {
  assert.equal(parseFileInfo(fileInfo('hello.wav', 1234, 1_700_000_000)), { name: 'hello.wav', bytes: 1234 });
  assert.equal(parseFileInfo(Buffer.from('../../etc/passwd\0')), { name: 'passwd', bytes: null });
  assert.equal(parseFileInfo(Buffer.from('a\0not a number')), { name: 'a', bytes: null });
  for (const bad of ['', '\0', 'no end', '/\x00']) assert.is(parseFileInfo(Buffer.from(bad)), null, JSON.stringify(bad));
});

test.run();
