import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complete, expectedNext } from '../../../firmware/console/complete.ts';
import { grammar } from '../../../firmware/console/grammar.ts';
import { parseLine } from '../../../firmware/console/parse-line.ts';
import { ExampleUnit } from './example-unit.ts';

const unit = new ExampleUnit();
const candidates = (line: string) => complete(line, grammar, unit).candidates;

const cases: [string, string[]][] = [
  ['', ['help', 'show', 'call', 'mailbox', 'message', 'export', 'pair', 'failover', 'failback', 'estate', 'monitor', 'exit']],
  ['sh', ['show']],
  ['show me', ['messages', 'media', 'memory']],
  ['show zz', []],
  ['show messages ', ['201', '202']],
  ['show messages 201 ', ['--deleted']],
  ['sh mess 201 --d', ['--deleted']],
  ['show messages 201 --deleted ', []],
  ['mailbox 201 ', ['pin', 'unlock', 'clear']],
  ['mailbox 201 p', ['pin']],
  ['mailbox 201 pin ', ['reset']],
  ['message 201 ', ['456789ab', '456789cd']],
  ['message 201 456789ab ', ['delete', 'undelete']],
  ['message 202 ', []],
  ['call ', ['201', '202', '*17']],
  ['call 201 --', ['--say', '--wav', '--keys', '--from', '--tcp']],
  ['call 201 --tcp --t', []],
  ['call 201 --from ', ['201', '202', '*17']],
  ['call 201 --say "open', []],
  ['monitor o', ['on', 'off']],
  ['show settings s', ['sip']],
];

for (const [line, expected] of cases) test(`after "${line}"`, () => assert.equal(candidates(line), expected));

test('tells where the word begins and what all candidates share', () => {
  assert.equal(complete('show me', grammar, unit), { candidates: ['messages', 'media', 'memory'], from: 5, common: 'me' });
  assert.equal(complete('mailbox 201 ', grammar, unit).common, '');
  assert.equal(complete('message 201 ', grammar, unit).common, '456789');
});

test('what is completed is understood', () => {
  for (const first of candidates('')) {
    for (const second of candidates(`${first} `)) {
      const result = parseLine(`${first} ${second}`, grammar, unit);
      if (result.kind === 'fault') assert.match(result.fault.message, /not complete/, `${first} ${second}`);
    }
  }
});

test('help tells words, arguments with their values, options, and that Enter would do', () => {
  assert.equal(
    expectedNext('show messages ', grammar, unit).map(({ text }) => text),
    ['MAILBOX'],
  );
  assert.equal(
    expectedNext('show messages 201 ', grammar, unit).map(({ text }) => text),
    ['--deleted', 'Enter'],
  );
  assert.equal(expectedNext('call 201 --keys ', grammar, unit).map(({ text }) => text), ['KEYS']);
  assert.is(expectedNext('show ver', grammar, unit)[0]?.help, 'program, commit, board and runtime, and why it was started last');
});

test.run();
