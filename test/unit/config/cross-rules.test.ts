import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultLine } from '../../../firmware/config/fault.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';

function lines(parts: Record<string, unknown>): string[] {
  const parsed = parseConfiguration(JSON.stringify({ peers: [], mailboxes: [], ...parts }), 'u');
  return parsed.ok ? [] : parsed.faults.map((fault) => faultLine(fault).replace(/^u:\d+:\d+: /, ''));
}

const peer = { name: 'a', addresses: ['192.0.2.1'] };

const backup = { name: 'b', addresses: ['192.0.2.2'], host: 'h' };
const sip = { address: '192.0.2.1' };
const key = `${'A'.repeat(43)}=`;
const pair = { rank: 'primary', partner: ['192.0.2.2'] };
const central = { addresses: ['192.0.2.2', '192.0.2.3'], collectAt: '*17' };

const cases: [string, Record<string, unknown>, string[]][] = [
  ['audio ports just fit', { ports: 10, rtp: { firstPort: 65516 } }, []],
  ['audio ports do not fit', { ports: 10, rtp: { firstPort: 65518 } }, ['rtp.firstPort: 10 ports need the audio ports 65518 to 65537, and there is none above 65535 (use 65516 or less)']],
  ['more ports are set aside than there are', { ports: 4, rtp: {}, reservations: { leave: 3, mailboxAccess: 2 } }, ['reservations: 5 ports are set aside, and the unit has 4 (set aside fewer, or raise ports)']],
  ['audio ports end before SIP', { ports: 10, rtp: { firstPort: 5040 } }, []],
  ['audio ports reach SIP', { ports: 10, rtp: { firstPort: 5042 } }, ['rtp.firstPort: the audio ports 5042 to 5061 would take sip.port 5060 (move one of the two)']],
  ['SIP on TCP alone does not mind', { ports: 10, rtp: { firstPort: 5042 }, sip: { udp: false } }, []],
  ['nobody can call', { sip: { udp: false, tcp: false } }, ['sip: udp and tcp are both off, so nobody can call (set one of them to true)']],
  ['session timers', { sip: { sessionExpiresSec: 100, minSessionExpiresSec: 101 } }, ['sip.minSessionExpiresSec: must not be more than sessionExpiresSec, which is 100']],
  ['session timers alike', { sip: { sessionExpiresSec: 100, minSessionExpiresSec: 100 } }, []],
  ['a return shorter than the time to see a loss', { sip: { watchMs: 2000, returnSec: 6 } }, ['sip.returnSec: with watchMs 2000 and watchMisses 12 it takes up to 7 s to see that a PBX is lost (use 7 or more)']],
  ['a return as long as the time to see a loss', { sip: { watchMs: 2000, returnSec: 7 } }, []],
  ['message lengths', { messages: { minSec: 1, maxSec: 1, mailboxMaxSec: 60 } }, ['messages.minSec: must be less than maxSec, which is 1']],
  ['mailbox smaller than a message', { messages: { maxSec: 61, mailboxMaxSec: 60 } }, ['messages.maxSec: must not be more than mailboxMaxSec, which is 60']],
  ['pin tries', { pins: { triesPerCall: 4, triesBeforeLock: 3 } }, ['pins.triesPerCall: must not be more than triesBeforeLock, which is 3']],
  ['a partner as its own witness', { sip, pair: { ...pair, witness: { address: '192.0.2.2', name: 'a', secret: '0123456789abcdef' } } }, ['pair.witness.address: this is the partner, which cannot witness its own death (use the address of a third machine)']],
  ['a serial line that is fast enough', { sip, pair: { ...pair, serial: { device: '/dev/ttyS1', baud: 19200 } } }, []],
  ['a serial line that is too slow', { sip, pair: { ...pair, serial: { device: '/dev/ttyS1', baud: 9600 } } }, ['pair.serial.baud: at 9600 bit/s the line carries one of 6 beats, so that fewer than 4 come in 16 (use a faster line, or misses of 24 or more)']],
  ['a third machine as witness', { sip, pair: { ...pair, witness: { address: '192.0.2.3', name: 'a', secret: '0123456789abcdef' } } }, []],
  ['codec twice', { rtp: { codecs: ['PCMU', 'PCMU'] } }, ['rtp.codecs[1]: PCMU is in the list already (remove it)']],
  ['collect number twice', { numbers: { collect: ['*17', '*17'] } }, ['numbers.collect[1]: *17 is in the list already (remove it)']],
  ['collect number is a mailbox', { numbers: { collect: ['201'] }, mailboxes: [{ number: '200' }, { number: '201' }] }, ['numbers.collect[0]: 201 is the number of mailboxes[1] too (use another number for one of the two)']],
  ['a group of mailboxes', { mailboxes: [{ number: '1', members: ['2', '3'] }, { number: '2' }, { number: '3' }] }, []],
  ['a group with a member that is no mailbox', { mailboxes: [{ number: '1', members: ['2', '3'] }, { number: '2' }] }, ['mailboxes[0].members[1]: there is no mailbox 3 (use the number of a mailbox)']],
  ['a group in itself', { mailboxes: [{ number: '1', members: ['1'] }] }, ['mailboxes[0].members[0]: mailbox 1 cannot be a member of itself (remove it)']],
  ['a member twice', { mailboxes: [{ number: '1', members: ['2', '2'] }, { number: '2' }] }, ['mailboxes[0].members[1]: 2 is in the list already (remove it)']],
  ['mailbox twice', { mailboxes: [{ number: '1' }, { number: '2' }, { number: '1' }] }, ['mailboxes[2].number: the mailbox number 1 is taken by mailboxes[0] (use another)']],
  ['peer twice', { peers: [peer, { ...peer, addresses: ['192.0.2.2'] }] }, ['peers[1].name: the peer name a is taken by peers[0] (use another)']],
  ['address twice', { peers: [peer, { ...peer, name: 'b' }] }, ['peers[1].addresses[0]: 192.0.2.1 belongs to peers[0] already, so nobody could say whose packet it is (remove one of the two)']],
  ['registration without host', { peers: [{ ...peer, register: { user: 'u', password: 'p' } }] }, ['peers[0].register: registration needs to know where to go (add host)']],
  ['notify without host', { peers: [{ ...peer, lamps: 'notify' }] }, ['peers[0].lamps: notify needs to know where to go (add host, or use subscribe)']],
  ['transport that is off', { peers: [{ ...peer, host: 'h', transport: 'tcp' }], sip: { tcp: false } }, ['peers[0].transport: tcp is off in sip (use udp, or set sip.tcp to true)']],
  ['all of a peer in order', { peers: [{ ...peer, host: 'h', transport: 'tcp', lamps: 'notify', register: { user: 'u', password: 'p' } }] }, []],
  ['a pair', { pair }, []],
  ['a pair that leaves messages where they are', { pair: { ...pair, messages: 'none' } }, []],
  ['a pair with a shared address', { sip, pair: { ...pair, sharedAddress: '192.0.2.10/24', interface: 'eth0' } }, []],
  ['a shared address beside all addresses', { pair: { ...pair, sharedAddress: '192.0.2.10/24', interface: 'eth0' } }, ["sip.address: beside a shared address the unit must know its own (use the unit's own address)"]],
  ['a shared address that is the own', { sip: { address: '192.0.2.10' }, pair: { ...pair, sharedAddress: '192.0.2.10/24', interface: 'eth0' } }, ["sip.address: this is the address that the pair shares, which the unit does not always hold (use the unit's own address)"]],
  ['calls that follow the shared address', { sip, pair: { ...pair, sharedAddress: '192.0.2.10/24', interface: 'eth0', calls: 'follow' } }, []],
  ['calls that have no address to follow', { sip, pair: { ...pair, calls: 'follow' } }, ['pair.calls: calls follow the shared address, and there is none (add sharedAddress and interface, or set it to end)']],
  ['calls that end need no address', { sip, pair: { ...pair, calls: 'end' } }, []],
  ['callers that are told another address', { sip: { ...sip, publicAddress: '198.51.100.7' }, pair: { ...pair, sharedAddress: '192.0.2.10/24', interface: 'eth0', calls: 'follow' } }, ['pair.calls: calls follow the shared address, and sip.publicAddress would tell callers 198.51.100.7 (remove sip.publicAddress, or set it to end)']],
  ['a shared address without a place', { sip, pair: { ...pair, sharedAddress: '192.0.2.10/24' } }, ['pair.sharedAddress: nobody could say where the address goes (add interface)']],
  ['a place without a shared address', { pair: { ...pair, interface: 'eth0' } }, ['pair.interface: there is no sharedAddress to put on it (add sharedAddress, or remove interface)']],
  ['a partner twice', { pair: { ...pair, partner: ['192.0.2.2', '192.0.2.2'] } }, ['pair.partner[1]: 192.0.2.2 is in the list already (remove it)']],
  ['the heartbeat on the port of SIP', { pair: { ...pair, port: 5060 } }, ['pair.port: the pair needs the ports 5060 and 5061, and sip.port is 5060 (use another)']],
  ['the secure channel on the port of SIP', { pair: { ...pair, port: 5059 } }, ['pair.port: the pair needs the ports 5059 and 5060, and sip.port is 5060 (use another)']],
  ['the secure channel beside SIP on UDP alone', { sip: { tcp: false }, pair: { ...pair, port: 5059 } }, []],
  ['the heartbeat among the audio ports', { pair: { ...pair, port: 16384 } }, ['pair.port: the audio ports from 16384 on would take it (use another)']],
  ['distributed units on the port of SIP', { pair: { ...pair, port: 5058 } }, ['pair.port: distributed units use port 5060, and sip.port is 5060 (use another)']],
  ['a distributed unit', { central, mailboxes: [{ number: '201', peer: 'elsewhere' }] }, []],
  ['a distributed unit of a pair', { central, pair }, ['central: a unit of a pair cannot be a distributed unit, nor a distributed one a backup (remove pair or central)']],
  ['a central unit twice', { central: { ...central, addresses: ['192.0.2.2', '192.0.2.2'] } }, ['central.addresses[1]: 192.0.2.2 is in the list already (remove it)']],
  ['a unit that is its own central one', { sip: { address: '192.0.2.3' }, central }, ['central.addresses[1]: that is sip.address of this unit (use the address of the central unit)']],
  ['the lamp of a mailbox at a PBX', { peers: [peer], mailboxes: [{ number: '201', peer: 'a' }] }, []],
  ['the lamp of a mailbox at nobody', { peers: [peer], mailboxes: [{ number: '201', peer: 'b' }] }, ['mailboxes[0].peer: there is no peer named b (use the name of a peer)']],
  ['a gateway in the network of the address', { network: { address: '192.0.2.10/25', gateway: '192.0.2.126' } }, []],
  ['a gateway elsewhere', { network: { address: '192.0.2.10/25', gateway: '192.0.2.129' } }, ['network.gateway: 192.0.2.129 is not in the network of 192.0.2.10/25 (set a gateway in that network)']],
  ['a gateway of the other protocol', { network: { address: '192.0.2.10/25', gateway: 'fe80::1' } }, ['network.gateway: fe80::1 is not in the network of 192.0.2.10/25 (set a gateway in that network)']],
  ['a gateway beside DHCP', { network: { gateway: '192.0.2.1' } }, ['network.gateway: the address comes by DHCP, which names the gateway too (add address, or remove gateway)']],
  ['rights without an issuer', { entitlement: { file: '/etc/unit.entitlement' } }, ['entitlement.file: nobody could say whether it is genuine (add issuerKey, or remove file)']],
  ['a backup PBX', { peers: [{ ...peer, host: 'h' }, { ...backup, backupOf: 'a' }] }, []],
  ['a backup PBX without host', { peers: [{ ...peer, host: 'h' }, { ...backup, host: null, backupOf: 'a' }] }, ['peers[1].backupOf: a PBX that stands in for another must be known by where it is (add host)']],
  ['the backup of nobody', { peers: [{ ...backup, backupOf: 'a' }] }, ['peers[0].backupOf: there is no peer named a (use the name of another peer)']],
  ['the backup of itself', { peers: [{ ...backup, backupOf: 'b' }] }, ['peers[0].backupOf: a PBX cannot stand in for itself (use the name of another peer)']],
  ['the backup of a PBX that cannot be watched', { peers: [peer, { ...backup, backupOf: 'a' }] }, ['peers[1].backupOf: a has no host, so nobody could see that it is lost (add host to a)']],
  ['the backup of a backup', { peers: [{ ...peer, host: 'h' }, { ...backup, backupOf: 'a' }, { name: 'c', addresses: ['192.0.2.3'], host: 'h', backupOf: 'b' }] }, ['peers[2].backupOf: b is itself the backup of another (name the first one)']],
  ['an estate over TLS', { estate: { site: 'harbour', broker: { host: 'h', authority: '/etc/ca.pem', user: 'u', password: 'p' } } }, []],
  ['an estate in the clear', { estate: { site: 'harbour', broker: { host: 'h', port: 1883, tls: false, user: 'u' } } }, []],
  ['an authority in the clear', { estate: { site: 'harbour', broker: { host: 'h', tls: false, authority: '/etc/ca.pem' } } }, ['estate.broker.authority: in the clear nobody vouches for anybody (set tls to true, or remove authority)']],
  ['a password in the clear', { estate: { site: 'harbour', broker: { host: 'h', tls: false, user: 'u', password: 'p' } } }, ['estate.broker.password: it would pass in the clear (set tls to true, or remove password)']],
  ['a password of nobody', { estate: { site: 'harbour', broker: { host: 'h', password: 'p' } } }, ['estate.broker.password: nobody could say whose it is (add user, or remove password)']],
  ['a command key twice', { estate: { site: 'harbour', broker: { host: 'h' }, commandKeys: [key, key] } }, ['estate.commandKeys[1]: this key is in the list already (remove it)']],
];

for (const [name, parts, expected] of cases) test(name, () => assert.equal(lines(parts), expected));

test('rules between sound sections hold beside faults elsewhere', () => {
  const told = lines({ ports: 0, sip: { udp: false, tcp: false }, mailboxes: [{ number: 'x' }, { number: '1' }, { number: '1' }] });
  assert.is(told.length, 4, told.join('\n'));
});

test.run();
