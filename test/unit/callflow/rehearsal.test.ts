import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActionKind } from '../../../firmware/callflow/actions/action.ts';
import { actions } from '../../../firmware/callflow/actions/actions.ts';
import { leaveFlow } from '../../../firmware/callflow/leave-flow.ts';
import type { Flow, FlowState } from '../../../firmware/callflow/flow.ts';
import { english } from '../../../firmware/callflow/language/en/english.ts';
import { act, parseCallerScript } from '../../../firmware/callflow/rehearsal/key-script.ts';
import { rehearsedRequests } from '../../../firmware/callflow/rehearsal/rehearsed-requests.ts';
import { Rehearsal } from '../../../firmware/callflow/rehearsal/rehearsal.ts';
import { rehearse } from '../../support/rehearsed-flow.ts';

test('scripts of callers', () => {
  assert.equal(parseCallerScript('1 w5.5 2# f h'), [{ key: '1' }, { waitMs: 5500 }, { key: '2' }, { key: '#' }, 'fax', 'hang-up']);
  assert.equal(parseCallerScript('  '), []);
  assert.match(parseCallerScript('1 x') as string, /^'x' at column 3 is no key/);
  assert.match(parseCallerScript('w') as string, /^'w' at column 1/);
});

test('a message is spoken, and ended by a key, by the longest time, or by hanging up', () => {
  const told = (script: string): string[] => {
    const lines: string[] = [];
    const rehearsal = new Rehearsal({ flow: leaveFlow({ mailbox: '201', reason: 'busy', mayLogIn: false, minMs: 1000, maxMs: 10_000, silenceMs: 0 }) as unknown as Flow<FlowState>, language: english, tell: (line) => void lines.push(line) });
    rehearsal.start();
    act(rehearsal, parseCallerScript(script) as never);
    return lines.filter((line) => /spoken|sent|ends/i.test(line));
  };
  assert.match(told('w3#')[0] ?? '', 'you have spoken for 3.0 s');
  assert.is(told('w3#').length, 3);
  assert.match(told('w60')[0] ?? '', 'you have spoken for 10.0 s');
  assert.equal(told('w3h'), []);
});

test('a flow that never rests is stopped', () => {
  const restless: Flow<FlowState> = { initial: { name: 'x' }, step: (state) => ({ state, effects: [{ type: 'play', phrases: [], bargeIn: false }] }) };
  const lines: string[] = [];
  const rehearsal = new Rehearsal({ flow: restless, language: english, tell: (line) => void lines.push(line) });
  rehearsal.start();
  assert.ok(rehearsal.over);
  assert.match(lines.at(-1) ?? '', 'goes on and on');
});

test('what the unit is asked for works where a rehearsal can do it, and fails where it needs a site', () => {
  const table: readonly [string, object, string][] = [
    ['Alarm Set', { time: '07:30' }, 'Success'],
    ['eMail', { to: 'ada@example.org', subject: 'S', text: 'T' }, 'Success'],
    ['Database Open', { database: 'stock' }, 'Failure'],
    ['Remote Call Flow', { source: 'far' }, 'Failure'],
  ];
  for (const [action, settings, expected] of table) {
    const results = (actions.find(({ name }) => name === action) as ActionKind).results(settings).map(({ name }) => name);
    const ends = Object.fromEntries(results.map((name) => [name, { action: 'Disconnect', prompts: [{ speak: `RESULT ${name}` }] }]));
    const written = { name: 'R', first: 'it', actions: { it: { action, with: settings, results: Object.fromEntries(results.map((name) => [name, name])) }, ...ends } };
    const { heard } = rehearse([written], '', { request: rehearsedRequests(['answered'], new Map(), () => undefined) });
    assert.ok(heard.includes(`RESULT ${expected}`), `${action}: ${heard.join('; ')}`);
  }
});

test('what phrases are to a reader', () => {
  const prompts = ['Song', '$NAM', { speak: 'Hi.' }, { number: '21' }, { digits: '201' }, { pauseMs: 100 }, { beep: true }, '$QTIM'];
  const { heard } = rehearse([{ name: 'P', first: 'a', actions: { a: { action: 'Disconnect', prompts } } }], '', { facts: () => ({ QTIM: '90', NAM: 'Ada' }) });
  assert.is(heard[0], '[prompt Song] [name of 201, or: 2 0 1] Hi. 21 2 0 1 [beep] [120 s, spoken]');
});

test.run();
