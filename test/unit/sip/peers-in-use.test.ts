import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { PbxState } from '../../../firmware/sip/watch/pbx-machine.ts';
import { peersInUse } from '../../../firmware/sip/watch/peers-in-use.ts';
import { pbx } from '../../support/sip/layer-world.ts';

const peer = (name: string, backupOf: string | null = null): PeerSettings => ({ ...pbx, name, backupOf });
const group = [peer('a'), peer('b', 'a'), peer('c', 'a')];

const letters: Record<string, PbxState> = { u: 'unknown', p: 'present', d: 'doubted', l: 'lost', r: 'returning' };

/** `states`: one letter for each of a, b and c. */
const inUse = (states: string, before = '', peers = group): string =>
  [...peersInUse(peers, (name) => letters[states['abc'.indexOf(name)] ?? ''] ?? null, new Set(before))].join('');

const cases: [what: string, states: string, before: string, expected: string][] = [
  ['nobody was asked yet', 'uuu', '', 'a'],
  ['all are there', 'ppp', 'a', 'a'],
  ['the first is doubted', 'dpp', 'a', 'a'],
  ['the first is lost', 'lpp', 'a', 'b'],
  ['the first is lost, the second unknown', 'lup', 'a', 'b'],
  ['the first two are lost', 'llp', 'b', 'c'],
  ['the first is returning', 'rpp', 'b', 'b'],
  ['the second is returning while the third is used', 'lrp', 'c', 'c'],
  ['the second is back while the third is used', 'lpp', 'c', 'b'],
  ['the first is back', 'ppp', 'c', 'a'],
  ['all are lost, nothing was used', 'lll', '', 'a'],
  ['all are lost: it stays', 'lll', 'b', 'b'],
  ['one answers again, and nobody is better', 'llr', 'b', 'c'],
  ['two answer again', 'rlr', 'b', 'a'],
  ['two answer again, one of them is used', 'rlr', 'c', 'c'],
];

for (const [what, states, before, expected] of cases) test(`${what}: ${states}, ${before || 'none'} before`, () => assert.is(inUse(states, before), expected));

test('whatever the states: one of the group, the same again when asked again, and never a lost one while another answers', () => {
  const all = Object.keys(letters);
  for (const a of all) for (const b of all) for (const c of all) for (const before of ['', 'a', 'b', 'c']) {
    const states = a + b + c;
    const used = inUse(states, before);
    assert.is(used.length, 1, states);
    assert.is(inUse(states, used), used, `${states} after ${used}`);
    if (states !== 'lll') assert.is.not(states['abc'.indexOf(used)], 'l', `${states} before ${before}`);
  }
});

test('peers that stand for themselves are always in use, and groups do not touch each other', () => {
  const peers = [...group, peer('x'), peer('y', 'x'), peer('z')];
  assert.is(inUse('lpp', 'axz', peers), 'bxz');
});

test.run();
