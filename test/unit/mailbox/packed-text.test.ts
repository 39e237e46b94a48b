// What a glance is made of in memory and in the summary: any text and any number comes back as it was.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newMailboxState } from '../../../firmware/mailbox/mailbox-state.ts';
import { packText, unpackText } from '../../../firmware/mailbox/packed-text.ts';
import { PackedReader, PackedWriter } from '../../../firmware/mailbox/packed-values.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const random = new SimRandom(7);
const base64 = (bytes: number): string => Buffer.from(random.bytes(bytes)).toString('base64');
const id = '019b8d62-7a80-7000-8000-000000000064';

function owner(): string {
  const state = newMailboxState();
  state.owner.pin = { salt: base64(16), hash: base64(32), cost: 16384 };
  state.owner.greeting = { id, codec: 'PCMU', bytes: 80_000, durationMs: 10_000 };
  return JSON.stringify(state);
}

test('an owner with a PIN and a greeting takes little more than a third', () => {
  const text = owner();
  const packed = packText(text);
  assert.is(unpackText(packed), text);
  assert.ok(packed.length < text.length * 0.4, `${packed.length} of ${text.length}`);
  assert.ok([...packed].every((character) => character.charCodeAt(0) < 256));
});

test('whatever a text is, it comes back', () => {
  const pieces = ['{"version":1,"owner":{"pin":', 'null', 'nul', '{}', '"}', id, id.toUpperCase(), `"${base64(16)}"`, `"${base64(255)}"`, `"${base64(256)}"`, '"AAAAAAAAAAAAAAAAAAAAAB=="', '"AAAAAAAAAAAAAAAAAAAAA"', '16384', '163840', '\x00', '\x7f', 'ä', 'ÿ', '\xf0', '\u{1f4de}', '\n', ''];
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: 1 + (round % 6) }, () => pieces[(random.bytes(1)[0] as number) % pieces.length]).join('');
    assert.is(unpackText(packText(text)), text);
  }
  for (const piece of pieces) assert.is(unpackText(packText(piece)), piece);
});

test('numbers and texts come back in their order', () => {
  const numbers = [0, 1, 2, 125, 126, 127, 128, 16_381, 16_382, 0xffffffff, 1_767_603_600_000, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER, -5, 0.25, null];
  const texts = ['', null, 'x'.repeat(200), owner(), 'ö'];
  const writer = new PackedWriter();
  for (const number of numbers) writer.number(number);
  for (const text of texts) writer.text(text);
  const reader = new PackedReader(writer.whole());
  for (const number of numbers) assert.is(reader.number(), number);
  const textsAt = reader.at;
  for (const text of texts) assert.is(reader.text(), text);
  const skipping = new PackedReader(writer.whole(), textsAt);
  for (const _ of texts.slice(1)) skipping.skipText();
  assert.is(skipping.text(), 'ö');
});

test.run();
