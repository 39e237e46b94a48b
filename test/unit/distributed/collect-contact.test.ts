import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import { collectContact } from '../../../firmware/distributed/collect-contact.ts';

const peer = (more: Partial<PeerSettings>): PeerSettings => ({ name: 'c', addresses: ['192.0.2.1'], host: null, port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null, ...more });
const facts = { peer: 'c', remoteAddress: '192.0.2.1' };

const cases: readonly [string, string, readonly PeerSettings[], string][] = [
  ['a URI is the contact', 'sip:*17@192.0.2.7:5080;transport=tcp', [], 'sip:*17@192.0.2.7:5080;transport=tcp'],
  ['a number is one of the PBX that sent the call', '*99', [peer({ host: 'pbx.example', port: 5070 })], 'sip:*99@pbx.example:5070'],
  ['by its transport', '*99', [peer({ host: '192.0.2.1', transport: 'tcp' })], 'sip:*99@192.0.2.1:5060;transport=tcp'],
  ['a PBX without a host is where its packets come from', '900', [peer({})], 'sip:900@192.0.2.1'],
  ['# has no place in a URI', '#17', [peer({ host: 'fd00::1' })], 'sip:%2317@[fd00::1]:5060'],
];

for (const [name, collectAt, peers, expected] of cases) test(name, () => assert.is(collectContact(collectAt, facts, peers), expected));

test.run();
