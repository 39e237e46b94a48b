import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AtReply, type DialogueInput, dialogueStep, silentDialogue } from '../../../hal/drivers/v253/at-dialogue.ts';
import { longestLine, TextLines } from '../../../hal/drivers/v253/text-lines.ts';

/** Feeds a dialogue: a string is a line that comes. */
function talk(...inputs: (string | DialogueInput)[]): { replies: AtReply[]; unsolicited: string[]; state: typeof silentDialogue } {
  const replies: AtReply[] = [];
  const unsolicited: string[] = [];
  let state = silentDialogue;
  for (const input of inputs) {
    const step = dialogueStep(state, typeof input === 'string' ? { type: 'line', line: input } : input);
    state = step.state;
    if (step.reply !== null) replies.push(step.reply);
    if (step.unsolicited !== null) unsolicited.push(step.unsolicited);
  }
  return { replies, unsolicited, state };
}

const ask = (command: string): DialogueInput => ({ type: 'asked', command });

test('result codes as words and as digits', () => {
  const pairs = [['OK', '0'], ['CONNECT', '1'], ['NO CARRIER', '3'], ['ERROR', '4'], ['NO DIALTONE', '6'], ['BUSY', '7'], ['NO ANSWER', '8']] as const;
  for (const [word, digit] of pairs) {
    assert.equal(talk(ask('AT'), word).replies, [{ result: word, lines: [] }]);
    assert.equal(talk(ask('AT'), digit).replies, [{ result: word, lines: [] }]);
  }
  assert.equal(talk(ask('AT'), 'no dial tone', ask('AT'), 'CONNECT 8000', ask('AT'), '+VCON').replies.map(({ result }) => result), ['NO DIALTONE', 'CONNECT', 'VCON']);
});

test('once words were seen a digit is text, until the modem is reset', () => {
  assert.equal(talk(ask('AT'), 'OK', ask('AT+FCLASS?'), '0', 'OK').replies[1], { result: 'OK', lines: ['0'] });
  assert.equal(talk(ask('AT'), 'OK', { type: 'reset' }, ask('ATE0V1Q0'), '0').replies[1], { result: 'OK', lines: [] });
});

test('the echo is no answer, and text before the result is', () => {
  assert.equal(talk(ask('ATI3'), 'ati3', 'U.S. Robotics 56K', 'OK').replies, [{ result: 'OK', lines: ['U.S. Robotics 56K'] }]);
});

test('RING and caller ID come through in the middle of a command', () => {
  const { replies, unsolicited } = talk(ask('AT+VLS=1'), 'RING', 'NMBR = 5551234', 'OK');
  assert.equal([replies, unsolicited], [[{ result: 'OK', lines: [] }], ['RING', 'NMBR = 5551234']]);
  assert.equal(talk('2', 'RING').unsolicited, ['RING', 'RING']);
});

test('nobody asked: a result is told as such, and answers nothing that is asked later', () => {
  const { replies, unsolicited } = talk('NO CARRIER', ask('AT'), 'OK');
  assert.equal([replies.length, unsolicited], [1, ['NO CARRIER']]);
});

test('no answer in time is an answer; a late one is nobody\'s', () => {
  const { replies, unsolicited, state } = talk(ask('AT'), { type: 'timed-out' }, 'OK', { type: 'timed-out' });
  assert.equal([replies, unsolicited, state.command], [[{ result: 'timed-out', lines: [] }], ['OK'], null]);
});

test('names of JavaScript are no result codes', () => {
  assert.equal(talk(ask('ATI'), 'constructor', 'toString', '__proto__', 'OK').replies[0]?.lines.length, 3);
});

test('text without an end is bounded', () => {
  assert.is(talk(ask('ATI'), ...Array.from({ length: 1000 }, (_, at) => `line ${at}`), 'OK').replies[0]?.lines.length, 64);
});

test('lines end with a return or a line feed, empty ones are none, long ones are cut, other bytes are left out', () => {
  const lines: string[] = [];
  const text = new TextLines((line) => void lines.push(line));
  const feed = (characters: string): void => [...characters].forEach((character) => text.feed(character.charCodeAt(0)));
  feed('\r\nOK\r\n\r\n0\rR\u0000I\u0011NG\n');
  assert.equal(lines, ['OK', '0', 'RING']);
  feed(`${'x'.repeat(5000)}\r`);
  assert.is(lines[3]?.length, longestLine);
  feed('half');
  text.reset();
  feed('OK\r');
  assert.is(lines[4], 'OK');
});

test.run();
