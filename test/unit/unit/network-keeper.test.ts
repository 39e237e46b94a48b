import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NetworkKeeper } from '../../../firmware/unit/network-keeper.ts';
import { SimNetworkSetUp } from '../../../hal/sim/sim-network-set-up.ts';

const dhcp = { card: null, vlan: null, address: null, gateway: null, dns: [], ntp: [] };
const fixed = { ...dhcp, address: '192.0.2.10/24' };

function kept(): { setUp: SimNetworkSetUp; keeper: NetworkKeeper; told: string[]; changes: () => number } {
  let changes = 0;
  const setUp = new SimNetworkSetUp();
  const told: string[] = [];
  return { setUp, told, changes: () => changes, keeper: new NetworkKeeper(setUp, { write: (severity, event) => void told.push(`${severity} ${event}`) }, () => void changes++) };
}

test('network: set up at the start and at each change, and only then; a trial that ends is a change back', async () => {
  const { setUp, keeper, told, changes } = kept();
  for (const network of [dhcp, dhcp, fixed, fixed, dhcp]) await keeper.apply({ network });
  assert.equal(setUp.plans, [dhcp, fixed, dhcp]);
  assert.equal(told, ['notice network-changed', 'notice network-changed']);
  assert.is(changes(), 2);
});

test('network: one that cannot be set up is an alert, and is tried again with the next change', async () => {
  const { setUp, keeper, told } = kept();
  setUp.fails = 'no-space';
  await keeper.apply({ network: fixed });
  setUp.fails = null;
  await keeper.apply({ network: fixed });
  assert.equal(setUp.plans, [fixed]);
  assert.equal(told, ['alert network-not-set', 'notice network-changed']);
});

test('network: changes follow one another, the last counts', async () => {
  const { setUp, keeper } = kept();
  await Promise.all([keeper.apply({ network: dhcp }), keeper.apply({ network: fixed })]);
  assert.equal(setUp.plans.at(-1), fixed);
});

test('network: where it is the machine\'s own nothing is done', async () => {
  const told: string[] = [];
  await new NetworkKeeper(null, { write: (_severity, event) => void told.push(event) }, () => void told.push('changed')).apply({ network: fixed });
  assert.equal(told, []);
});

test.run();
