import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerUse } from '../../../firmware/calls/peer-to-call.ts';
import { peerToCall } from '../../../firmware/calls/peer-to-call.ts';
import { shownAs, unitCall } from '../../../firmware/calls/outgoing-call.ts';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import { testSettings } from '../../support/sim-unit.ts';
import { pbx } from '../../support/sip/layer-world.ts';

const peer = (name: string, backupOf: string | null = null, host: string | null = '10.0.0.1'): PeerSettings => ({ ...pbx, name, backupOf, host });
const peers = [peer('mute', null, null), peer('a'), peer('b', 'a'), peer('c', 'a'), peer('x'), peer('y', 'x')];

/** `used`: names in use; `lost`: names that are. */
const called = (name: string | null, used: string, lost = ''): string | null => {
  const uses = peers.map((one): PeerUse => ({ name: one.name, inUse: used.includes(one.name), watch: lost.includes(one.name) ? 'lost' : 'present' }));
  return peerToCall(peers, uses, name)?.name ?? null;
};

const cases: [what: string, name: string | null, used: string, lost: string, expected: string | null][] = [
  ['the one named is in use', 'a', 'ax', '', 'a'],
  ['its backup is used in its place', 'a', 'bx', 'a', 'b'],
  ['its second backup is', 'a', 'cx', 'ab', 'c'],
  ['it answers again, and its backup is still used', 'a', 'bx', '', 'b'],
  ['another group is left alone', 'x', 'bx', 'a', 'x'],
  ['a backup by name, though it is not used', 'b', 'ax', '', 'b'],
  ['a backup by name that is lost', 'b', 'ax', 'b', 'a'],
  ['nobody named', null, 'bx', 'a', 'b'],
  ['nobody named, the first group has only one that is not heard', null, 'ax', 'abc', 'a'],
  ['a standby uses none', 'a', '', '', 'a'],
  ['a standby, nobody named', null, '', '', 'a'],
  ['a peer without host', 'mute', 'ax', '', null],
  ['nobody of this name', 'z', 'ax', '', null],
];

for (const [what, name, used, lost, expected] of cases) test(`${what}: ${name}, in use ${used || 'none'}`, () => assert.is(called(name, used, lost), expected));

test('a number is escaped for the URI, an IPv6 host bracketed, and the registration gives number and credentials', () => {
  const register = { user: '700', authUser: 'unit', password: 'p', expiresSec: 60 } as NonNullable<PeerSettings['register']>;
  const known = { ...peer('a', null, 'fd00::1'), host: 'fd00::1', register };
  const call = unitCall(testSettings(), known, '#9%', { address: '10.0.0.2', rtpPort: 4000 });
  assert.equal([call.target, call.fromNumber, call.credentials], ['sip:%239%25@[fd00::1]:5060', '700', { user: 'unit', password: 'p' }]);
  assert.equal(unitCall(testSettings(), { ...known, register: null }, '9', { address: '', rtpPort: 0 }).credentials, undefined);
});

test('who withholds their number is shown as nobody', () => {
  assert.equal([shownAs('', 'Eve'), shownAs('5', 'Eve')], [{ fromNumber: 'anonymous', fromName: 'Anonymous' }, { fromNumber: '5', fromName: 'Eve' }]);
});

test.run();
