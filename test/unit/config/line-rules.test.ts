import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import { planChange } from '../../../firmware/config/plan.ts';
import { ringsBeforeOffer } from '../../../firmware/config/line-settings.ts';

const head = `
peers:
  - { name: pbx, addresses: [192.0.2.1], host: 192.0.2.1 }
  - { name: deaf, addresses: [192.0.2.2] }
mailboxes: [{ number: "201" }, { number: "202" }]
`;
const trunk = '{ name: t1, device: "sim:1", kind: trunk, number: "5550100" }';
const parse = (lines: string, incoming: string, more = '') => parseConfiguration(`${head}lines: [${lines}]\nincoming: [${incoming}]\n${more}`, 'unit.yaml');

/** 'path: message (remedy)' of each fault. */
function faults(lines: string, incoming: string, more = ''): string[] {
  const parsed = parse(lines, incoming, more);
  return parsed.ok ? [] : parsed.faults.map(({ path, message, suggestion }) => `${path}: ${message} (${suggestion})`);
}

const cases: readonly (readonly [title: string, lines: string, incoming: string, fault: RegExp])[] = [
  ['a trunk without a route', trunk, '', /^lines\[0\]: no route of incoming says where its calls go \(add to incoming: \{ name: NAME, line: t1, mailbox: NUMBER \}\)$/],
  ['a trunk whose routes are for some callers only', trunk, '{ name: a, caller: "0", mailbox: "201" }', /^lines\[0\]: the routes of incoming say where calls of some callers go, and nothing of the others/],
  ['a trunk whose routes are for another number', trunk, '{ name: a, did: "777", mailbox: "201" }', /^incoming\[0\]\.did: no trunk that it could be has such a number/],
  ['a route that leads nowhere', trunk, '{ name: a }', /^incoming\[0\]: the route leads nowhere/],
  ['a flow beside collect', trunk, '{ name: a, flow: Night, collect: true }', /^incoming\[0\]\.flow: a flow is what serves the call/],
  ['a name that no flow can have', trunk, '{ name: a, flow: "a/b" }', /^incoming\[0\]\.flow: must be a name of 1 to 64 letters/],
  ['collect beside a mailbox', trunk, '{ name: a, collect: true, mailbox: "201" }', /^incoming\[0\]\.collect: callers cannot both/],
  ['a mailbox that there is not', trunk, '{ name: a, mailbox: "999" }', /^incoming\[0\]\.mailbox: there is no mailbox 999/],
  ['an extension without a peer', trunk, '{ name: a, extension: "301" }', /^incoming\[0\]\.extension: nobody could say where/],
  ['a peer without an extension', trunk, '{ name: a, mailbox: "201", peer: pbx }', /^incoming\[0\]\.peer: there is no extension/],
  ['an extension at an unknown peer', trunk, '{ name: a, extension: "301", peer: nobody }', /^incoming\[0\]\.peer: there is no peer named nobody/],
  ['an extension at a peer that cannot be called', trunk, '{ name: a, extension: "301", peer: deaf }', /^incoming\[0\]\.peer: deaf has no host.*add host to deaf/],
  ['a route of an unknown line', trunk, '{ name: a, line: t9, mailbox: "201" }, { name: b, mailbox: "201" }', /^incoming\[0\]\.line: there is no line named t9/],
  ['a route of a phone port', `${trunk}, { name: p1, device: "sim:3", kind: phone, number: "31" }`, '{ name: a, line: p1, mailbox: "201" }, { name: b, mailbox: "201" }', /^incoming\[0\]\.line: p1 is a phone port/],
  ['a route behind one that takes all', trunk, '{ name: a, mailbox: "201" }, { name: b, caller: "0", mailbox: "202" }', /^incoming\[1\]: incoming\[0\] takes all of its calls/],
  ['callers where none is known', '{ name: t1, device: "sim:1", kind: trunk, callerId: none }', '{ name: a, caller: "0", mailbox: "201" }, { name: b, mailbox: "201" }', /^incoming\[0\]\.caller: its lines have callerId none/],
  ['two lines of one name', `${trunk}, { name: t1, device: "sim:2", kind: trunk }`, '{ name: a, mailbox: "201" }', /^lines\[1\]\.name: the line name t1 is taken by lines\[0\]/],
  ['two lines on one device', `${trunk}, { name: t2, device: "sim:1", kind: trunk }`, '{ name: a, mailbox: "201" }', /^lines\[1\]\.device: the device sim:1 is taken by lines\[0\]/],
  ['two phones with one number', '{ name: p1, device: a, kind: phone, number: "31" }, { name: p2, device: b, kind: phone, number: "31" }', '', /^lines\[1\]\.number: the number 31 is taken/],
  ['two routes of one name', `${trunk}, { name: t2, device: b, kind: trunk }`, '{ name: a, line: t1, mailbox: "201" }, { name: a, line: t2, mailbox: "201" }', /^incoming\[1\]\.name: the route name a is taken by incoming\[0\]/],
  ['a phone without a number', '{ name: p1, device: a, kind: phone }', '', /^lines\[0\]\.number: nobody could call this telephone/],
  ['a phone with the collect number', '{ name: p1, device: a, kind: phone, number: "*17" }', '', /^lines\[0\]\.number: \*17 is a collect number too/],
  ['a phone at an unknown peer', '{ name: p1, device: a, kind: phone, number: "31", peer: nobody }', '', /^lines\[0\]\.peer: there is no peer named nobody/],
  ['a device that nobody could find', '{ name: t1, device: "no such", kind: trunk }', '', /^lines\[0\]\.device: must be a line of the board, or DRIVER:PLACE/],
  ['an option given twice', '{ name: t1, device: a, kind: trunk, options: ["law=PCMA", "law=PCMU"] }', '', /^lines\[0\]\.options: the option law is given twice/],
  ['a profile given twice', '{ name: t1, device: a, kind: trunk, modem: plain, options: ["profile=plain"] }', '', /^lines\[0\]\.options: the option profile is given twice/],
  ['an option without a value', '{ name: t1, device: a, kind: trunk, options: [law] }', '', /^lines\[0\]\.options\[0\]: must be an option like key=value/],
  ['a zone that is no country', '{ name: t1, device: a, kind: trunk, zone: Germany }', '', /^lines\[0\]\.zone: must be/],
];

