import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActionKind } from '../../../../firmware/callflow/actions/action.ts';
import { actions } from '../../../../firmware/callflow/actions/actions.ts';
import type { CheckWorld } from '../../../../firmware/callflow/views/check-flow.ts';
import { checkFlow } from '../../../../firmware/callflow/views/check-flow.ts';
import type { WrittenFlow } from '../../../support/rehearsed-flow.ts';
import { readyFlow } from '../../../support/rehearsed-flow.ts';

const module: WrittenFlow = { name: 'Hours', first: 'say', starts: [{ scope: 'module' }], actions: { say: { action: 'Generic', results: { Next: 'back' } }, back: { action: 'Module Return' } } };
const asking: WrittenFlow = { name: 'Asking', first: 'ask', starts: [{ scope: 'module' }], actions: { ask: { action: 'Menu', with: { keys: ['1'] }, results: { 1: 'back', Timeout: 'back', Invalid: 'back' } }, back: { action: 'Module Return' } } };
const other: WrittenFlow = { name: 'Other', first: 'x', starts: [{ scope: 'default', point: 'Leave' }], actions: { x: { action: 'Disconnect' } } };

/** place and text of all findings. */
function findings(part: Readonly<Record<string, unknown>>, world: Partial<CheckWorld> = {}): string[] {
  const flow = readyFlow({ name: 'A', first: 'a', actions: { a: { action: 'Disconnect' } }, ...part });
  const flows = new Map([module, asking, other].map((one) => [one.name, readyFlow(one)] as const).concat([['A', flow]]));
  return checkFlow(flow, { flows, mailboxes: new Set(['201']), conditions: new Set(), prompts: new Set(['Welcome']), ...world }).map(({ place, text }) => `${place}: ${text}`);
}

/** An action that leads on to the end, whatever its result. */
const asks = (action: string, settings: object): Readonly<Record<string, unknown>> => ({ actions: { a: { action, with: settings, results: { Next: 'b', Failure: 'b' } }, b: { action: 'Disconnect' } } });

/** One that plays `hold` to who waits, with what else it needs; every result leads on. */
function waitsIn(action: string, hold: string): Readonly<Record<string, unknown>> {
  const needs = action === 'Call List' ? { numbers: ['201'] } : action === 'Park & Page' ? { page: '600' } : {};
  const settings = { ...needs, hold };
  const kind = actions.find(({ name }) => name === action) as ActionKind;
  const results = Object.fromEntries(kind.results({ ...needs, call: true }).map(({ name }) => [name, 'b']));
  return { actions: { a: { action, with: settings, results }, b: { action: 'Disconnect' } } };
}

const generic = (results: Record<string, string>, more: object = {}): object => ({ action: 'Generic', results, ...more });

test('a good flow is clean', () => {
  assert.equal(findings({ starts: [{ scope: 'mailbox', mailbox: '201', point: 'Leave' }], actions: { a: generic({ Next: 'b' }, { prompts: ['Welcome', '$NAM', 'Greeting$KEY', { nameOf: '201' }] }), b: { action: 'Module', with: { flow: 'Hours' }, results: { Return: 'c' } }, c: { action: 'Disconnect' } } }), []);
});

