import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBank } from '../../../board/voices/bank-reader.ts';
import { packBank } from '../../../board/voices/bank-writer.ts';
import { frontBytes, keptBytes, PackedPromptBank, PromptBankError } from '../../../firmware/media/packed-prompt-bank.ts';

const languages = [
  { code: 'en', voice: 'a', prompts: [{ id: 'goodbye', text: 'Goodbye.', ulaw: Uint8Array.of(1, 2, 3) }, { id: 'number.1', text: 'one', ulaw: Uint8Array.of(4) }] },
  { code: 'de', voice: 'b', prompts: [{ id: 'goodbye', text: 'Auf Wiederhören.', ulaw: Uint8Array.of(5, 6) }] },
];

const refused = (id: string) => (error: unknown) => error instanceof PromptBankError && error.id === id;

test('what was packed is found again', async () => {
  const bank = readBank(await packBank(languages));
  assert.equal(bank.ids(), ['en/goodbye', 'en/number.1', 'de/goodbye']);
  for (const { code, prompts } of languages) {
    for (const { id, ulaw } of prompts) assert.equal(Uint8Array.from(bank.get(`${code}/${id}`)?.ulaw ?? []), ulaw);
  }
  assert.is(bank.get('fr/goodbye'), null);
  assert.is(bank.get('goodbye'), null);
});

test('nothing is unpacked before it is asked for, and what is kept is bounded, the oldest going first', async () => {
  const seconds = 40;
  const ulaw = (fill: number) => new Uint8Array(seconds * 8000).fill(fill);
  const many = Array.from({ length: 8 }, (_, at) => ({ id: `long.${at}`, text: '', ulaw: ulaw(at) }));
  const bytes = await packBank([{ code: 'en', voice: 'a', prompts: many }]);
  const unpacked: number[] = [];
  const bank = new PackedPromptBank(bytes.subarray(0, frontBytes(bytes)), (offset) => {
    unpacked.push(offset);
    return ulaw(unpacked.length - 1);
  });
  assert.equal(unpacked, []);
  const fits = Math.floor(keptBytes / (seconds * 8000));
  for (let at = 0; at <= fits; at++) assert.ok(bank.get(`en/long.${at}`) !== null, `${at}`);
  assert.is(unpacked.length, fits + 1);
  assert.ok(bank.get('en/long.1') !== null, 'the second is still kept');
  assert.is(unpacked.length, fits + 1);
  assert.is(bank.get('en/long.0'), null, 'the first was forgotten, and is read again (here as something else)');
  assert.is(unpacked.length, fits + 2);
});

test('a bank inside a larger block is read in place', async () => {
  const bytes = await packBank(languages);
  const block = new Uint8Array(bytes.length + 20);
  block.set(bytes, 7);
  const bank = readBank(block.subarray(7, 7 + bytes.length));
  assert.equal(Uint8Array.from(bank.get('en/goodbye')?.ulaw ?? []), Uint8Array.of(1, 2, 3));
});

test('the same prompts give the same bytes', async () => {
  assert.ok((await packBank(languages)).equals(await packBank(languages)));
});

test('a bank damaged anywhere is refused, or one prompt of it is missing', async () => {
  const whole = await packBank(languages);
  const front = frontBytes(whole);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    if (at < front) assert.throws(() => readBank(damaged), refused(at < 8 ? 'not-a-bank' : at < 12 ? 'unknown-version' : 'damaged'), `byte ${at}`);
    else assert.is(wrongPrompts(damaged).length, 0, `byte ${at}: a prompt sounds otherwise`);
  }
});

test('a bank cut short is refused, or prompts of it are missing', async () => {
  const whole = await packBank(languages);
  const front = frontBytes(whole);
  for (let length = 0; length < whole.length; length++) {
    const cut = whole.subarray(0, length);
    if (length < front) assert.throws(() => readBank(cut), refused(length < 48 ? 'not-a-bank' : 'damaged'), `${length} bytes`);
    else assert.is(wrongPrompts(cut).length, 0, `${length} bytes`);
  }
  assert.is(readBank(whole.subarray(0, -1)).get('de/goodbye'), null);
});

/** Prompts that are there, and not what was packed. */
function wrongPrompts(bytes: Uint8Array): string[] {
  const bank = readBank(bytes);
  const all = languages.flatMap(({ code, prompts }) => prompts.map(({ id, ulaw }) => ({ key: `${code}/${id}`, ulaw })));
  return all.filter(({ key, ulaw }) => !Buffer.from(bank.get(key)?.ulaw ?? ulaw).equals(ulaw)).map(({ key }) => key);
}

test.run();
