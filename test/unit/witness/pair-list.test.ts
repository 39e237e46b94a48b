import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listenAt } from '../../../firmware/witness/listen-at.ts';
import { maxPairs, parsePairList } from '../../../firmware/witness/pair-list.ts';

const secret = 'sixteen-or-more!';

test('names and secrets, comments and empty lines', () => {
  const text = `# pairs of the north\n\nsite-1 ${secret}\n  site-2\t${secret}x  # the mill\r\nsite-3 a#b${secret}\n`;
  assert.equal(parsePairList(text, 'pairs'), { ok: true, pairs: [{ name: 'site-1', secret }, { name: 'site-2', secret: `${secret}x` }, { name: 'site-3', secret: `a#b${secret}` }] });
});

test('each fault has its line and a remedy, and no fault repeats a secret', () => {
  const text = ['site-1', `site-2 short`, `site 2 ${secret}`, `-x ${secret}`, `site-4 ${secret}`, `site-4 ${secret}`, 'site-5 geheim-mit-umläuten-ü'].join('\n');
  const list = parsePairList(text, 'p');
  if (list.ok) throw new Error('the list was taken');
  assert.equal(list.faults, [
    'p:1: site-1 has no secret; write it behind the name',
    'p:2: the secret of site-2 must have 16 to 128 printable characters without spaces',
    'p:3: site has more than a name and a secret; a secret has no spaces',
    'p:4: a pair has a name of 1 to 32 letters, digits, dots, dashes and underscores',
    'p:6: site-4 is in line 5 already; remove one of the two',
    'p:7: the secret of site-5 must have 16 to 128 printable characters without spaces',
  ]);
});

test('an empty file, one of another kind, and one with too many pairs', () => {
  assert.equal(parsePairList('# none\n', 'p'), { ok: false, faults: ['p: there is no pair in it; write one line for each: its name and its secret'] });
  const other = parsePairList('\u0000\n'.repeat(500), 'p');
  assert.is(other.ok, false);
  assert.is(other.ok ? 0 : other.faults.length, 20);
  const lines = (count: number): string => Array.from({ length: count }, (_, at) => `site-${at} ${secret}`).join('\n');
  assert.is(parsePairList(lines(maxPairs), 'p').ok, true);
  assert.equal(parsePairList(lines(maxPairs + 1), 'p'), { ok: false, faults: ['p: it has 1001 pairs, and one witness takes 1000; start a second witness for the others'] });
});

test('where it listens', () => {
  const rows: [string, ReturnType<typeof listenAt>][] = [
    ['192.0.2.9:5072', { address: '192.0.2.9', port: 5072 }],
    ['192.0.2.9', { address: '192.0.2.9', port: 5072 }],
    ['[2001:db8::9]:6000', { address: '2001:db8::9', port: 6000 }],
    ['2001:db8::9', { address: '2001:db8::9', port: 5072 }],
    ['::', { address: '::', port: 5072 }],
    ['witness.example:5072', null],
    ['192.0.2.9:0', null],
    ['192.0.2.9:65536', null],
    ['192.0.2.9:5072:1', null],
    ['[192.0.2.9', null],
    ['', null],
  ];
  for (const [text, expected] of rows) assert.equal(listenAt(text), expected, text);
});

test.run();
