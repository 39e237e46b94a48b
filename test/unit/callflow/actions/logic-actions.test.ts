import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchesPattern } from '../../../../firmware/callflow/actions/routing/patterns.ts';
import { actions } from '../../../../firmware/callflow/actions/actions.ts';
import { readFlow } from '../../../../firmware/callflow/document/parse-flow.ts';
import type { FlowInput } from '../../../../firmware/callflow/flow.ts';
import { FlowProbe } from '../../../support/flow-probe.ts';
import type { RehearsedOptions } from '../../../support/rehearsed-flow.ts';
import { rehearse, testFlow } from '../../../support/rehearsed-flow.ts';
import { testConfiguration, testSettings } from '../../../support/sim-unit.ts';

interface Came {
  readonly result: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What one action comes to, with variables that came with the call. */
function came(action: string, settings: unknown, variables: Readonly<Record<string, string>> = {}, options: RehearsedOptions = {}, script = ''): Came {
  const { told, heard, rehearsal } = rehearse([{ name: 'A', first: 'a', actions: { a: { action, with: settings } } }], script, { facts: () => variables, ...options });
  const state = rehearsal.state as unknown as { readonly variables: Readonly<Record<string, string>> };
  return { result: /result (.+) of 'a'/.exec([...heard, ...told].join(' '))?.[1] ?? 'none', variables: state.variables };
}

/** All that is wrong with one action. */
const faultsOf = (action: string, settings: unknown): string => readFlow({ form: 1, name: 'A', first: 'a', actions: { a: { action, with: settings } } }, actions).faults.map(({ place, text }) => `${place}: ${text}`).join('\n');

test('Test Condition branches by the named condition', () => {
  const condition = (name: string): boolean => name === 'Open';
  assert.is(came('Test Condition', { condition: 'Open' }, {}, { condition }).result, 'True');
  assert.is(came('Test Condition', { condition: 'Holidays' }, {}, { condition }).result, 'False');
});

test('Set User Variable asks the unit to keep it, variables filled in, and goes on', () => {
  const asked: unknown[] = [];
  const request = (_kind: string, ask: unknown): unknown => asked.push(ask);
  assert.is(came('Set User Variable', { name: 'last', value: 'was $CLI' }, { CLI: '301' }, { request }).result, 'Next');
  assert.equal(asked, [{ kind: 'set-user-variable', name: 'last', value: 'was 301' }]);
});

test('Test User Variable compares what all calls share', () => {
  const userVariable = (name: string): string => (name === 'night' ? 'on' : '');
  assert.is(came('Test User Variable', { name: 'night', value: 'on' }, {}, { userVariable }).result, 'True');
  assert.is(came('Test User Variable', { name: 'night', is: '!=', value: '$CP1' }, { CP1: 'on' }, { userVariable }).result, 'False');
  assert.is(came('Test User Variable', { name: 'nobody', value: '' }, {}, { userVariable }).result, 'True');
});

const group = { settings: () => ({ ...testSettings(`${testConfiguration}lines: [{ name: p1, device: "sim:1", kind: phone, number: "211", peer: pbx }]\n`) }) };
const variableTests: [string, unknown, Record<string, string>, string][] = [
  ['a value', { variable: '$CP1', value: '5' }, { CP1: '5' }, 'True'],
  ['another variable', { variable: '$CP1', is: '>', value: '$CP2' }, { CP1: '10', CP2: '9' }, 'True'],
  ['a user variable', { variable: '$REG[x]', value: '' }, {}, 'True'],
  ['a mailbox', { variable: '$VAR', any: 'mailbox' }, { VAR: '201' }, 'True'],
  ['no mailbox', { variable: '$VAR', any: 'mailbox' }, { VAR: '999' }, 'False'],
  ['not a mailbox', { variable: '$VAR', is: '!=', any: 'mailbox' }, { VAR: '999' }, 'True'],
  ['an extension', { variable: '$VAR', any: 'extension' }, { VAR: '201' }, 'True'],
  ['a phone port is an extension', { variable: '$VAR', any: 'extension' }, { VAR: '211' }, 'True'],
  ['a phone port is no mailbox', { variable: '$VAR', any: 'mailbox' }, { VAR: '211' }, 'False'],
  ['a person is no hunt group', { variable: '$VAR', any: 'hunt group' }, { VAR: '201' }, 'False'],
  ['nothing is no extension', { variable: '$VAR', any: 'extension' }, {}, 'False'],
];

test('Test Variable compares with values, variables and the numbers of the unit', () => {
  for (const [name, settings, variables, expected] of variableTests) assert.is(came('Test Variable', settings, variables, group).result, expected, name);
});

test('Test Variable of $KEY waits for keys: ended by hash, by a pause, or never begun', () => {
  const settings = { variable: '$KEY', any: 'extension', timeoutSec: 3 };
  assert.equal(came('Test Variable', settings, { KEY: '201' }, {}, '202#'), { result: 'True', variables: { KEY: '202' } });
  assert.equal(came('Test Variable', settings, {}, {}, '9 9 w4.9 8 w5'), { result: 'False', variables: { KEY: '998' } });
  assert.equal(came('Test Variable', settings, { KEY: '201' }, {}, 'w2.9'), { result: 'none', variables: {} });
  assert.equal(came('Test Variable', settings, { KEY: '201' }, {}, 'w3'), { result: 'Timeout', variables: { KEY: '' } });
});

test('a loop of an action that waits only for $KEY is found endless when it tests another variable', () => {
  const loop = (variable: string) => [{ name: 'A', first: 'a', actions: { a: { action: 'Test Variable', with: { variable, value: 'x' }, results: { False: 'a', Timeout: 'a' } } } }];
  const without = (written: ReturnType<typeof loop>) => written.map((one) => ({ ...one, actions: { a: { ...one.actions.a, results: { False: 'a' } } } }));
  assert.match(rehearse(without(loop('$CP1')), '').told.join(), /followed one another without one that waits/);
  const waiting = rehearse(loop('$KEY'), 'w600 1 2 3 w600');
  assert.equal(waiting.told, []);
  assert.not(waiting.rehearsal.over);
});

const counterTests: [string, unknown, Record<string, string>, string, string][] = [
  ['Increment and Test Counter', { counter: 1, value: '1' }, {}, 'True', '1'],
  ['Increment and Test Counter', { counter: 1, is: '>=', value: '3' }, { COUNTER1: '1' }, 'False', '2'],
  ['Increment and Test Counter', { counter: 1, is: '>', value: '$CP0' }, { COUNTER1: '9', CP0: '9' }, 'True', '10'],
  ['Increment and Test Counter', { counter: 1, value: '0' }, { COUNTER1: 'nonsense' }, 'False', '1'],
  ['Increment and Test Counter', { counter: 1, value: '1' }, { COUNTER1: '999999999' }, 'False', '999999999'],
  ['Decrement and Test Counter', { counter: 1, value: '0' }, { COUNTER1: '1' }, 'True', '0'],
  ['Decrement and Test Counter', { counter: 1, is: '<', value: '0' }, {}, 'True', '-1'],
];

test('counters are raised and lowered before they are compared', () => {
  for (const [action, settings, variables, result, count] of counterTests) assert.equal(came(action, settings, variables), { result, variables: { COUNTER1: count } });
});

test('patterns: any one character, any number of them, and both as they are', () => {
  const table: [string, string, boolean][] = [
    ['55502??', '5550211', true], ['55502??', '555021', false], ['0171*', '0171', true], ['0171*', '01719', true], ['*99', '1299', true], ['*99*1', '19929941', true], ['*99*1', '1992994', false],
    ['*', '', true], ['?', '', false], ['\\*72', '*72', true], ['\\*72', '172', false], ['a\\\\b', 'a\\b', true], ['', 'x', false],
  ];
  for (const [pattern, text, expected] of table) assert.is(matchesPattern(pattern, text), expected, `${pattern} ${text}`);
});

test('a pattern made to be dear is not', () => {
  const began = performance.now();
  assert.not(matchesPattern(`${'*a'.repeat(30)}b`, 'a'.repeat(512)));
  assert.ok(performance.now() - began < 200);
});

test('Variable Routing takes the first pattern that fits; CLI Routing is the older one', () => {
  const matches = ['5550100', '5550???', '*'];
  assert.is(came('Variable Routing', { variable: '$DDI', matches }, { DDI: '5550123' }).result, '5550???');
  assert.is(came('Variable Routing', { variable: '$DDI', matches: ['1*'] }, { DDI: '5550123' }).result, 'No Match');
  assert.is(came('CLI Routing', { numbers: ['0171*'] }, { CLI: '01715550' }).result, 'True');
  assert.is(came('CLI Routing', { numbers: ['0171*'] }).result, 'False');
});

test('Clock speaks the time in a moment of the call, a key cuts it short', () => {
  const clock = (date: boolean) => new FlowProbe(testFlow([{ name: 'A', first: 'a', actions: { a: { action: 'Clock', with: { date }, results: { Next: 'b' } }, b: { action: 'Menu', with: { keys: ['1'] } } } }])).feed({ type: 'start' });
  assert.equal(clock(true).effect('play').phrases, [{ clock: Date.UTC(2026, 0, 5, 9), withDate: true }]);
  assert.is(clock(false).keys('5').state.node, 'b');
  assert.is(clock(false).feed({ type: 'played' }).state.node, 'b');
});

test('Post Dial sends keys, waits until they are sent, then plays', () => {
  const probe = new FlowProbe(testFlow([{ name: 'A', first: 'a', actions: { a: { action: 'Post Dial', with: { digits: '*7-$CP1 #', play: ['Hold music'] }, results: { Next: 'b' } }, b: { action: 'Menu', with: { keys: ['1'] } } } }], { facts: () => ({ CP1: '2x' }) })).feed({ type: 'start' });
  assert.equal(probe.effect('ask').request, { kind: 'send-digits', digits: '*72#' });
  probe.feed({ type: 'answered', kind: 'send-digits', answer: { sentMs: 800 } });
  assert.is(probe.effect('timer').ms, 800);
  probe.feed({ type: 'timer', name: 'post-dial' });
  assert.is(probe.effect('play').bargeIn, false);
  assert.is(probe.feed({ type: 'played' }).state.node, 'b');
});

test('Open Door on a board without a relay tells the caller, and the flow goes on', () => {
  const opened = rehearse([{ name: 'A', first: 'a', actions: { a: { action: 'Open Door', with: { ms: 500 }, results: { Next: 'b' } }, b: { action: 'Disconnect' } } }], '', { request: () => ({ opened: true }) });
  assert.equal(opened.heard.filter((line) => /not possible/.test(line)), []);
  const refused = rehearse([{ name: 'A', first: 'a', actions: { a: { action: 'Open Door', results: { Next: 'b' } }, b: { action: 'Disconnect' } } }], '', { request: () => ({ opened: false }) });
  assert.ok(refused.heard.some((line) => /not possible/.test(line)), refused.heard.join('\n'));
  assert.ok(refused.heard.some((line) => /ended the call/.test(line)), refused.heard.join('\n'));
});

test('Script sets and branches; a failure sets nothing but what it was', () => {
  assert.equal(came('Script', { script: 'CP1 = CLI@0,2\nexit "VIP"', results: ['VIP'] }, { CLI: '3015' }), { result: 'VIP', variables: { CP1: '301' } });
  assert.is(came('Script', { script: 'VAR = 1' }).result, 'Next');
  const failed = came('Script', { script: 'CP1 = 1\nVAR = 1 / CP2' });
  assert.is(failed.result, 'Failure');
  assert.match(failed.variables['RES'] as string, /^line 2, column 9: this divides by 0/);
  assert.is(failed.variables['CP1'], undefined);
  assert.match(came('Script', { script: 'exit "Nowhere"' }).variables['RES'] as string, /none of its results/);
});

test('Script asks what the mailbox holds, only where it wants to know', () => {
  const script = (text: string, mailbox: string | null = '201') => new FlowProbe(testFlow([{ name: 'A', first: 'a', actions: { a: { action: 'Script', with: { script: text } } } }], { mailbox })).feed({ type: 'start' });
  const probe = script('VAR = NewMsgs & "/" & SavedMsgs');
  assert.equal(probe.effect('list'), { type: 'list', mailbox: '201', category: 'new' });
  const listed: FlowInput = { type: 'listed', listing: { counts: { new: 3, old: 0, saved: 1 }, messages: [] } };
  assert.is(probe.feed(listed).state.variables['VAR'], '3/1');
  assert.is(script('VAR = "NewMsgs"').asked().includes('list'), false);
  assert.is(script('VAR = NewMsgs', null).state.variables['VAR'], '0');
});

test('Database: values are bound, results follow the answers, fields become variables', () => {
  const asked: unknown[] = [];
  const answering = (answer: unknown): RehearsedOptions => ({ request: (_kind, ask) => (asked.push(ask), answer) });
  assert.is(came('Database Open', { database: 'customers' }, {}, answering({ opened: true })).result, 'Success');
  assert.is(came('Database Open', { database: 'customers' }, {}, answering(null)).result, 'Failure');
  const sql = 'SELECT * FROM t WHERE n = ?';
  assert.is(came('Database Execute', { sql, values: ["$CLI'; DROP TABLE t"] }, { CLI: '301' }, answering({ executed: true, rows: 1 })).result, 'Success');
  assert.equal(asked.at(-1), { kind: 'execute-database', sql, values: ["301'; DROP TABLE t"] });
  const got = came('Database Get Data', {}, {}, answering({ result: 'Success', fields: ['Ada', '7'] }));
  assert.equal(got, { result: 'Success', variables: { 'DBD[0]': 'Ada', 'DBD[1]': '7', 'DBD[2]': '', 'DBD[3]': '', 'DBD[4]': '', 'DBD[5]': '' } });
  for (const result of ['At End', 'Empty', 'Failure']) assert.is(came('Database Get Data', { move: 'last' }, {}, answering({ result, fields: [] })).result, result);
  assert.is(came('Database Get Data', {}, {}, answering(null)).result, 'Failure');
  assert.is(came('Database Close', {}, {}, answering({ closed: false })).result, 'Next');
});

test('Remote Call Flow runs what was fetched as a module', () => {
  const written = [
    { name: 'A', first: 'a', actions: { a: { action: 'Remote Call Flow', with: { source: 'plan' }, results: { Return: 'done', Failure: 'sorry' } }, done: { action: 'Disconnect', prompts: [{ speak: 'back again' }] }, sorry: { action: 'Disconnect', prompts: [{ speak: 'sorry' }] } } },
    { name: 'Plan', first: 'x', actions: { x: { action: 'Generic', prompts: [{ speak: 'from afar' }], results: { Next: 'r' } }, r: { action: 'Module Return' } } },
  ];
  const fetched = rehearse(written, '', { request: () => ({ flow: 'Plan', from: 'remote' }) });
  assert.equal(fetched.heard.filter((line) => /afar|again/.test(line)), ['from afar', 'back again']);
  assert.ok(rehearse(written, '', { request: () => null }).heard.includes('sorry'));
});

test('eMail: variables filled in, one line where a header is, the recording of the call', () => {
  const asked: unknown[] = [];
  const answering = (outcome: string): RehearsedOptions => ({ request: (_kind, ask) => (asked.push(ask), { outcome }) });
  const settings = { to: '$CP1', subject: 'From $CP2', text: '$CLI rang', recording: true };
  const sent = came('eMail', settings, { CP1: 'a@example.org', CP2: 'x\r\nBcc: all@example.org', CLI: '301', RES: 'rec-1' }, answering('ok'));
  assert.is(sent.result, 'Success');
  assert.equal(asked, [{ kind: 'send-mail', to: 'a@example.org', subject: 'From x Bcc: all@example.org', text: '301 rang', recording: 'rec-1' }]);
  for (const outcome of ['no-server', 'bad-address', 'full', 'no-recording']) assert.is(came('eMail', settings, {}, answering(outcome)).result, 'Failure');
});

test('Alarm Set: a time from the flow, a variable or the keys of the caller', () => {
  const asked: { time?: string; number?: string }[] = [];
  const answering = (outcome: string): RehearsedOptions => ({ request: (_kind, ask) => (asked.push(ask as object), { outcome, id: '1', nextMs: 0 }) });
  assert.is(came('Alarm Set', { time: '7:30' }, { CLI: '301' }, answering('ok')).result, 'Success');
  assert.equal(asked, [{ kind: 'set-alarm', number: '301', mailbox: '201', time: '07:30', repeat: 'single', day: null, prompt: null, text: '', ringSec: 60, retries: 0, intervalMin: 5, cancelCode: '*' }]);
  assert.is(came('Alarm Set', { time: '$CP1', number: '$CP2' }, { CP1: '2359', CP2: '205' }, answering('not-allowed')).result, 'Failure');
  assert.equal([asked[1]?.time, asked[1]?.number], ['23:59', '205']);
  assert.is(came('Alarm Set', { time: '24:00' }, {}, answering('ok')).result, 'Invalid');
  assert.is(came('Alarm Set', {}, {}, answering('ok'), '0630').result, 'Success');
  assert.is(asked[2]?.time, '06:30');
  assert.is(came('Alarm Set', {}, {}, answering('ok'), '06#').result, 'Invalid');
  assert.is(came('Alarm Set', {}, {}, answering('ok'), '2561').result, 'Invalid');
  assert.is(came('Alarm Set', {}, {}, answering('ok'), 'w10').result, 'Timeout');
});

test('what an action is asked waits for its answer after a hang-up, then the flow is over', () => {
  for (const [action, settings] of [['Set User Variable', { name: 'x', value: '1' }], ['Database Execute', { sql: 'DELETE FROM t' }], ['Script', { script: 'VAR = NewMsgs' }]] as const) {
    const probe = new FlowProbe(testFlow([{ name: 'A', first: 'a', actions: { a: { action, with: settings } } }])).feed({ type: 'start' }, { type: 'hung-up' });
    assert.not(probe.asked().includes('done'), action);
    probe.feed(action === 'Script' ? { type: 'listed', listing: { counts: { new: 0, old: 0, saved: 0 }, messages: [] } } : ({ type: 'answered', kind: action === 'Set User Variable' ? 'set-user-variable' : 'execute-database', answer: null } as FlowInput));
    assert.ok(probe.asked().includes('done'), action);
  }
});

const faults: [string, unknown, RegExp][] = [
  ['Test Variable', { variable: 'CP1' }, /\/with\/variable: a variable like \$CLI/],
  ['Test Variable', { variable: '$CP1', is: '<', any: 'mailbox' }, /is must be = or !=/],
  ['Increment and Test Counter', { counter: 16, value: '1' }, /\/with\/counter/],
  ['Variable Routing', { variable: '$DDI', matches: ['1', '1'] }, /stands twice/],
  ['Variable Routing', { variable: '$DDI', matches: ['x\\'] }, /single backslash/],
  ['Script', { script: 'VAR = left(1)' }, /line 1, column 7: it is left\(text, count\)/],
  ['Script', { script: '', results: ['Next'] }, /each result stands once/],
  ['Post Dial', {}, /nothing to dial/],
  ['Open Door', { ms: 60_000 }, /\/with\/ms/],
  ['Set User Variable', { name: '1st', value: '' }, /begins with a letter/],
];

test('settings that cannot be right are refused with their place', () => {
  for (const [action, settings, why] of faults) assert.match(faultsOf(action, settings), why);
});

test.run();
