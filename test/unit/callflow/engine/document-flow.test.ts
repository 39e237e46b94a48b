import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { ActionKind } from '../../../../firmware/callflow/actions/action.ts';
import { result } from '../../../../firmware/callflow/actions/action.ts';
import type { FlowInput } from '../../../../firmware/callflow/flow.ts';
import { FlowProbe } from '../../../support/flow-probe.ts';
import type { WrittenFlow } from '../../../support/rehearsed-flow.ts';
import { rehearse, testFlow } from '../../../support/rehearsed-flow.ts';

const hungUp: FlowInput = { type: 'hung-up' };
const played: FlowInput = { type: 'played' };
const start: FlowInput = { type: 'start' };

const office: WrittenFlow = {
  name: 'Office',
  first: 'welcome',
  actions: {
    welcome: { action: 'Generic', prompts: ['Welcome'], results: { Next: 'menu' } },
    menu: { action: 'Menu', prompts: [{ speak: 'Press 1 or 2.' }], with: { keys: ['1', '2'], retries: 1 }, results: { 1: 'sales', 2: 'service', Timeout: 'bye' } },
    sales: { action: 'Generic', prompts: [{ speak: 'Sales.' }], results: { Next: 'bye' } },
    service: { action: 'Module', with: { flow: 'Hours' }, results: { Return: 'bye' } },
    bye: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] },
  },
};
const hours: WrittenFlow = { name: 'Hours', first: 'say', starts: [{ scope: 'module' }], actions: { say: { action: 'Generic', prompts: [{ speak: 'Nine to five.' }], results: { Next: 'back' } }, back: { action: 'Module Return' } } };

/** Keeps a store busy: asks, and takes its result when it is answered. */
const keeper: ActionKind = {
  name: 'Keeper', group: 'Basic', about: '', schema: v.strictObject({}), results: () => [{ name: 'Kept', about: '' }], waits: true,
  begin: () => ({ to: 'state', state: 'asked', effects: [{ type: 'open-message' }] }),
  step: (_context, _with, _state, input) => (input.type === 'opened' ? result('Kept') : { to: 'state', state: 'asked', effects: [] }),
  example: { with: {}, results: {} },
};

test('a caller goes from prompt to menu to a department, and is rung off', () => {
  assert.equal(rehearse([office], '1').heard, ['[prompt Welcome]', 'Press 1 or 2.', 'Sales.', 'Goodbye.', '(the call ends: the flow has ended the call)']);
});

test('a module comes back to who called it', () => {
  assert.equal(rehearse([office, hours], '2').heard.slice(2), ['Nine to five.', 'Goodbye.', '(the call ends: the flow has ended the call)']);
});

test('a result that leads nowhere ends the call, and says which', () => {
  assert.match(rehearse([office], '77').heard.at(-1) ?? '', "(the call ends: result Invalid of 'menu' in flow 'Office' leads nowhere)");
});

test('a flow that a queue has lent a caller to ends without ringing off', () => {
  const probe = new FlowProbe(testFlow([{ name: 'Q', first: 'a', actions: { a: { action: 'Generic' } } }], { unconnected: 'queue' })).feed(start);
  assert.equal(probe.asked(), ['done']);
});

test('a broken flow that a queue has lent a caller to ends by itself, and the log tells', () => {
  const flows: [string, WrittenFlow['actions']][] = [
    ['another flow that is not there', { a: { action: 'Goto', with: { flow: 'Gone' } } }],
    ['round and round', { a: { action: 'Generic', results: { Next: 'a' } } }],
    ['a return to nobody', { a: { action: 'Module Return' } }],
  ];
  for (const [title, actions] of flows) {
    const told: string[] = [];
    const probe = new FlowProbe(testFlow([{ name: 'Q', first: 'a', actions }], { unconnected: 'queue' }, told)).feed(start);
    assert.equal(probe.asked(), ['done'], title);
    assert.is(told.length, 1, title);
  }
  const kept = new FlowProbe(testFlow([{ name: 'Q', first: 'a', actions: { a: { action: 'Generic', pin: '4711' } } }], { unconnected: 'queue' })).feed(start, played, { type: 'timer', name: 'pin' });
  assert.equal(kept.asked().at(-1), 'done');
  assert.not(kept.asked().includes('hang-up'));
});

