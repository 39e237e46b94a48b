import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actions } from '../../../../firmware/callflow/actions/actions.ts';
import { mostFlowBytes } from '../../../../firmware/callflow/document/flow-document.ts';
import { parseFlow, readFlow } from '../../../../firmware/callflow/document/parse-flow.ts';

const good = { form: 1, name: 'A', first: 'a', actions: { a: { action: 'Menu', with: { keys: ['1'] }, results: { 1: 'b' } }, b: { action: 'Disconnect' } } };
const faults = (part: object): string[] => readFlow({ ...good, ...part }, actions).faults.map(({ place, node, text }) => `${place} [${node ?? ''}] ${text}`);
const menu = (part: object): object => ({ actions: { ...good.actions, a: { ...good.actions.a, ...part } } });

test('a good flow is ready, with what was left out filled in', () => {
  const { flow } = parseFlow(`\uFEFF${JSON.stringify(good)}`, actions);
  assert.equal(flow?.nodes.get('a')?.settings, { keys: ['1'], timeoutSec: 5, retries: 2, timeoutPrompts: [], invalidPrompts: [] });
});

test('each fault is told with its place and what to do', () => {
  const table: readonly [object, RegExp][] = [
    [{ form: 2 }, /^\/form \[\] /],
    [{ name: '../etc' }, /^\/name \[\] a name of letters/],
    [{ first: 'x' }, /^\/first \[\] there is no action named 'x'/],
    [{ extra: 1 }, /^\/extra \[\] 'extra' is not known here/],
    [{ actions: undefined }, /^\/actions \[\] this is missing/],
    [{ starts: [{ scope: 'mailbox', mailbox: 'Ada', point: 'Leave' }] }, /^\/starts\/0\/mailbox /],
    [{ starts: [{ scope: 'default', point: 'Leaf' }] }, /^\/starts\/0\/point /],
    [menu({ action: 'Menus' }), /^\/actions\/a\/action \[a\] there is no action 'Menus'; did you mean 'Menu'\?$/],
    [menu({ results: { 2: 'b' } }), /^\/actions\/a\/results\/2 \[a\] Menu has no result '2'/],
    [menu({ results: { 1: 'c' } }), /^\/actions\/a\/results\/1 \[a\] there is no action named 'c'/],
    [menu({ with: { keys: ['1'], retries: 11 } }), /^\/actions\/a\/with\/retries \[a\] /],
    [menu({ with: { keys: ['x'] } }), /^\/actions\/a\/with\/keys\/0 \[a\] a key of 0-9/],
    [menu({ with: { keys: ['1', '1'] } }), /^\/actions\/a\/with\/keys \[a\] the same key stands twice/],
    [menu({ with: { keys: ['1'], retrys: 1 } }), /^\/actions\/a\/with\/retrys \[a\] 'retrys' is not known here/],
    [menu({ pin: 'abc' }), /^\/actions\/a\/pin \[a\] /],
    [menu({ prompts: [{ prompt: 'goodby' }] }), /^\/actions\/a\/prompts\/0\/prompt \[a\] .*did you mean 'goodbye'/],
    [menu({ with: { keys: ['1'], invalidPrompts: [{ prompt: 'nope-nope' }] } }), /^\/actions\/a\/with\/invalidPrompts\/0\/prompt \[a\] /],
    [menu({ prompts: Array.from({ length: 33 }, () => 'P') }), /^\/actions\/a\/prompts \[a\] /],
  ];
  for (const [part, expected] of table) {
    const found = faults(part);
    assert.is(found.length, 1, JSON.stringify(found));
    assert.match(found[0] ?? '', expected);
  }
});

test('all faults are told at once, bounded', () => {
  assert.is(faults({ first: 'x', actions: { a: { action: 'Nope', results: { q: 'w' } }, b: { action: 'Menu', with: { keys: [] } } } }).length, 4);
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`n${at}`, { action: 'Nope' }]));
  assert.is(faults({ actions: many, first: 'n0' }).length, 100);
});

test('what is too large, or no JSON, is told so', () => {
  assert.match(parseFlow('{', actions).faults[0]?.text ?? '', 'this is no JSON');
  assert.match(parseFlow(JSON.stringify({ ...good, about: 'x'.repeat(mostFlowBytes) }), actions).faults[0]?.text ?? '', 'at most 102400 bytes');
  const many = Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`n${at}`, { action: 'Home' }]));
  assert.match(readFlow({ ...good, first: 'n0', actions: many }, actions).faults[0]?.text ?? '', 'at most 500 actions');
});

test('garbage never throws', () => {
  for (const text of ['null', '[]', '"x"', '{"actions":null}', '{"form":1,"name":"A","first":"a","actions":{"a":null}}', '{"form":1,"name":"A","first":"__proto__","actions":{"__proto__":{"action":"Home"}}}']) assert.is(parseFlow(text, actions).flow, null, text);
});

test.run();
