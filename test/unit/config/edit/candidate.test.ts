import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Candidate } from '../../../../firmware/config/edit/candidate.ts';
import { readSettingPath } from '../../../../firmware/config/edit/setting-path.ts';
import type { SettingPath } from '../../../../firmware/config/edit/setting-path.ts';
import { differenceLines, namedPath, writtenLines } from '../../../../firmware/config/edit/written-lines.ts';
import { leaves } from '../../../../firmware/config/json-schema.ts';
import { parseConfiguration } from '../../../../firmware/config/parse-configuration.ts';
import { sampleConfiguration } from '../../../../firmware/config/sample.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';

const text = `# The office in Kiel.
sip:
  port: 5060 # as the PBX has it
peers:
  # in the cellar
  - { name: pbx, addresses: [10.0.0.1], host: 10.0.0.1, register: { user: u, password: old-secret } }
mailboxes:
  - number: 0201 # reception
    name: Ada
  - { number: "202", name: 007 }
`;

function path(name: string): SettingPath {
  const found = readSettingPath(name);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

function candidate(from = text): Candidate {
  const made = Candidate.of(from);
  if (made === null) throw new Error('no candidate');
  return made;
}

const settings = (one: Candidate) => {
  const parsed = parseConfiguration(one.text, 'test.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings;
};

test('a value is set, and every comment and the order of keys stay', () => {
  const one = candidate();
  assert.is(one.text, text, 'untouched it is the same text');
  assert.is(one.set(path('sip.port'), '5070'), null);
  assert.is(settings(one).sip.port, 5070);
  for (const remark of ['# The office in Kiel.', 'port: 5070 # as the PBX has it', '# in the cellar', '# reception']) assert.ok(one.text.includes(remark), `${remark} in\n${one.text}`);
});

test('numbers that are text keep their zeros', () => {
  const one = candidate();
  one.set(path('ports'), '8');
  assert.equal(settings(one).mailboxes.map(({ number, name }) => [number, name]), [['0201', 'Ada'], ['202', '007']]);
});

test('items are found by name and made when they are set', () => {
  const one = candidate();
  assert.is(one.set(path('mailboxes[0201].name'), 'Grace'), null);
  assert.is(one.set(path('mailboxes[207].name'), 'Eve # no comment'), null);
  assert.is(one.set(path('mailboxes[208]'), null), null);
  assert.is(one.set(path('mailboxes[208]'), null), null, 'twice is once');
  assert.equal(settings(one).mailboxes.map(({ number, name }) => `${number} ${name}`), ['0201 Grace', '202 007', '207 Eve # no comment', '208 ']);
});

test('groups on the way are made, also where null is written', () => {
  const one = candidate('pair: null\npeers: []\nmailboxes: []\n');
  for (const [where, value] of [['pair.rank', 'backup'], ['pair.partner', '10.0.0.2,10.1.0.2'], ['messages.maxSec', '90']] as const) assert.is(one.set(path(where), value), null, where);
  assert.is(settings(one).pair?.rank, 'backup');
  assert.equal(settings(one).pair?.partner, ['10.0.0.2', '10.1.0.2']);
  assert.is(settings(one).messages.maxSec, 90);
});

test('what is taken away gets its default back; the lists that have none become empty', () => {
  const one = candidate();
  assert.is(one.remove(path('sip.port')), null);
  assert.is(one.remove(path('mailboxes[202]')), null);
  assert.is(one.remove(path('peers')), null);
  assert.is(one.remove(path('mailboxes[202]')), 'mailboxes[202] is not written in the configuration');
  assert.is(one.remove(path('rtp.codecs')), 'rtp.codecs is not written in the configuration');
  const { sip, mailboxes, peers } = settings(one);
  assert.equal([sip.port, mailboxes.length, peers.length], [5060, 1, 0]);
});

for (const [where, value, problem] of [
  ['sip.port', '70000', /^must be a whole number from 1 to 65535, not 70000$/],
  ['sip.port', '5060ms', /must be a whole number from 1 to 65535, not "5060ms" \(write 5060 without a unit\)/],
  ['sip.udp', 'yes', /must be true or false, not "yes" \(write true\)/],
  ['rtp.firstPort', '16385', /must be an even number/],
  ['rtp.codecs', 'PCMU,G729', /must be one of PCMU, PCMA/],
  ['rtp.codecs', '', /must be a list/],
  ['unit.timeZone', 'Europe/Berlim', /did you mean Europe\/Berlin\?/],
  ['pair.rank', 'third', /must be one of primary, backup/],
  ['pair.partner', '10.0.0.300', /must be an IPv4 or IPv6 address/],
  ['mailboxes[abc].name', 'x', /the name must be a mailbox number of 1 to 15 digits/],
  ['peers[pbx].register.password', '\u0007', /^must be a password of 1 to 128 characters on one line$/],
  ['sip', '5060', /sip has keys of its own; a value goes to one of them/],
  ['sip', null, /sip is a group: set one of its keys/],
  ['sip.port', null, /sip.port wants a value/],
] as const) {
  test(`${where} ${JSON.stringify(value)} is refused with what would be right, and nothing changes`, () => {
    const one = candidate();
    assert.match(one.set(path(where), value) ?? 'accepted', problem);
    assert.is(one.text, text);
  });
}

for (const [name, problem] of [
  ['sip.prot', 'there is no key prot here; did you mean port?'],
  ['sipp', 'there is no key sipp here; did you mean sip?'],
  ['mailboxes.name', 'name must follow the name of an item, in brackets'],
  ['sip[5060]', '[5060] does not belong here: this is no list of groups'],
  ['sip.port.x', 'nothing lies below here that could be x'],
  ['sip..port', 'a path is written like sip.port or mailboxes[201].name'],
  ['', 'a path is written like sip.port or mailboxes[201].name'],
] as const) {
  test(`"${name}" is no path: ${problem}`, () => assert.equal(readSettingPath(name), { problem }));
}

test('every value of the schema has a path that leads to it', () => {
  for (const { path: name } of leaves()) {
    const found = readSettingPath(name.replace('[]', '[x1]'));
    assert.not.ok('problem' in found, name);
  }
});

test('what is not YAML, or not what a configuration may be, is no candidate', () => {
  for (const bad of ['a: [', 'a: &x 1\nb: *x\n', 'a: 1\na: 2\n']) assert.is(Candidate.of(bad), null, bad);
});

test('a candidate of an empty text can be filled', () => {
  const one = candidate('');
  one.set(path('mailboxes[201]'), null);
  one.set(path('peers[pbx].addresses'), '10.0.0.1');
  assert.is(settings(one).mailboxes[0]?.number, '201');
});

test('differences are told by name, secrets only as changed', () => {
  const one = candidate();
  one.set(path('sip.port'), '5070');
  one.set(path('mailboxes[207].name'), 'Eve');
  one.set(path('peers[pbx].register.password'), 'new-secret');
  assert.equal(differenceLines(candidate().value, one.value), [
    '- sip.port = 5060', '+ sip.port = 5070',
    '- peers[pbx].register.password = (not shown)', '+ peers[pbx].register.password = (not shown)',
    '+ mailboxes[207].number = "207"', '+ mailboxes[207].name = "Eve"',
  ]);
  assert.equal(writtenLines(one.value, 'mailboxes[0201]'), ['mailboxes[0201].number = "0201"', 'mailboxes[0201].name = "Ada"']);
  assert.is(namedPath('mailboxes[1].name', one.value), 'mailboxes[202].name');
  assert.is(namedPath('mailboxes[9].name', one.value), 'mailboxes[9].name');
});

test('any order of changes leaves what plain data would: nothing else in the file moves', () => {
  const random = new SimRandom(20260105);
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)] as T;
  for (let round = 0; round < 60; round++) {
    const one = candidate(pick([text, sampleConfiguration(), 'peers: []\nmailboxes: []\n', '{"peers": [], "mailboxes": [{"number": "201"}]}']));
    for (let step = 0; step < 12; step++) {
      const before = one.value;
      const number = String(200 + random.below(6));
      const removing = random.below(4) === 0;
      const at = removing || random.below(2) === 0 ? path(`mailboxes[${number}]`) : path(pick(['sip.port', 'ports', 'messages.maxSec', `mailboxes[${number}].name`]));
      const value = at.text.endsWith(']') ? null : String(100 + random.below(100));
      const problem = removing ? one.remove(at) : one.set(at, value);
      const differences = differenceLines(before, one.value);
      if (problem !== null) assert.equal(differences, [], problem);
      else assert.ok(differences.every((line) => line.slice(2) === 'mailboxes = []' || line.slice(2).startsWith(at.text.replace(/\.name$/, '.'))), `${at.text}: ${differences.join(' | ')}`);
    }
    settings(one);
  }
});

test.run();
