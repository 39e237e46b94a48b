import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import type { CallSource } from '../../../firmware/mailbox/owner/trusted-source.ts';
import { entersWithoutPin } from '../../../firmware/mailbox/owner/trusted-source.ts';

const parsed = parseConfiguration(
  `peers:
  - { name: pbx, addresses: [192.0.2.1], trusted: true }
  - { name: gateway, addresses: [192.0.2.2] }
mailboxes:
  - { number: 201, trusted: ['0171234'] }
  - { number: 202, pinAlways: true }
  - { number: 300, members: [201] }
  - { number: 301, members: [201], pinAlways: true }
`, 'test.yaml');
if (!('settings' in parsed) || parsed.settings === null) throw new Error('not a configuration');
const { settings } = parsed;

const enters = (mailbox: string, source: Partial<CallSource> = {}, entered: readonly string[] = []): boolean =>
  entersWithoutPin(settings, { peer: 'pbx', transport: 'udp', callerNumber: '201', ...source }, mailbox, entered);

test('the own telephone and numbers that the mailbox names enter, from a trusted peer', () => {
  assert.ok(enters('201'));
  assert.ok(enters('201', { callerNumber: '0171234' }));
  assert.not.ok(enters('201', { callerNumber: '0171235' }));
  assert.not.ok(enters('201', { callerNumber: '' }));
  assert.not.ok(enters('202', { callerNumber: '201' }));
  assert.not.ok(enters('999', { callerNumber: '999' }), 'there is no such mailbox');
});

test('forged-number-from-outside: what an untrusted peer tells opens nothing', () => {
  assert.not.ok(enters('201', { peer: 'gateway' }));
  assert.not.ok(enters('201', { peer: 'unknown' }));
  assert.not.ok(enters('201', { peer: 'pbx', transport: 'line' }), 'a trunk is no telephone of ours');
});

test('a mailbox that always wants its PIN gets it, from members of its group too', () => {
  assert.not.ok(enters('202', { callerNumber: '202' }));
  assert.not.ok(enters('301', { callerNumber: '201' }));
  assert.not.ok(enters('301', {}, ['201']), 'a member who is in their own mailbox');
  assert.ok(enters('301', {}, ['301']), 'back to where the PIN was given');
});

test('members enter their group mailbox, from their telephone or from their own mailbox', () => {
  assert.ok(enters('300'));
  assert.ok(enters('300', { peer: 'gateway', callerNumber: '0301234' }, ['201']));
  assert.not.ok(enters('300', { peer: 'gateway', callerNumber: '0301234' }, ['202']));
  assert.not.ok(enters('300', { peer: 'gateway', callerNumber: '201' }));
  assert.ok(enters('201', { peer: 'gateway' }, ['201', '300']), 'and back');
  assert.not.ok(enters('201', { peer: 'gateway' }, ['300']), 'and not the other way round');
});

test.run();
