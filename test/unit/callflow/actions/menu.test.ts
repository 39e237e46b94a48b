import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clash, matchKeys } from '../../../../firmware/callflow/actions/basic/menu-keys.ts';
import type { WrittenFlow } from '../../../support/rehearsed-flow.ts';
import { readyFlow, rehearse } from '../../../support/rehearsed-flow.ts';

/** Where the caller ends up: the result, and $KEY. */
function pressed(keys: readonly string[], script: string, settings: Readonly<Record<string, unknown>> = {}): string {
  const results = [...keys, 'Timeout', 'Invalid'];
  const actions = Object.fromEntries(results.map((name, at) => [`n${at}`, { action: 'Disconnect', prompts: [{ speak: `${name} $KEY` }] }]));
  const flow: WrittenFlow = { name: 'M', first: 'menu', actions: { menu: { action: 'Menu', with: { keys, retries: 0, ...settings }, results: Object.fromEntries(results.map((name, at) => [name, `n${at}`])) }, ...actions } };
  return rehearse([flow], script).heard.filter((line) => !line.startsWith('(')).join(' / ');
}

test('what callers key, and where it leads', () => {
  const table: readonly [readonly string[], string, string][] = [
    [['1', '2'], '2', '2 2'],
    [['1', '2'], '3', 'Invalid 3'],
    [['1', '2'], 'w6', 'Timeout '],
    [['*', '#'], '#', '# #'],
    [['*', '#'], '*', '* *'],
    [['12', '13'], '13', '13 13'],
    [['12', '13'], '14', 'Invalid 14'],
    [['12', '13'], '1w6', 'Invalid 1'],
    [['2??', '0'], '215', '2?? 215'],
    [['2??', '0'], '2*', 'Invalid 2*'],
    [['2??', '200'], '200', '200 200'],
    [['2??', '200'], '201', '2?? 201'],
    [['?'], '7', '? 7'],
    [['?'], '*', 'Invalid *'],
    [['1', '$'], '1', '1 1'],
    [['1', '$'], '4711#', '$ 4711'],
    [['1', '$'], '4711w6', '$ 4711'],
    [['1', '$'], '#', 'Invalid #'],
    [['123', '$'], '12#', '$ 12'],
    [['123', '$'], '12w6', '$ 12'],
    [['123', '$'], '124#', '$ 124'],
    [['#', '$'], '#', '# #'],
    [['1', 'F'], 'f', 'F $KEY'],
    [['1'], 'f1', '1 1'],
  ];
  for (const [keys, script, expected] of table) assert.is(pressed(keys, script).replace('$KEY', ''), expected.replace('$KEY', ''), `${keys.join(' ')}: ${script}`);
});

test('a caller who keys nothing, or nonsense, hears their own words and the question again, as often as the flow says', () => {
  const flow: WrittenFlow = {
    name: 'M', first: 'menu',
    actions: { menu: { action: 'Menu', prompts: ['Question'], with: { keys: ['1'], retries: 2, timeoutSec: 3, timeoutPrompts: ['Still there'], invalidPrompts: ['Wrong'] }, results: { Timeout: 'end', Invalid: 'end', 1: 'end' } }, end: { action: 'Disconnect', prompts: [{ speak: 'End $KEY.' }] } },
  };
  const [question, still, wrong] = ['[prompt Question]', '[prompt Still there]', '[prompt Wrong]'];
  assert.equal(rehearse([flow], 'w10').heard.slice(0, 5), [question, `${still} ${question}`, `${still} ${question}`, still, 'End .']);
  assert.equal(rehearse([flow], '9 w3.1 1').heard.slice(0, 4), [question, `${wrong} ${question}`, `${still} ${question}`, 'End 1.']);
  assert.equal(rehearse([flow], '999').heard.slice(0, 5), [question, `${wrong} ${question}`, `${wrong} ${question}`, wrong, 'End 9.']);
});

test('a sequence of a hundred keys stays bounded, and ends', () => {
  assert.is(pressed(['$'], `${'5'.repeat(100)}#`), `$ ${'5'.repeat(64)}`);
});

test('keys that hide others are refused', () => {
  for (const [keys, expected] of [[['1', '12'], ['1', '12']], [['?', '12'], ['?', '12']], [['1', '??'], ['1', '??']], [['12', '?2#'], ['12', '?2#']]] as const) assert.equal(clash(keys), expected);
  for (const keys of [['1', '2?'], ['*1', '*2', '#'], ['1', '$', 'F'], ['?', '*1'], ['2??', '200']]) assert.is(clash(keys), null, keys.join(' '));
  assert.throws(() => readyFlow({ name: 'M', first: 'm', actions: { m: { action: 'Menu', with: { keys: ['1', '12'] } } } }), /can never be keyed/);
});

test('the key with the fewest wild digits counts', () => {
  assert.equal(matchKeys(['??', '1?', '12'], '12'), { found: '12' });
  assert.equal(matchKeys(['??', '1?', '12'], '13'), { found: '1?' });
  assert.equal(matchKeys(['??', '1?', '12'], '1'), 'more');
});

test.run();
