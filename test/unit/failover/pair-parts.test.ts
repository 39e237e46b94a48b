import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameReader } from '../../../firmware/failover/pairing/frame-reader.ts';
import { acceptedKeys, newRing, turn, type KeyRing, type RingInput } from '../../../firmware/failover/pairing/key-ring.ts';
import { makeCode, readCode } from '../../../firmware/failover/pairing/pair-code.ts';
import { decodeMessage, encodeMessage, longestMessage, type PairMessage } from '../../../firmware/failover/pairing/pair-message.ts';
import { checkPairRecord } from '../../../firmware/failover/pairing/pair-record.ts';
import { introduce, readIntroduction } from '../../../firmware/failover/pairing/pair-secrets.ts';
import { afterConnection, afterWrongCode, codeLimits, showCode, type ShownCode } from '../../../firmware/failover/pairing/shown-code.ts';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

test('a code has 12 symbols in groups of four, all of them used, none that is read wrong', () => {
  const random = new SimRandom(1);
  const codes = Array.from({ length: 500 }, () => makeCode(random));
  for (const code of codes) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  assert.is(new Set(codes).size, 500);
  assert.is(new Set(codes.join('').replaceAll('-', '')).size, 32);
});

test('a code may be typed in any way that reads the same', () => {
  for (const typed of ['K7QM-2X9D-H401', 'k7qm2x9dh401', ' k7qm 2x9d h40l ', 'K7QM-2X9D-H4OI']) assert.is(readCode(typed), 'K7QM-2X9D-H401', typed);
  for (const typed of ['', 'K7QM-2X9D-H40', 'K7QM-2X9D-H4011', 'K7QM-2X9D-H4U1', 'K7QM-2X9D-H4é1']) assert.is(readCode(typed), null, typed);
});

const examples: readonly PairMessage[] = [
  { kind: 'greeting', version: 1, nonce: new Uint8Array(16).fill(1) },
  { kind: 'join', nonce: new Uint8Array(16).fill(2), point: new Uint8Array(32).fill(3), associated: new Uint8Array(400).fill(4) },
  { kind: 'answer', point: new Uint8Array(32).fill(5), associated: new Uint8Array(0) },
  { kind: 'proof', mac: new Uint8Array(32).fill(6) },
  { kind: 'stored', mac: new Uint8Array(32).fill(7) },
  { kind: 'refused', reason: 'busy' },
];

test('messages come out as they went in; anything shorter or longer is none', () => {
  for (const message of examples) {
    const body = encodeMessage(message).subarray(2);
    assert.equal(decodeMessage(body), message);
    for (let length = 0; length < body.length; length++) assert.is(decodeMessage(body.subarray(0, length)), null, `${message.kind} cut at ${length}`);
    assert.is(decodeMessage(Buffer.concat([body, Uint8Array.of(0)])), null);
  }
  assert.is(decodeMessage(Uint8Array.of(99)), null);
});

test('seeded garbage is no message, or one that encodes to the same bytes', () => {
  const random = new SimRandom(9);
  for (let round = 0; round < 20_000; round++) {
    const body = random.bytes(random.below(80));
    if (body.length > 0) body[0] = random.below(7);
    const message = decodeMessage(body);
    if (message !== null) assert.equal([...encodeMessage(message).subarray(2)], [...body]);
  }
});

test('frames are found in any pieces; a length of nothing or beyond the limit ends the stream', () => {
  const stream = Buffer.concat(examples.map(encodeMessage));
  for (const size of [1, 3, 7, 5000]) {
    const reader = new FrameReader(longestMessage);
    const found: (PairMessage | null)[] = [];
    for (let at = 0; at < stream.length; at += size) found.push(...(reader.take(stream.subarray(at, at + size)) ?? []).map(decodeMessage));
    assert.equal(found, [...examples]);
  }
  assert.is(new FrameReader(longestMessage).take(Uint8Array.of(0, 0)), null);
  assert.is(new FrameReader(longestMessage).take(Uint8Array.of(0x08, 0x01)), null);
  assert.equal(new FrameReader(longestMessage).take(Uint8Array.of(0x08, 0x00)), []);
});

test('an introduction holds a certificate and a name, both within their limits, or it is none', () => {
  const { certificate, fingerprint } = makeIdentity(new SimRandom(4));
  assert.equal(readIntroduction(introduce(certificate, 'Ada')), { certificate, fingerprint, name: 'Ada' });
  assert.is(readIntroduction(introduce(certificate, 'x'.repeat(300)))?.name.length, 200);
  assert.is(readIntroduction(introduce(new Uint8Array(0), 'Ada')), null);
  assert.is(readIntroduction(introduce(new Uint8Array(1025), 'Ada')), null);
  assert.is(readIntroduction(new Uint8Array(0)), null);
  assert.is(readIntroduction(Buffer.concat([introduce(certificate, 'Ada'), Uint8Array.of(0, 0)])), null);
});

