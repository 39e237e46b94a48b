import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { addressBytes, inBlock, parseBlock } from '../../../firmware/sip/transport/address-match.ts';
import { PeerTable } from '../../../firmware/sip/transport/peer-table.ts';
import { pbx } from '../../support/sip/layer-world.ts';

const matches = (address: string, blockText: string): boolean => {
  const bytes = addressBytes(address);
  const block = parseBlock(blockText);
  if (bytes === null || block === null) throw new Error(`${address} or ${blockText} cannot be read`);
  return inBlock(bytes, block);
};

const inside: [string, string][] = [
  ['10.0.0.1', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.0/8'],
  ['10.255.255.255', '10.0.0.0/8'],
  ['192.168.3.127', '192.168.3.0/25'],
  ['1.2.3.4', '0.0.0.0/0'],
  ['::ffff:10.0.0.1', '10.0.0.0/8'],
  ['::ffff:a00:1', '10.0.0.1'],
  ['10.0.0.1', '::ffff:10.0.0.1'],
  ['2001:db8::1', '2001:db8::/32'],
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::/10'],
  ['febf::1', 'fe80::/10'],
  ['::1', '::1'],
];
const outside: [string, string][] = [
  ['10.0.0.2', '10.0.0.1'],
  ['11.0.0.0', '10.0.0.0/8'],
  ['192.168.3.128', '192.168.3.0/25'],
  ['2001:db9::1', '2001:db8::/32'],
  ['fec0::1', 'fe80::/10'],
  ['::1', '0.0.0.0/0'],
  ['10.0.0.1', '::/0'],
];
for (const [address, block] of inside) test(`${address} is in ${block}`, () => assert.ok(matches(address, block)));
for (const [address, block] of outside) test(`${address} is not in ${block}`, () => assert.not(matches(address, block)));

for (const text of ['', 'pbx', '10.0.0', '10.0.0.256', '10.0.0.1.2', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '::1::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', '2001:db8::/129', ':::']) {
  test(`'${text}' is no address block`, () => assert.is(parseBlock(text), null));
}

test('the first peer whose block holds the address is the one', () => {
  const table = new PeerTable(new SimClock(), [{ ...pbx, name: 'one', addresses: ['10.1.0.0/16'] }, { ...pbx, name: 'all', addresses: ['10.0.0.0/8', '2001:db8::/32'] }]);
  const names = ['10.1.2.3', '10.2.2.3', '2001:db8::7', '11.1.1.1', 'nonsense'].map((address) => table.find(address)?.name ?? null);
  assert.equal(names, ['one', 'all', 'all', null, null]);
});

test('a stranger is a stranger at any rate, and becomes a peer when the configuration says so', () => {
  const table = new PeerTable(new SimClock(), [pbx]);
  assert.is(table.judge('10.0.0.9'), 'stranger');
  table.replace([{ ...pbx, addresses: ['10.0.0.9'] }]);
  assert.is((table.judge('10.0.0.9') as { peer: { name: string } }).peer.name, 'pbx');
  assert.is(table.judge('10.0.0.1'), 'stranger');
});

test('a flood is cut to a burst and then a rate; other sources do not suffer', async () => {
  const clock = new SimClock();
  const table = new PeerTable(clock, [{ ...pbx, addresses: ['10.0.0.0/24'] }]);
  const taken = (address: string, count: number): number => [...Array(count)].filter(() => table.judge(address) !== 'flood').length;
  assert.is(taken('10.0.0.1', 10_000), 2000);
  assert.is(taken('10.0.0.2', 100), 100);
  await clock.advance(500);
  assert.is(taken('10.0.0.1', 10_000), 500);
  await clock.advance(60_000);
  assert.is(taken('10.0.0.1', 10_000), 2000);
});

test('a great many sources take no more than their table', () => {
  const table = new PeerTable(new SimClock(), [{ ...pbx, addresses: ['10.0.0.0/8'] }]);
  for (let number = 0; number < 20_000; number++) table.judge(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`);
  assert.is(table.size, 4096);
});

test.run();
