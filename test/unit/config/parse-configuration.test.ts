import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultLimit, faultLine } from '../../../firmware/config/fault.ts';
import type { Fault } from '../../../firmware/config/fault.ts';
import { maxConfigurationBytes, parseConfiguration } from '../../../firmware/config/parse-configuration.ts';

const base = 'peers: []\nmailboxes: []\n';

function faults(text: string): readonly Fault[] {
  const parsed = parseConfiguration(text, 'u.yaml');
  return parsed.ok ? [] : parsed.faults;
}

function lines(text: string): string[] {
  return faults(text).map(faultLine);
}

test('text keeps its source where YAML would make it something else', () => {
  const good = parseConfiguration('peers: [{ name: 007, addresses: [127.0.0.1] }]\nnumbers: { collect: ["*17", 0800, 1e3, 0x1F] }\nmailboxes: [{ number: 0201, name: true }]\n', 'u.yaml');
  if (!good.ok) throw new Error(good.faults.map(faultLine).join('\n'));
  assert.is(good.settings.peers[0]?.name, '007');
  assert.equal(good.settings.numbers.collect, ['*17', '0800', '1e3', '0x1F']);
  assert.is(good.settings.mailboxes[0]?.number, '0201');
  assert.is(good.settings.mailboxes[0]?.name, 'true');
});

test('JSON is accepted, and a byte order mark, and Windows line ends', () => {
  for (const text of ['{"peers":[],"mailboxes":[{"number":"201"}]}', `\ufeff${base}`, base.replaceAll('\n', '\r\n')]) assert.equal(lines(text), [], text);
});

test('tells everything that is wrong at once, in the order of the file, with a place and advice', () => {
  const text = `unit: { nmae: x, timeZone: Europe/Berln, language: fr }
ports: "40"
firstPort: 5060
sip: { udp: false, tcp: off, sessionExpiresSec: 30m }
rtp: { firstPort: 65530, codecs: PCMU }
numbers: { collect: [*17] }
peers:
  - name: a
    addresses: [10.0.0.0/33]
    register: { user: x, password: 5 }
  - { name: b, addresses: [10.0.0.1], lamps: notifi }
mailboxes:
  - number: 0201
  - number: 0201
  - { name: q }
  - { number: 77, number: 78 }
messages: { minSec: 5, maxSec: 5 }
`;
  assert.equal(lines(text), [
    'u.yaml:1:9: unit.nmae: there is no such key (did you mean name?)',
    'u.yaml:1:28: unit.timeZone: must be an IANA time zone like Europe/Berlin, or UTC, not "Europe/Berln" (did you mean Europe/Berlin?)',
    'u.yaml:1:52: unit.language: must be one of en, de, not "fr"',
    'u.yaml:2:8: ports: must be a whole number from 1 to 250, not "40" (write 40 without quotes)',
    'u.yaml:3:1: firstPort: there is no such key (did you mean rtp.firstPort?)',
    'u.yaml:4:25: sip.tcp: must be true or false, not "off" (write false)',
    'u.yaml:4:49: sip.sessionExpiresSec: must be a whole number from 90 to 86400 (seconds), not "30m" (write 30 without a unit)',
    'u.yaml:5:34: rtp.codecs: must be a list of PCMU, PCMA with 1 to 2 items, not "PCMU" (write it as a list: ["PCMU"])',
    'u.yaml:6:22: numbers.collect[0]: *17 without quotes is a YAML alias (write "*17")',
    'u.yaml:9:17: peers[0].addresses[0]: must be an IPv4 or IPv6 address, or a block like 192.0.2.0/24, not "10.0.0.0/33"',
    'u.yaml:11:46: peers[1].lamps: must be one of notify, subscribe, none, not "notifi" (did you mean notify?)',
    'u.yaml:14:13: mailboxes[1].number: the mailbox number 0201 is taken by mailboxes[0] (use another)',
    'u.yaml:15:5: mailboxes[2].number: the key is missing; it must be a mailbox number of 1 to 15 digits',
    'u.yaml:16:19: mailboxes[3].number: the key is here twice; it was first in line 16 (remove one of the two)',
    'u.yaml:17:21: messages.minSec: must be less than maxSec, which is 5',
  ]);
});

