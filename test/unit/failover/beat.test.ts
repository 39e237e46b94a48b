import { createHmac } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { BeatJudge } from '../../../firmware/failover/beat-judge.ts';
import { HmacSeal } from '../../../firmware/failover/beat-seal.ts';
import { type Beat, beatBytes, BeatCodec, emptyBeat } from '../../../firmware/failover/beat.ts';
import { maxEpoch, nextEpoch } from '../../../firmware/failover/epoch.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const key = Uint8Array.from({ length: 32 }, (_, at) => at);
const codec = new BeatCodec(new HmacSeal(key));

const full: Beat = {
  rank: 'backup', serving: true, able: false, sees: true, main: 'lost', waiting: false, asks: true, goodbye: false, media: 97, beatMs: 25,
  incarnation: 0x0123456789abcdefn, echo: 0xfedcba9876543210n, sequence: 2 ** 47 + 3, calls: 65_535, epoch: maxEpoch, controlAgeMs: 40, grant: 2 ** 33, pair: 3, pairFrom: 2,
};

test('what is written is read', () => {
  const read = emptyBeat();
  assert.is(codec.decode(codec.encode(full).slice(), read), null);
  assert.equal(read, full);
});

test('what is known of the main PBX takes two bits; firmware that leaves them alone says nothing, as does a value that has no meaning', () => {
  const read = emptyBeat();
  for (const main of ['unknown', 'heard', 'lost'] as const) {
    codec.decode(codec.encode({ ...full, main }).slice(), read);
    assert.equal(read, { ...full, main });
  }
  const bytes = codec.encode({ ...full, main: 'lost' }).slice();
  for (const bits of [0b00, 0b11]) {
    bytes[4] = ((bytes[4] as number) & 0x3f) | (bits << 6);
    new HmacSeal(key).seal(bytes, 48);
    assert.is(codec.decode(bytes, read), null);
    assert.is(read.main, 'unknown');
  }
});

test('firmware that does not tell which protocol it speaks speaks the first', () => {
  const bytes = codec.encode(full).slice();
  bytes.fill(0, 46, 48);
  new HmacSeal(key).seal(bytes, 48);
  const read = emptyBeat();
  assert.is(codec.decode(bytes, read), null);
  assert.equal(read, { ...full, pair: 1, pairFrom: 1 });
});

test('the layout is the one that is drawn', () => {
  const bytes = codec.encode(full);
  assert.is(bytes.length, beatBytes);
  assert.is(Buffer.from(bytes.subarray(0, 48)).toString('hex'), '5542010195610019' + '0123456789abcdef' + 'fedcba9876543210' + '800000000003' + 'ffff' + 'ffffffffffff' + '0028' + '000200000000' + '0302');
  assert.is(Buffer.from(bytes.subarray(48)).toString('hex'), createHmac('sha256', key).update(bytes.subarray(0, 48)).digest('hex').slice(0, 32));
});

test('one bit changed anywhere is refused, and leaves no trace', () => {
  const right = codec.encode(full).slice();
  for (let bit = 0; bit < right.length * 8; bit++) {
    const wrong = right.slice();
    wrong[bit >> 3] = (wrong[bit >> 3] as number) ^ (1 << (bit & 7));
    const read = emptyBeat();
    assert.ok(codec.decode(wrong, read) !== null, `bit ${bit}`);
    assert.equal(read, emptyBeat());
  }
});

test('another key is a foreign key; a key of another length is none', () => {
  const other = new BeatCodec(new HmacSeal(new Uint8Array(32)));
  assert.is(other.decode(codec.encode(full), emptyBeat()), 'foreign-key');
  assert.throws(() => new HmacSeal(new Uint8Array(31)), /31 bytes/);
});

test('no datagram throws or takes long', () => {
  const random = new SimRandom(3);
  const read = emptyBeat();
  const right = codec.encode(full).slice();
  const beganMs = performance.now();
  const rounds = 100_000;
  for (let round = 0; round < rounds; round++) {
    const bytes = round % 3 === 0 ? right.slice(0, random.below(80)) : random.bytes(round % 3 === 1 ? beatBytes : random.below(200));
    if (round % 3 === 1) bytes.set(right.subarray(0, random.below(beatBytes)));
    if (bytes.length !== beatBytes) assert.is(codec.decode(bytes, read), 'malformed');
    else codec.decode(bytes, read);
  }
  const each = (performance.now() - beganMs) / rounds;
  figure(`a datagram is judged in ${(each * 1000).toFixed(1)} us`);
  assert.ok(each < 1, `${each} ms each`);
});

test('a judge believes who echoes it, once for each sequence', () => {
  const judge = new BeatJudge(1n, 2, 16);
  const beat = (incarnation: bigint, echo: bigint, sequence: number): Beat => ({ ...emptyBeat(), incarnation, echo, sequence });
  assert.is(judge.echo(), 0n);
  assert.is(judge.judge(beat(2n, 0n, 1), 0), 'not-for-us');
  assert.is(judge.echo(), 2n);
  assert.is(judge.judge(beat(2n, 1n, 2), 0), null);
  assert.is(judge.judge(beat(2n, 1n, 2), 1), null, 'the same on the other path');
  assert.is(judge.judge(beat(2n, 1n, 2), 0), 'replayed');
  assert.is(judge.judge(beat(1n, 1n, 9), 0), 'reflected');
  assert.is(judge.judge(beat(2n, 1n, 40), 0), null);
  assert.is(judge.judge(beat(2n, 1n, 24), 1), 'replayed', 'too far behind the first path');
  assert.is(judge.judge(beat(2n, 1n, 25), 1), null);
  // The partner starts anew: both incarnations are echoed until the new one has proven itself.
  assert.is(judge.judge(beat(3n, 0n, 1), 0), 'not-for-us');
  assert.equal(new Set([judge.echo(), judge.echo()]), new Set([2n, 3n]));
  assert.is(judge.judge(beat(3n, 1n, 2), 0), null);
  assert.is(judge.partner, 3n);
  assert.is(judge.judge(beat(2n, 1n, 99), 0), 'replayed', 'its earlier life is over');
});

test('epochs of the two ranks never meet', () => {
  for (let seen = 0; seen < 100; seen++) {
    const [primary, backup] = [nextEpoch(seen, 'primary'), nextEpoch(seen, 'backup')];
    assert.ok(primary > seen && backup > seen && primary <= seen + 2 && backup <= seen + 2);
    assert.is(primary % 2, 0);
    assert.is(backup % 2, 1);
  }
});

test.run();
