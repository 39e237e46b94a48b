import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeMessage, encodeCall, encodeSingleCall, encodeWaiting, messageFaults } from '../../../../firmware/media/detect/caller-id-message.ts';
import type { CallerId } from '../../../../hal/line.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';

const time = { month: 11, day: 26, hour: 9, minute: 5 };
const ada: CallerId = { number: '+441632960123', name: 'Ada Lovelace', absent: null };

/** A message of bytes and text, with its checksum. */
function made(type: number, ...content: (number | string)[]): Uint8Array {
  const bytes = content.flatMap((part) => (typeof part === 'number' ? [part] : [...part].map((character) => character.charCodeAt(0))));
  const sum = [type, bytes.length, ...bytes].reduce((total, value) => total + value, 0);
  return Uint8Array.from([type, bytes.length, ...bytes, -sum & 0xff]);
}

test('bytes of a call set-up are those of the standard', () => {
  assert.equal(encodeCall({ number: '5551234', name: 'A', absent: null }, time), made(0x80, 1, 8, '11260905', 2, 7, '5551234', 7, 1, 'A'));
});

test('what was encoded is decoded', () => {
  const callers: CallerId[] = [ada, { number: '', name: '', absent: 'private' }, { number: '', name: '', absent: 'out-of-area' }, { number: '123', name: '', absent: null }, { number: '1', name: 'Zoë Müller', absent: null }];
  for (const callerId of callers) assert.equal(decodeMessage(encodeCall(callerId, time)), { type: 'call', callerId });
  assert.equal(decodeMessage(encodeCall(ada, null)), { type: 'call', callerId: ada });
  assert.equal(decodeMessage(encodeSingleCall({ ...ada, number: '5551234' }, time)), { type: 'call', callerId: { number: '5551234', name: '', absent: null } });
  for (const absent of ['private', 'out-of-area'] as const) {
    assert.equal(decodeMessage(encodeSingleCall({ number: '', name: '', absent }, time)), { type: 'call', callerId: { number: '', name: '', absent } });
  }
  for (const lit of [true, false]) assert.equal(decodeMessage(encodeWaiting(lit)), { type: 'message-waiting', lit, messages: null });
});

test('the older message waiting, and one with a count only', () => {
  assert.equal(decodeMessage(made(0x06, 0x42, 0x42, 0x42)), { type: 'message-waiting', lit: true, messages: null });
  assert.equal(decodeMessage(made(0x06, 0x6f, 0x6f, 0x6f)), { type: 'message-waiting', lit: false, messages: null });
  assert.equal(decodeMessage(made(0x82, 0x13, 1, 3)), { type: 'message-waiting', lit: true, messages: 3 });
});

test('a reason in place of a number, as some exchanges send it, and parameters that nobody knows', () => {
  assert.equal(decodeMessage(made(0x80, 2, 1, 'P', 0x55, 2, 1, 2)), { type: 'call', callerId: { number: '', name: '', absent: 'private' } });
});

test('too long a number or name is cut, what a number cannot hold is left out', () => {
  const message = decodeMessage(encodeCall({ number: 'sip:0123456789012345678901234', name: 'x'.repeat(80), absent: null }, null));
  assert.equal(message, { type: 'call', callerId: { number: '01234567890123456789', name: 'x'.repeat(50), absent: null } });
});

for (const [bytes, fault] of [
  [new Uint8Array(0), 'length'],
  [Uint8Array.of(0x80, 5, 1), 'length'],
  [Uint8Array.of(0x80, 0, 0x81), 'checksum'],
  [made(0x80), 'no-content'],
  [made(0x80, 1, 8, '11260905'), 'no-content'],
  [made(0x80, 2, 9, '123'), 'length'],
  [made(0x80, 2), 'length'],
  [made(0x80, 2, 3, '1\x022'), 'bad-character'],
  [made(0x04, '1126'), 'length'],
  [made(0x04, '11260905<x>'), 'bad-character'],
  [made(0x06, 0x42, 0x42), 'length'],
  [made(0x06, 0x42, 0x42, 0x6f), 'bad-character'],
  [made(0x82), 'no-content'],
  [made(0x82, 0x0b, 2, 0, 0), 'length'],
  [made(0x84, 1), 'unknown-type'],
] as const) test(`${Buffer.from(bytes).toString('hex') || 'nothing'} is refused: ${fault}`, () => assert.is(decodeMessage(bytes), fault));

test('any bytes whatever give a message or a reason', () => {
  const random = new SimRandom(12);
  for (let round = 0; round < 20_000; round++) {
    const content = Array.from({ length: random.below(40) }, () => random.below(256));
    const message = decodeMessage(made([0x04, 0x06, 0x80, 0x82][random.below(4)] ?? 0, ...content));
    assert.ok(typeof message === 'string' ? messageFaults.includes(message) : message.type === 'call' || message.type === 'message-waiting');
    if (typeof message === 'object' && message.type === 'call') assert.match(message.callerId.number, /^[0-9A-D*#+]{0,20}$/);
  }
});

test.run();
