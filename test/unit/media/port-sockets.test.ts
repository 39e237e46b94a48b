import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openPorts } from '../../../firmware/media/port-sockets.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

function host(): ReturnType<SimNetwork['host']> {
  return new SimNetwork(new SimClock(), new SimRandom(1)).host('192.0.2.1');
}

test('pairs follow each other from an even number on', async () => {
  assert.equal(await openPorts(host().batch(), 3, '192.0.2.1', 10_001), [10_002, 10_004, 10_006]);
});

test('a pair of which either number is taken is passed over', async () => {
  const unit = host();
  const other = unit.batch();
  await other.open(0, { address: '192.0.2.1', port: 10_000 });
  await other.open(1, { address: '192.0.2.1', port: 10_005 });
  const batch = unit.batch();
  assert.equal(await openPorts(batch, 3, '192.0.2.1', 10_000), [10_002, 10_006, 10_008]);
  await other.open(2, { address: '192.0.2.1', port: 10_004 }); // not kept open by the pair that was given up
});

test('other refusals, and the end of the numbers, are told', async () => {
  const unit = host();
  await openPorts(unit.batch(), 1, '192.0.2.1', 65_534);
  for (const [address, first, id] of [['192.0.2.1', 65_534, 'address-in-use'], ['192.0.2.99', 20_000, 'address-unavailable']] as const) {
    try {
      await openPorts(unit.batch(), 2, address, first);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, HalError);
      assert.is((error as HalError).id, id);
    }
  }
});

test.run();