const single: [string, string, RegExp][] = [
  ['nothing at all', '', /^u\.yaml:1:1: must be a group of keys: unit, .*, not nothing$/],
  ['comments only', '# nothing\n', /must be a group of keys/],
  ['a bare value', '42', /must be a group of keys.*not 42$/],
  ['a list', '- a\n- b\n', /must be a group of keys.*not a list of 2$/],
  ['a section without keys', `${base}sip:\n`, /^u\.yaml:3:5: sip: must be a group of keys: address.*not nothing$/],
  ['a list for a section', `${base}sip: []\n`, /^u\.yaml:3:6: sip: must be a group of keys: address.*not a list of 0$/],
  ['a list for an item', 'peers: []\nmailboxes: [[201]]\n', /mailboxes\[0\]: must be a group of keys: number, name, language, peer, .*, not a list of 1$/],
  ['a group for a list', 'peers: {}\nmailboxes: []\n', /peers: must be a list with at most 64 items, not a group of keys$/],
  ['a tab', `${base}sip:\n\tport: 1\n`, /:4:1: the line is indented with a tab \(indent with spaces\)$/],
  ['an open bracket', 'peers: [\nmailboxes: []', /bracket/],
  ['a second document', `${base}---\n${base}`, /a second document begins here/],
  ['another YAML', `%YAML 1.1\n---\n${base}`, /another YAML version than 1\.2/],
  ['an unknown tag', 'peers: !!python/object []\nmailboxes: []\n', /the tag is not known/],
  ['an anchor', 'peers: &p []\nmailboxes: []\n', /:1:11: peers: &p is a YAML anchor/],
  ['a value that begins with @', `${base}unit: { name: @x }\n`, /cannot begin with this sign \(put the value in double quotes\)$/],
  ['a key that is a list', `${base}? [a]\n: 1\n`, /:3:3: a key must be a plain word$/],
  ['a merge key', `${base}<<: { ports: 1 }\n`, /:3:1: <<: there is no such key/],
  ['__proto__', `${base}__proto__: { ports: 1 }\n`, /:3:1: __proto__: there is no such key/],
  ['constructor', `${base}constructor: 1\n`, /:3:1: constructor: there is no such key/],
  ['a missing list', 'peers: []\n', /^u\.yaml:1:1: mailboxes: the key is missing; .*\(write mailboxes: \[\] for none\)$/],
  ['a number as big as nothing', `${base}ports: .inf\n`, /ports: must be a whole number from 1 to 250, not Infinity$/],
  ['a fraction', `${base}ports: 1.5\n`, /ports: must be a whole number.*not 1\.5$/],
  ['an odd RTP port', `${base}rtp: { firstPort: 16385 }\n`, /rtp\.firstPort: must be an even number/],
];

for (const [name, text, expected] of single) {
  test(`one fault: ${name}`, () => {
    const told = lines(text);
    assert.is(told.length, 1, told.join('\n'));
    assert.match(told[0] as string, expected);
  });
}

test('a password is never shown', () => {
  const told = lines('peers: [{ name: a, addresses: [127.0.0.1], host: h, register: { user: u, password: "tell\\nno one" } }]\nmailboxes: []\n');
  assert.is(told.length, 1);
  assert.match(told[0] as string, /register\.password: must be a password/);
  assert.not.match(told[0] as string, /tell/);
});

test('a file that is too large is refused unread', () => {
  const told = faults(`${base}#${'x'.repeat(maxConfigurationBytes)}`);
  assert.is(told.length, 1);
  assert.match(told[0]?.message ?? '', /at most 262144 are read/);
});

test('a file with thousands of faults tells the first hundred and counts the others', () => {
  const told = faults(`peers: []\nmailboxes: [${'{},'.repeat(1500)}]\n`);
  assert.is(told.length, faultLimit + 1);
  assert.is(told.at(-1)?.message, '1400 more faults follow');
  assert.ok(told.slice(0, -1).every((fault) => fault.message.startsWith('the key is missing')));
});

test('2000 mailboxes fit, and are read without delay', () => {
  const text = `peers: []\nmailboxes:\n${Array.from({ length: 2000 }, (_, index) => `  - { number: ${10000 + index}, name: "A person with a name of some length", language: de }`).join('\n')}\n`;
  assert.ok(text.length < maxConfigurationBytes);
  const began = process.cpuUsage();
  assert.equal(lines(text), []);
  const { user, system } = process.cpuUsage(began);
  assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms of processor time`);
  assert.match(lines(`${text}  - { number: 1 }\n`)[0] ?? '', /a list with at most 2000 items, not a list of 2001/);
});

test.run();
