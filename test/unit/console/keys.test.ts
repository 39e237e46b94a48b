import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyDecoder } from '../../../firmware/console/keys.ts';
import type { Key } from '../../../firmware/console/keys.ts';

const names = (keys: readonly Key[]) => keys.map((key) => (key.kind === 'char' ? `'${key.text}'` : key.kind)).join(' ');
const decode = (text: string | number[]) => names(new KeyDecoder().feed(typeof text === 'string' ? Buffer.from(text) : Uint8Array.from(text)));

const cases: [string, string | number[], string][] = [
  ['letters', 'a ?', "'a' ' ' '?'"],
  ['line ends: CR, LF, CR LF are one each', 'a\rb\nc\r\n', "'a' enter 'b' enter 'c' enter"],
  ['two empty lines', '\r\r\n\n', 'enter enter enter'],
  ['control keys', '\x01\x05\x15\x0b\x17\x03\x04\x0c\x08\x7f\t', 'home end kill-line kill-to-end kill-word interrupt end-of-input redraw backspace backspace tab'],
  ['arrows, both dialects', '\x1b[A\x1b[B\x1bOC\x1bOD', 'up down right left'],
  ['home, end, delete', '\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[3~', 'home end home end delete'],
  ['unknown sequences vanish', 'a\x1b[15~b\x1b[1;5Cc\x1bxd', "'a' 'b' 'c' 'd'"],
  ['a sequence without end swallows little', `\x1b[${'1'.repeat(16)}ab`, "'a' 'b'"],
  ['a line end breaks a sequence', '\x1b[12\ra', "enter 'a'"],
  ['other control characters vanish', 'a\x00\x02\x1a\x1fb', "'a' left 'b'"],
  ['UTF-8', 'äあ😀', "'ä' 'あ' '😀'"],
  ['broken UTF-8 vanishes', [0x61, 0xc3, 0x62, 0x80, 0xff, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0x63], "'a' 'b' 'c'"],
  ['control and direction characters in UTF-8 vanish', 'a\u0085\u202e\u2028b', "'a' 'b'"],
];

for (const [name, bytes, expected] of cases) {
  test(name, () => {
    assert.is(decode(bytes), expected);
    const decoder = new KeyDecoder();
    const oneByOne = [...(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)].flatMap((byte) => decoder.feed(Uint8Array.of(byte)));
    assert.is(names(oneByOne), expected, 'byte by byte');
  });
}

test.run();