for (const [title, lines, incoming, fault] of cases) {
  test(`${title} is a fault with its place and a remedy`, () => {
    const found = faults(lines, incoming);
    assert.ok(found.length >= 1, 'there is one');
    assert.match(found.find((text) => fault.test(text)) ?? found.join('\n'), fault);
  });
}

test('what is right has no fault: a special route before the general one, and an extension with its mailbox', () => {
  assert.equal(faults(`${trunk}, { name: p1, device: port-3, kind: phone, number: "201", peer: pbx }`, '{ name: a, did: "555", caller: "0", collect: true }, { name: b, line: t1, extension: "301", peer: pbx, mailbox: "201" }'), []);
});

test('a fault in one line says nothing of its routes, and a fault in a route nothing of the lines', () => {
  assert.equal(faults('{ name: t1, device: a, kind: trunc }', '{ name: a, line: t1, mailbox: "201" }').length, 1);
  assert.equal(faults(trunk, '{ name: a, line: t1, mailbox: x }').length, 1);
});

test('a call is offered after two rings, or one where no number comes, or as the line says', () => {
  const parsed = parse(`${trunk}, { name: t2, device: b, kind: trunk, callerId: none }, { name: t3, device: c, kind: trunk, answerAfterRings: 4 }`, '{ name: a, mailbox: "201" }');
  assert.ok(parsed.ok);
  assert.equal(parsed.ok ? parsed.settings.lines.map(ringsBeforeOffer) : [], [2, 1, 4]);
});

test('lines change with a restart, routes at the next call', () => {
  const [one, other] = [parse(trunk, '{ name: a, mailbox: "201" }'), parse('{ name: t1, device: "sim:1", kind: trunk, zone: de }', '{ name: a, mailbox: "202" }')];
  assert.ok(one.ok && other.ok);
  if (!one.ok || !other.ok) return;
  assert.equal(planChange(one.settings, other.settings).map(({ path, when }) => `${path} ${when}`).sort(), ['incoming live', 'lines[t1] restart']);
});

test.run();
