import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { phrasesOf } from '../../../firmware/callflow/engine/prompt-phrases.ts';
import { expand, mentioned, userVariableIn, valueOf, variableKind, variableKinds, withSet } from '../../../firmware/callflow/variables/variables.ts';

const scope = {
  variables: { CLI: '12345', KEY: '7', COUNTER1: '4', NAM: 'Ada', 'DBD[2]': 'blue', TimeQueued: '61', RES: 'r1', QTIM: '61' },
  mailbox: '201',
  userVariable: (name: string) => (name === 'open' ? 'yes' : ''),
};

test('every variable of VoiceMail Pro is known, in any case', () => {
  const names = 'CID CLI COUNTER1 COUNTER15 CP0 CP15 DBD[0] DBD[5] DDI ETA KEY LOC NAM POS QTIM RES SAV TARGET TimeQueued TimeSystem UUI VAR'.split(' ');
  for (const name of names) assert.is(variableKind(name.toLowerCase())?.name, name);
  for (const name of ['COUNTER0', 'COUNTER16', 'CP16', 'DBD[6]', 'CLIX', '']) assert.is(variableKind(name), null, name);
  assert.is(variableKind('QPOS')?.name, 'POS');
  assert.equal(variableKinds.filter(({ writable }) => writable).length, 15 + 16 + 4);
});

test('values are filled in', () => {
  const table: readonly [string, string][] = [
    ['Greeting$KEY', 'Greeting7'], ['$CLI/$cli', '12345/12345'], ['$COUNTER1.$COUNTER12', '4.0'], ['$REG[open]$REG[shut]!', 'yes!'],
    ['costs $$5', 'costs $5'], ['$UNKNOWN$DDI.', '.'], ['$DBD[2]', 'blue'], ['$KEYs', '7s'], ['$TIMEQUEUED', '61'], ['plain', 'plain'], ['$', '$'],
  ];
  for (const [text, expected] of table) assert.is(expand(scope, text), expected, text);
});

test('user variables are told from others by their name', () => {
  const table: readonly [string, string | null][] = [['REG[open]', 'open'], ['reg[Open_2]', 'Open_2'], ['REG[]', null], ['REG[2x]', null], ['REG[a b]', null], [`REG[${'x'.repeat(32)}]`, 'x'.repeat(32)], [`REG[${'x'.repeat(33)}]`, null], ['REG[a]]', null], ['CLI', null], ['$REG[open]', null]];
  for (const [text, expected] of table) assert.is(userVariableIn(text), expected, text);
});

test('a value is cut at 512 characters', () => {
  assert.is(withSet({}, { cp1: 'x'.repeat(600) })['CP1']?.length, 512);
  assert.is(expand({ variables: { UUI: 'x'.repeat(600) }, userVariable: () => '' }, '$UUI').length, 512, 'a fact of the call, too');
  assert.is(valueOf({ variables: {}, userVariable: () => '' }, 'COUNTER2'), '0');
});

test('what a text mentions', () => {
  assert.equal(mentioned('a $CLI $$ $REG[x] $NOPE'), ['CLI', 'REG[x]', 'NOPE']);
});

test('variables as prompts: numbers by digits, the name recorded, the recording played, the time in minutes', () => {
  assert.equal(phrasesOf(scope, ['$CLI', '$NAM', '$RES', '$QTIM', 'Greeting$KEY', { number: '$COUNTER1' }, { speak: 'Key $KEY' }]), [
    { digits: '12345' }, { nameOf: '201', orElse: [{ digits: '201' }] }, { recording: 'r1', orElse: [] }, { durationMs: 120_000 },
    { recorded: 'Greeting7', orElse: [] }, { number: 4 }, { speak: 'Key 7', orElse: [] },
  ]);
});

test('a name of a prompt that a caller has made up is no path', () => {
  const hostile = { ...scope, variables: { KEY: '../../etc' } };
  assert.equal(phrasesOf(hostile, ['$KEY/x', 'a$KEY']), []);
});

test.run();
