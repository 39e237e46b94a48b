import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';

const base = (lines: string, more = ''): string => `
peers: [{ name: pbx, addresses: [10.0.0.1], host: 10.0.0.1 }]
incoming: [{ name: all, mailbox: "201" }]
mailboxes: [{ number: "201" }]
lines:
  - { name: out, device: "sim:1", kind: trunk${lines} }
  - { name: desk, device: "sim:2", kind: phone, number: "301" }
${more}`;

function faults(text: string): string[] {
  const parsed = parseConfiguration(text, 'test.yaml');
  return parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path}: ${message}`);
}

test('a trunk with a prefix and peers that may use it is well', () => {
  assert.equal(faults(base(', prefix: "0", dialOutPeers: [pbx]')), []);
  assert.equal(faults(base('')), []);
});

test('peers that may dial out exist, and can', () => {
  assert.equal(faults(base(', prefix: "0", dialOutPeers: [pbx, gate]')), ['lines[0].dialOutPeers[1]: there is no peer named gate']);
  assert.equal(faults(base(', dialOutPeers: [pbx]')), ['lines[0].dialOutPeers: without a prefix nobody can call out on this line']);
});

test('a phone port has no prefix', () => {
  const text = base('').replace('number: "301"', 'number: "301", prefix: "0"');
  assert.equal(faults(text), ['lines[1].prefix: nothing goes out on a phone port']);
});

test('nobody has a number that begins with an emergency number, where there are lines', () => {
  const crowded = base('', 'numbers: { collect: ["9111"] }').replace('{ number: "201" }', '{ number: "201" }, { number: "112" }').replace('"301"', '"1125"');
  assert.equal(
    faults(crowded).map((text) => text.split(':')[0]).sort(),
    ['lines[1].number', 'mailboxes[1].number', 'numbers.collect[0]'],
  );
  const withoutLines = 'peers: [{ name: pbx, addresses: [10.0.0.1] }]\nmailboxes: [{ number: "112" }]\n';
  assert.equal(faults(withoutLines), []);
});

test.run();
