import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packBank } from '../../../board/voices/bank-writer.ts';
import { PackedPromptBank, PromptBankError } from '../../../firmware/media/packed-prompt-bank.ts';

const languages = [
  { code: 'en', voice: 'a', prompts: [{ id: 'goodbye', text: 'Goodbye.', ulaw: Uint8Array.of(1, 2, 3) }, { id: 'number.1', text: 'one', ulaw: Uint8Array.of(4) }] },
  { code: 'de', voice: 'b', prompts: [{ id: 'goodbye', text: 'Auf Wiederhören.', ulaw: Uint8Array.of(5, 6) }] },
];

const refused = (id: string) => (error: unknown) => error instanceof PromptBankError && error.id === id;

test('what was packed is found again', () => {
  const bank = new PackedPromptBank(packBank(languages));
  assert.equal(bank.ids(), ['en/goodbye', 'en/number.1', 'de/goodbye']);
  for (const { code, prompts } of languages) {
    for (const { id, ulaw } of prompts) assert.equal(Uint8Array.from(bank.get(`${code}/${id}`)?.ulaw ?? []), ulaw);
  }
  assert.is(bank.get('fr/goodbye'), null);
  assert.is(bank.get('goodbye'), null);
});

test('prompts are views into the bank', () => {
  const bytes = packBank(languages);
  const { ulaw } = new PackedPromptBank(bytes).get('de/goodbye') ?? { ulaw: new Uint8Array() };
  assert.is(ulaw.buffer, bytes.buffer);
  assert.is(new PackedPromptBank(bytes).get('de/goodbye')?.ulaw.length, 2);
});

test('a bank inside a larger block is read in place', () => {
  const bytes = packBank(languages);
  const block = new Uint8Array(bytes.length + 20);
  block.set(bytes, 7);
  const bank = new PackedPromptBank(block.subarray(7, 7 + bytes.length));
  assert.equal(Uint8Array.from(bank.get('en/goodbye')?.ulaw ?? []), Uint8Array.of(1, 2, 3));
});

test('the same prompts give the same bytes', () => {
  assert.ok(packBank(languages).equals(packBank(languages)));
});

test('a bank damaged anywhere is refused', () => {
  const whole = packBank(languages);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    assert.throws(() => new PackedPromptBank(damaged), refused(at < 8 ? 'not-a-bank' : at < 12 ? 'unknown-version' : 'damaged'), `byte ${at}`);
  }
});

test('a bank cut short is refused', () => {
  const whole = packBank(languages);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => new PackedPromptBank(whole.subarray(0, length)), refused(length < 48 ? 'not-a-bank' : 'damaged'), `${length} bytes`);
  }
});

test.run();