test('a fax tone in the prompts branches at once where the menu has F, and is nothing to the others', () => {
  const flow = (keys: string[], more: object = {}): WrittenFlow => ({ name: 'M', first: 'a', actions: { a: { action: 'Menu', prompts: ['Welcome'], with: { keys }, results: { [keys[0] as string]: 'fax' }, ...more }, fax: { action: 'Generic', prompts: ['Fax'], results: {} } } });
  const fax: FlowInput = { type: 'fax-tone' };
  for (const more of [{}, { uninterrupted: true }]) {
    const branched = new FlowProbe(testFlow([flow(['F'], more)])).feed(start, fax);
    assert.equal([branched.state.node, branched.asked()], ['fax', ['stop-play', 'play']]);
  }
  const other = new FlowProbe(testFlow([flow(['1'])])).feed(start, fax);
  assert.equal([other.state.node, other.asked()], ['a', []]);
  assert.is(other.keys('1').state.node, 'fax');
});

test('a fax tone is listened for while a menu with F is on, prompts included, and not before, after, or for others', () => {
  const actions = {
    a: { action: 'Generic', prompts: ['Welcome'], results: { Next: 'b' } },
    b: { action: 'Menu', prompts: ['Welcome'], with: { keys: ['1', 'F'] }, results: { 1: 'c', F: 'c' } },
    c: { action: 'Menu', with: { keys: ['1'] }, results: {} },
  };
  const flow = testFlow([{ name: 'F', first: 'a', actions }]);
  const probe = new FlowProbe(flow);
  const hears = (...inputs: FlowInput[]): boolean => flow.hearsFax?.(probe.feed(...inputs).state) ?? false;
  assert.equal([hears(), hears(start), hears(played), hears(played), hears({ type: 'digit', digit: '1' })], [false, false, true, true, false]);
  assert.is(probe.state.node, 'c');
  const gone = new FlowProbe(flow).feed(start, played, { type: 'hung-up' });
  assert.not(flow.hearsFax?.(gone.state));
});

test('whoever sets $LOC chooses the language: a Generic command, or a script', () => {
  const actions: [string, object][] = [['Generic', { commands: ['LOC:de-AT'] }], ['Script', { script: 'LOC = "de_DE"' }], ['Select Prompt Language', { language: 'de' }]];
  for (const [action, settings] of actions) {
    const probe = new FlowProbe(testFlow([{ name: 'L', first: 'a', actions: { a: { action, with: settings, results: { Next: 'b' } }, b: { action: 'Generic', prompts: ['Welcome'] } } }])).feed(start);
    assert.equal(probe.asked(), ['speak-language', 'play'], action);
    assert.is(probe.effect('speak-language').code, 'de');
  }
  const unknown = new FlowProbe(testFlow([{ name: 'L', first: 'a', actions: { a: { action: 'Generic', with: { commands: ['LOC:tlh', 'CP1:de'] } } } }])).feed(start);
  assert.not(unknown.asked().includes('speak-language'));
});

test('a key cuts prompts short, and the menu is given it; an uninterrupted prompt is heard to its end', () => {
  const menu = new FlowProbe(testFlow([office])).feed(start, played).keys('1');
  assert.ok(menu.said().includes('speak'), 'the menu took the key in its prompt');
  const legal: WrittenFlow = { name: 'L', first: 'notice', actions: { notice: { action: 'Generic', prompts: ['Notice'], uninterrupted: true, results: { Next: 'notice' } } } };
  const notice = new FlowProbe(testFlow([legal])).feed(start);
  assert.is(notice.effect('play').bargeIn, false);
  assert.equal(notice.keys('1').asked(), []);
});

test('flows that go round and round without the caller end with an apology, and the log tells', () => {
  const round: WrittenFlow = { name: 'R', first: 'a', actions: { a: { action: 'Generic', results: { Next: 'b' } }, b: { action: 'Home' } } };
  const { heard, told, rehearsal } = rehearse([round], '');
  assert.ok(rehearsal.over);
  assert.match(told[0] ?? '', '200 actions of flow');
  assert.is(heard.length, 2);
});

test('a menu in the loop makes it endless only as long as the caller wants', () => {
  const round: WrittenFlow = { name: 'R', first: 'a', actions: { a: { action: 'Menu', with: { keys: ['1'] }, results: { 1: 'a' } } } };
  assert.not(rehearse([round], '1'.repeat(500)).rehearsal.over);
});

test('modules go eight deep and no deeper', () => {
  const deep: WrittenFlow = { name: 'D', first: 'a', actions: { a: { action: 'Module', with: { flow: 'D' } } } };
  assert.match(rehearse([deep], '').told[0] ?? '', 'within 8 others');
});