test('a code is void after three wrong ones, fifty connections, or ten minutes', () => {
  const shown = showCode('x', 1000);
  const wrong = [1, 2, 3].reduce<(ShownCode | string)[]>((all) => [...all, typeof all.at(-1) === 'string' ? 'void' : afterWrongCode(all.at(-1) as ShownCode)], [shown]);
  assert.equal(wrong.map((one) => (typeof one === 'string' ? one : one.triesLeft)), [3, 2, 1, 'tried-too-often']);
  let connected: ShownCode | string = shown;
  for (let count = 0; count < codeLimits.connections; count++) if (typeof connected !== 'string') connected = afterConnection(connected, 1000);
  assert.ok(typeof connected !== 'string' && connected.connectionsLeft === 0);
  assert.is(afterConnection(connected as ShownCode, 1000), 'connected-too-often');
  assert.ok(typeof afterConnection(shown, 1000 + codeLimits.validMs - 1) !== 'string');
  assert.is(afterConnection(shown, 1000 + codeLimits.validMs), 'expired');
});

const key = (id: number) => ({ id, key: Buffer.alloc(32, id).toString('base64') });
const plain: KeyRing = { current: key(1), previous: null, next: null };
const offered: KeyRing = { current: key(1), previous: null, next: key(2) };
const turned: KeyRing = { current: key(2), previous: key(1), next: null };
const both: KeyRing = { current: key(2), previous: key(1), next: key(3) };

test('the key ring: every ring with every input', () => {
  const inputs: Record<string, RingInput> = {
    'offer 1': { kind: 'offer', key: key(1) }, 'offer 2': { kind: 'offer', key: key(2) }, 'offer 3': { kind: 'offer', key: key(3) }, 'another 2': { kind: 'offer', key: { id: 2, key: key(9).key } },
    'use 1': { kind: 'use', id: 1 }, 'use 2': { kind: 'use', id: 2 }, 'use 3': { kind: 'use', id: 3 }, 'drop': { kind: 'drop-previous' },
  };
  const table: readonly (readonly [string, KeyRing, Record<string, KeyRing | null>])[] = [
    ['plain', plain, { 'offer 1': plain, 'offer 2': offered, 'offer 3': null, 'another 2': { ...plain, next: { id: 2, key: key(9).key } }, 'use 1': plain, 'use 2': null, 'use 3': null, 'drop': plain }],
    ['offered', offered, { 'offer 1': offered, 'offer 2': offered, 'offer 3': null, 'another 2': null, 'use 1': offered, 'use 2': turned, 'use 3': null, 'drop': offered }],
    ['turned', turned, { 'offer 1': null, 'offer 2': turned, 'offer 3': both, 'another 2': null, 'use 1': null, 'use 2': turned, 'use 3': null, 'drop': { current: key(2), previous: null, next: null } }],
    ['both', both, { 'offer 1': null, 'offer 2': both, 'offer 3': both, 'another 2': null, 'use 1': null, 'use 2': both, 'use 3': { current: key(3), previous: key(2), next: null }, 'drop': { ...both, previous: null } }],
  ];
  for (const [name, ring, wanted] of table) for (const [word, input] of Object.entries(inputs)) assert.equal(turn(ring, input), wanted[word], `${name}, ${word}`);
});

test('whatever two rings have in common by the protocol, each accepts what the other sends with', () => {
  const steps: readonly (readonly [KeyRing, KeyRing])[] = [[plain, plain], [offered, plain], [offered, offered], [turned, offered], [turned, turned], [{ ...turned, previous: null }, turned]];
  for (const [one, other] of steps) {
    assert.ok(acceptedKeys(one).includes(other.current) || acceptedKeys(one).some(({ id }) => id === other.current.id));
    assert.ok(acceptedKeys(other).some(({ id }) => id === one.current.id));
  }
});

test('a record of something else is refused', () => {
  const good = { partner: { pairId: 'a', fingerprint: 'a'.repeat(64), certificate: 'AAAA', name: 'Ada', pairedAtMs: 1, confirmed: true, ring: newRing(key(1).key), rotatedAtMs: 1 } };
  assert.equal(checkPairRecord(good), good);
  for (const [member, value] of Object.entries({ pairId: 1, fingerprint: 'A'.repeat(64), confirmed: 0, ring: { current: { id: 1, key: 'short' }, previous: null, next: null }, rotatedAtMs: null })) {
    assert.throws(() => checkPairRecord({ partner: { ...good.partner, [member]: value } }), member);
  }
  assert.throws(() => checkPairRecord({}));
});

test.run();
