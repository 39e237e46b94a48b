import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRtcp, writeBye, writeCname, writeReport, type ReportBlock, type SenderInfo } from '../../../firmware/media/rtcp.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const sender: SenderInfo = { ntpSeconds: 0xe1234567 | 0, ntpFraction: 0x80000000 | 0, rtpTimestamp: -5, packets: 3_000_000_000, octets: 77 };
const block: ReportBlock = { ssrc: 0xcafebabe | 0, fractionLost: 51, cumulativeLost: -2, highestSequence: 0x2ffff, jitter: 12, lastReport: 0x45678000, delay: 65_536 };

function compound(): { bytes: Uint8Array; length: number } {
  const bytes = new Uint8Array(256);
  const named = writeCname(bytes, writeReport(bytes, 0, 0x11223344, sender, block), 0x11223344, 'abc');
  return { bytes, length: writeBye(bytes, named, 0x11223344) };
}

test('report, CNAME and BYE are read back', () => {
  const { bytes, length } = compound();
  assert.equal(readRtcp(bytes, length), [
    { kind: 'report', ssrc: 0x11223344, sender, blocks: [block] },
    { kind: 'bye', ssrcs: [0x11223344] },
  ]);
});

test('the octets are those of RFC 3550 section 6.4.1', () => {
  const bytes = new Uint8Array(64);
  const length = writeReport(bytes, 0, 1, null, { ...block, cumulativeLost: 0x123456 });
  assert.is(length, 32);
  assert.equal([...bytes.subarray(0, 16)], [0x81, 201, 0, 7, 0, 0, 0, 1, 0xca, 0xfe, 0xba, 0xbe, 51, 0x12, 0x34, 0x56]);
});

test('CNAME chunks end with at least one zero on a word boundary', () => {
  for (const cname of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
    const bytes = new Uint8Array(64).fill(0xee);
    const length = writeCname(bytes, 0, 1, cname);
    assert.is(length % 4, 0);
    assert.is(bytes[9], cname.length);
    assert.is(bytes[length - 1], 0);
    assert.is(((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0), length / 4 - 1);
  }
});

test('a report without anything heard has no block', () => {
  const bytes = new Uint8Array(64);
  const length = writeReport(bytes, 0, 9, null, null);
  assert.equal(readRtcp(bytes, length), [{ kind: 'report', ssrc: 9, sender: null, blocks: [] }]);
});

test('cumulative loss is held within 24 bits', () => {
  const bytes = new Uint8Array(64);
  const length = writeReport(bytes, 0, 9, null, { ...block, cumulativeLost: 99_999_999 });
  const [packet] = readRtcp(bytes, length) ?? [];
  assert.is(packet?.kind === 'report' && packet.blocks[0]?.cumulativeLost, 0x7fffff);
});

test('what is not a compound packet is refused', () => {
  const { bytes, length } = compound();
  assert.is(readRtcp(bytes, length - 4), null, 'cut');
  assert.is(readRtcp(bytes, 0), null, 'empty');
  assert.is(readRtcp(bytes, bytes.length + 1), null, 'length beyond the buffer');
  const changed = (at: number, value: number): Uint8Array => Object.assign(bytes.slice(0, length), { [at]: value });
  assert.is(readRtcp(changed(0, 0x41), length), null, 'version');
  assert.is(readRtcp(changed(1, 202), length), null, 'does not start with a report');
  assert.is(readRtcp(changed(0, 0xa1), length), null, 'padding before the end');
  assert.is(readRtcp(changed(3, 200), length), null, 'length beyond the end');
});

test('counts that the length does not bear are not believed', () => {
  const bytes = new Uint8Array(8);
  bytes.set([0x9f, 201, 0, 1, 0, 0, 0, 1]);
  assert.equal(readRtcp(bytes, 8), []);
});

test('random bytes never throw', () => {
  const random = new SimRandom(3);
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.bytes(random.below(30) * 4);
    bytes.set([0x80 | random.below(32), 200 + random.below(5), 0, random.below(8)].slice(0, bytes.length));
    readRtcp(bytes, bytes.length);
  }
});

test.run();