test('Goto forgets modules and where Home is; Module Return with nothing to return to ends the call', () => {
  const one: WrittenFlow = { name: 'One', first: 'call', actions: { call: { action: 'Module', with: { flow: 'Two' }, results: { Return: 'call' } } } };
  const two: WrittenFlow = { name: 'Two', first: 'go', actions: { go: { action: 'Goto', with: { flow: 'Three' } } } };
  const three: WrittenFlow = { name: 'Three', first: 'menu', actions: { menu: { action: 'Menu', prompts: ['Third'], with: { keys: ['1', '2'] }, results: { 1: 'home', 2: 'back' } }, home: { action: 'Home' }, back: { action: 'Module Return' } } };
  assert.equal(rehearse([one, two, three], '1').heard, ['[prompt Third]', '[prompt Third]']);
  assert.match(rehearse([one, two, three], '2').heard.at(-1) ?? '', 'no flow has called it');
});

test('a flow that has gone, on a call that another unit carries on, ends it with an apology', () => {
  const { told } = rehearse([{ name: 'A', first: 'a', actions: { a: { action: 'Goto', with: { flow: 'Gone' } } } }], '');
  assert.equal(told, ["there is no flow 'Gone'"]);
});

test('a PIN keeps an action: wrong three times, no key at all, and right', () => {
  const kept: WrittenFlow = { name: 'K', first: 'a', actions: { a: { action: 'Generic', pin: '4711', prompts: ['Secret'], results: { Next: 'b' } }, b: { action: 'Disconnect' } } };
  assert.ok(rehearse([kept], '4711#').heard.includes('[prompt Secret]'));
  assert.ok(rehearse([kept], '4711 w5').heard.includes('[prompt Secret]'), 'ended by a pause');
  assert.ok(rehearse([kept], '1# 4711#').heard.includes('[prompt Secret]'));
  const wrong = rehearse([kept], '1# 2# 3# 4711#');
  assert.not(wrong.heard.includes('[prompt Secret]'));
  assert.match(wrong.heard.at(-1) ?? '', 'the PIN of an action was not keyed');
  assert.ok(rehearse([kept], 'w9').rehearsal.over);
});

test('the PIN of a mailbox is the store\'s to judge', () => {
  const kept: WrittenFlow = { name: 'K', first: 'a', actions: { a: { action: 'Generic', pin: 'mailbox', prompts: ['Secret'] } } };
  const asked = new FlowProbe(testFlow([kept])).feed(start, played).keys('12#');
  assert.equal(asked.effect('login'), { type: 'login', mailbox: '201', pin: '12' });
  assert.ok(asked.feed({ type: 'logged-in', outcome: 'locked', mailbox: '201' }, played).asked().includes('hang-up'));
  assert.match(rehearse([kept], '', { mailbox: null }).told[0] ?? '', 'no mailbox is presumed');
});

test('the PIN of a mailbox is that of the one that the action is about, also by a variable', () => {
  const asks = (action: string, settings: object, keyed = '7'): string => {
    const flow: WrittenFlow = { name: 'K', first: 'menu', actions: { menu: { action: 'Menu', with: { keys: ['$'] }, results: { $: 'a' } }, a: { action, pin: 'mailbox', with: settings } } };
    return new FlowProbe(testFlow([flow])).feed(start).keys(`${keyed}#`).feed(played).keys('12#').effect('login').mailbox;
  };
  for (const action of ['Play Configuration Menu', 'Record Name', 'Get Mail', 'Leave Mail']) {
    assert.is(asks(action, { mailbox: '202' }), '202', action);
    assert.is(asks(action, { mailbox: '$KEY' }, '202'), '202', action);
    assert.is(asks(action, {}), '201', action);
  }
  for (const action of ['Listen', 'Voice Question']) {
    const questions = action === 'Listen' ? {} : { questions: [['Q']] };
    assert.is(asks(action, { ...questions, to: '202' }), '202', action);
    assert.is(asks(action, { ...questions, to: 'call' }), '201', action);
  }
});

test('the PIN of an action is counted over all calls: locked is locked, also for the right one', () => {
  const kept: WrittenFlow = { name: 'K', first: 'a', actions: { a: { action: 'Generic', pin: '4711', prompts: ['Secret'] } } };
  const locked: FlowInput = { type: 'answered', kind: 'action-pin', answer: { outcome: 'locked' } };
  const asked = new FlowProbe(testFlow([kept])).feed(start, played).keys('4711#');
  assert.equal(asked.effect('ask').request, { kind: 'action-pin', flow: 'K', node: 'a', right: true });
  assert.equal(asked.feed(locked).said(), ['collect.locked', 'goodbye']);
  assert.equal(new FlowProbe(testFlow([kept])).feed(start, played).keys('4711#').feed({ type: 'answered', kind: 'action-pin', answer: { outcome: 'ok' } }).said(), ['recorded']);
});

