import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyDecoder } from '../../../firmware/console/keys.ts';
import { editLine, emptyLine, lineText, longestHistory, longestLine, nextLine } from '../../../firmware/console/line-editor.ts';
import type { LineState } from '../../../firmware/console/line-editor.ts';
import { drawChange, drawLine, prompt } from '../../../firmware/console/line-view.ts';
import { textColumns } from '../../../firmware/console/plain-text.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { Screen } from './screen.ts';

function typed(text: string, from: LineState = emptyLine): LineState {
  return new KeyDecoder().feed(Buffer.from(text)).reduce((state, key) => (key.kind === 'enter' ? nextLine(state) : editLine(state, key)), from);
}

const cases: [string, string, string][] = [
  ['letters', 'abc', 'abc|'],
  ['backspace', 'abc\x7f', 'ab|'],
  ['backspace at the start', '\x7fa', 'a|'],
  ['left and insert', 'ac\x1b[Db', 'ab|c'],
  ['left past the start, right past the end', 'a\x1b[D\x1b[D\x1b[C\x1b[Cb', 'ab|'],
  ['home, end', 'bc\x01a\x05d', 'abcd|'],
  ['delete', 'abc\x01\x1b[3~', '|bc'],
  ['delete at the end', 'abc\x1b[3~', 'abc|'],
  ['Ctrl-U takes what is before', 'abc\x1b[D\x15', '|c'],
  ['Ctrl-K takes what is behind', 'abc\x01\x1b[C\x0b', 'a|'],
  ['Ctrl-W takes a word', 'show messages 201\x17', 'show messages |'],
  ['Ctrl-W takes the spaces with it', 'show messages  \x17', 'show |'],
  ['whole characters', 'aä😀\x7f\x7f', 'a|'],
  ['history up', 'one\rtwo\r\x10\x10', 'one|'],
  ['history up past the oldest', 'one\r\x10\x10\x10', 'one|'],
  ['history down gives back what was typed', 'one\rtw\x10\x0e', 'tw|'],
  ['down without up', 'one\rtw\x0e', 'tw|'],
  ['the same line is kept once, an empty one never', 'one\rone\r\r  \r\x10\x10', 'one|'],
];

for (const [name, keys, expected] of cases) {
  test(name, () => {
    const state = typed(keys);
    assert.is(`${state.chars.slice(0, state.cursor).join('')}|${state.chars.slice(state.cursor).join('')}`, expected);
  });
}

test('the line and the history are bounded, and a line that was cut says so', () => {
  const state = typed('x'.repeat(longestLine + 5));
  assert.is(state.chars.length, longestLine);
  assert.ok(state.overflowed);
  assert.equal(nextLine(state).history, []);
  assert.not.ok(typed('x'.repeat(longestLine)).overflowed);
  const many = typed(Array.from({ length: longestHistory + 20 }, (_, index) => `${index}\r`).join(''));
  assert.is(many.history.length, longestHistory);
  assert.is(many.history[0], '20');
});

test('what is on the screen is the line, with the cursor in its place, whatever is typed', () => {
  const random = new SimRandom(7);
  const keys = ['a', 'b', ' ', 'ä', 'あ', '😀', 'e\u0301', '\x7f', '\x1b[D', '\x1b[C', '\x01', '\x05', '\x15', '\x0b', '\x17', '\x1b[3~'];
  for (const columns of [20, 33, 80]) {
    const screen = new Screen(columns);
    let state = emptyLine;
    screen.write(prompt);
    for (let round = 0; round < 3000; round++) {
      const next = typed(keys[random.below(random.below(10) === 0 ? keys.length : 10)] as string, state);
      screen.write(drawChange(state, next, columns));
      state = next;
      assert.is(screen.rows.length, 1, 'stays in one row');
      const seen = screen.current.slice(prompt.length);
      assert.ok(screen.current.startsWith(prompt.trimEnd()));
      assert.ok(lineText(state).trimEnd().includes(seen), `${seen} in ${lineText(state)}`);
      const whole = textColumns(lineText(state)) < columns - prompt.length - 1;
      if (whole) assert.is(screen.column, prompt.length + textColumns(state.chars.slice(0, state.cursor).join('')));
      if (whole) assert.is(seen, lineText(state).trimEnd());
    }
  }
});

test('one letter at the end costs one letter on the line', () => {
  const before = typed('show call');
  assert.is(drawChange(before, typed('s', before), 80), 's');
  assert.is(drawChange(before, before, 80), '');
  assert.match(drawLine(before, 80), /^\runderstudy> show call\x1b\[K\r\x1b\[21C$/);
});

test.run();