test('each thing that will go wrong is found, at its place', () => {
  const table: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    ['dead end', { actions: { a: generic({}) } }, /^\/actions\/a\/results: result Next leads nowhere/],
    ['unreachable', { actions: { a: { action: 'Disconnect' }, b: { action: 'Home' } } }, /^\/actions\/b: nothing leads here/],
    ['missing prompt', { actions: { a: { action: 'Disconnect', prompts: ['Bye'] } } }, /^\/actions\/a\/prompts\/0: there is no recorded prompt 'Bye'/],
    ['missing prompt of a menu', { actions: { a: { action: 'Menu', with: { keys: ['1'], invalidPrompts: ['Bad'] }, results: { 1: 'b', Timeout: 'b', Invalid: 'b' } }, b: { action: 'Disconnect' } } }, /^\/actions\/a\/with\/invalidPrompts\/0: there is no recorded prompt 'Bad'/],
    ['missing prompt of a question', asks('Voice Question', { questions: [['Welcome'], [{ beep: true }, 'Address?']] }), /^\/actions\/a\/with\/questions\/1\/1: there is no recorded prompt 'Address\?'/],
    ['missing prompt of a campaign', asks('Campaign', { campaign: 'Orders', questions: [['What']] }), /^\/actions\/a\/with\/questions\/0\/0: there is no recorded prompt 'What'/],
    ['missing prompt played into the call', { actions: { a: { action: 'Post Dial', with: { digits: '1', play: ['Door'] }, results: { Next: 'b' } }, b: { action: 'Disconnect' } } }, /^\/actions\/a\/with\/play\/0: there is no recorded prompt 'Door'/],
    ...(['Transfer', 'Assisted Transfer', 'Whisper', 'Call List', 'Dial by Name', 'Park & Page'] as const).map((action): [string, Readonly<Record<string, unknown>>, RegExp] => [`missing music of ${action}`, waitsIn(action, 'music'), /^\/actions\/a\/with\/hold: there is no recorded prompt 'music'/]),
    ['a variable as music', waitsIn('Transfer', '$CP1'), /^\/actions\/a\/with\/hold: there is no recorded prompt '\$CP1'/],
    ['missing prompt of an alarm', { actions: { a: { action: 'Alarm Set', with: { time: '07:30', prompt: 'Wake up' }, results: { Success: 'b', Failure: 'b', Invalid: 'b' } }, b: { action: 'Disconnect' } } }, /^\/actions\/a\/with\/prompt: there is no recorded prompt 'Wake up'/],
    ['prompt to be recorded that is missing', asks('Edit Play List', { prompt: 'Notice' }), /^\/actions\/a\/with\/prompt: there is no recorded prompt 'Notice'/],
    ['unknown mailbox in a question', asks('Voice Question', { questions: [[{ nameOf: '998' }]] }), /^\/actions\/a\/with\/questions\/0\/0: there is no mailbox 998/],
    ['unknown mailbox', { starts: [{ scope: 'mailbox', mailbox: '999', point: 'Leave' }] }, /^\/starts\/0: there is no mailbox 999/],
    ['unknown mailbox in a prompt', { actions: { a: { action: 'Disconnect', prompts: [{ nameOf: '998' }] } } }, /^\/actions\/a\/prompts\/0: there is no mailbox 998/],
    ['unknown flow', { actions: { a: { action: 'Goto', with: { flow: 'Nope' } } } }, /^\/actions\/a\/with: there is no flow 'Nope'/],
    ['module that never returns', { actions: { a: { action: 'Module', with: { flow: 'Other' }, results: { Return: 'b' } }, b: { action: 'Disconnect' } } }, /^\/actions\/a\/with: flow 'Other' has no Module Return/],
    ['start point taken', { starts: [{ scope: 'default', point: 'Leave' }] }, /^\/starts\/0: Leave of all mailboxes is a start point of flow 'Other' too/],
    ['unknown variable', { actions: { a: { action: 'Disconnect', prompts: [{ speak: 'Costs $PRICE, $KEY, $CLIs, $$5' }] } } }, /^\/actions\/a: there is no variable \$PRICE/],
    ['loop', { actions: { a: generic({ Next: 'b' }), b: generic({ Next: 'a' }) } }, /^\/actions\/a: this goes round without waiting for the caller: 'a' -> 'b' -> 'a'/],
    ['loop by Home', { actions: { a: generic({ Next: 'b' }), b: { action: 'Home' } } }, /^\/actions\/a: this goes round/],
    ['loop through a module', { actions: { a: { action: 'Module', with: { flow: 'Hours' }, results: { Return: 'a' } } } }, /^\/actions\/a: this goes round/],
    ['loop to itself by Goto', { actions: { a: { action: 'Goto', with: { flow: 'A' } } } }, /^\/actions\/a: this goes round/],
  ];
  for (const [name, part, expected] of table) {
    const found = findings(part);
    assert.is(found.length, 1, `${name}: ${JSON.stringify(found)}`);
    assert.match(found[0] ?? '', expected, name);
  }
});

test('a loop in which somebody waits for the caller is none', () => {
  assert.equal(findings({ actions: { a: { action: 'Module', with: { flow: 'Asking' }, results: { Return: 'a' } } } }), []);
  assert.equal(findings({ actions: { a: { ...generic({ Next: 'a' }), pin: '12' } } }), []);
});

test('in flows of a queue a result that leads nowhere leads back to the queue', () => {
  assert.equal(findings({ starts: [{ scope: 'default', point: 'Queued' }], actions: { a: generic({}) } }), []);
});

test('prompts that are there, words that are none, and variables are no findings', () => {
  for (const hold of ['ringing', 'silence', 'Welcome']) assert.equal(findings(waitsIn('Assisted Transfer', hold)), [], hold);
  assert.equal(findings(asks('Voice Question', { questions: [['Welcome', '$NAM', 'Ask$KEY']] })), []);
  assert.equal(findings(asks('Edit Play List', { prompt: 'Greeting$KEY' })), []);
});

test('where the site is not known nothing is said about it', () => {
  assert.equal(findings({ starts: [{ scope: 'mailbox', mailbox: '999', point: 'Leave' }], actions: { a: { action: 'Disconnect', prompts: ['Bye', { nameOf: '998' }] } } }, { mailboxes: null, prompts: null }), []);
});

test.run();