test('a PIN opens nothing when the action is about another mailbox by the time it is judged', () => {
  let about = '201';
  const kept: WrittenFlow = { name: 'K', first: 'a', actions: { a: { action: 'Record Name', pin: 'mailbox', prompts: ['Secret'], with: { mailbox: '$REG[whose]' } } } };
  const asked = new FlowProbe(testFlow([kept], { userVariable: () => about })).feed(start, played).keys('12#');
  about = '202';
  assert.not(asked.feed({ type: 'logged-in', outcome: 'ok', mailbox: '201' }).said().includes('recorded'));
});

test('a hang-up in every state reaches done, once, with nothing left under way', () => {
  const flow: WrittenFlow = { name: 'All', first: 'pin', actions: { pin: { action: 'Generic', pin: '1', prompts: ['A'], results: { Next: 'menu' } }, menu: { action: 'Menu', prompts: ['B'], with: { keys: ['1', '22'], timeoutPrompts: ['C'], invalidPrompts: ['D'] }, results: { 1: 'keep' } }, keep: { action: 'Keeper', results: { Kept: 'bye' } }, bye: { action: 'Disconnect', prompts: ['E'] } } };
  const way: FlowInput[] = [start, played, ...keys('1#'), { type: 'answered', kind: 'action-pin', answer: { outcome: 'ok' } }, played, played, ...keys('2'), ...keys('9'), played, { type: 'timer', name: 'menu' }, ...keys('1'), { type: 'opened', ok: true }, played];
  for (let length = 0; length <= way.length; length += 1) {
    const probe = new FlowProbe(testFlow([flow], { kinds: [keeper] }));
    const done = way.slice(0, length).flatMap((input) => probe.feed(input).asked()).filter((type) => type === 'done').length;
    const unheard = probe.state.phase.at === 'checking' ? 1 : 0; // nobody waits for that answer
    const after = [probe.feed(hungUp), ...(probe.state.underway.answers > 0 ? [probe.feed({ type: 'opened', ok: true })] : [])];
    assert.is(probe.state.phase.at, 'over', `after ${length} inputs`);
    assert.equal(probe.state.underway, { plays: false, bargeIn: false, records: false, answers: unheard, waits: [] }, `after ${length} inputs`);
    assert.ok(done + after.length >= 1);
    assert.equal(probe.feed(hungUp, played, start).effects, []);
  }
});

test('after a hang-up a flow goes on only where it says so, until an action needs the caller', () => {
  const sequence = (completeSequence: boolean): WrittenFlow => ({ name: 'S', first: 'menu', completeSequence, actions: { menu: { action: 'Menu', with: { keys: ['1'] }, results: { Timeout: 'count' } }, count: { action: 'Generic', prompts: ['Unheard'], with: { commands: ['CP1:done'] }, results: { Next: 'again' } }, again: { action: 'Menu', with: { keys: ['1'] } } } });
  const complete = new FlowProbe(testFlow([sequence(true)])).feed(start, hungUp);
  assert.is(complete.state.variables['CP1'], 'done');
  assert.not(complete.asked().includes('play'));
  assert.is(complete.state.phase.at, 'over');
  assert.is(new FlowProbe(testFlow([sequence(false)])).feed(start, hungUp).state.variables['CP1'], undefined);
});

test('another unit goes on from the state as JSON, at every step', () => {
  const inputs: FlowInput[] = [start, played, played, ...keys('2'), played, played];
  const here = testFlow([office, hours]);
  const there = testFlow([office, hours]);
  let state = here.initial;
  let moved = there.initial;
  for (const input of inputs) {
    const [stays, goes] = [here.step(state, input), there.step(JSON.parse(JSON.stringify(moved)) as typeof moved, input)];
    assert.equal(goes, stays);
    assert.ok(JSON.stringify(goes.state).length < 700, 'small enough to be followed');
    [state, moved] = [stays.state, goes.state];
  }
  assert.is(state.phase.at, 'over');
});

test('timers and what plays end with their node', () => {
  const probe = new FlowProbe(testFlow([office])).feed(start, played, played).keys('1');
  assert.equal(probe.asked(), ['cancel-timer', 'play']);
});

const keys = (text: string): FlowInput[] => [...text].map((digit) => ({ type: 'digit', digit }));

test.run();
