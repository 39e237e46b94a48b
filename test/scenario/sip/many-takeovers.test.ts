// Calls of an hour at an address that changes hands every minute, by plan and without.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { figure } from '../../support/figure.ts';
import type { Places } from '../../support/sip/takeovers.ts';
import { inIpv4, inIpv6, Takeovers } from '../../support/sip/takeovers.ts';

const hourMs = 60 * 60_000;

async function hour(places: Places, transport: 'udp' | 'tcp', loss: number, seed: number): Promise<{ world: Takeovers; takeovers: number }> {
  const world = new Takeovers(places, { loss }, seed);
  const random = new SimRandom(seed);
  await world.start();
  for (let number = 0; number < 10; number++) world.place(transport, number % 2 === 0 ? 'caller' : 'unit');
  await world.clock.advance(10_000);
  assert.is(world.legs.length, 10);
  let takeovers = 0;
  for (const endMs = world.clock.monotonic() + hourMs; world.clock.monotonic() < endMs; takeovers++) {
    await world.clock.advance(20_000 + random.below(60_000));
    await (random.chance(0.5) ? world.handsOver() : world.isTakenOver());
  }
  await world.clock.advance(15_000);
  return { world, takeovers };
}

/** Half of them are ended by each side. */
async function ended(world: Takeovers): Promise<void> {
  const lasting = world.calls.slice(0, 5);
  for (const { leg } of lasting) leg.hangUp('done');
  await world.clock.advance(40_000);
  for (const leg of world.legs) leg.hangUp('done');
  await world.clock.advance(70_000);
  assert.equal(world.calls.map(({ end }) => end?.by), world.calls.map((_, at) => (at < 5 ? 'local' : 'remote')));
  assert.equal(world.ends.map(({ by }) => by).sort(), ['local', 'local', 'local', 'local', 'local', 'remote', 'remote', 'remote', 'remote', 'remote']);
  const left = [world.caller, ...world.units.map(({ agent }) => agent)].map((agent) => {
    const { transactions, legs, caught } = agent.counters();
    return { transactions, legs, caught };
  });
  assert.equal(left, left.map(() => ({ transactions: 0, legs: 0, caught: 0 })));
}

for (const [what, places, transport, loss, seed] of [
  ['UDP', inIpv4, 'udp', 0, 31],
  ['UDP with one datagram of ten lost', inIpv4, 'udp', 0.1, 32],
  ['UDP over IPv6', inIpv6, 'udp', 0.02, 33],
  ['TCP', inIpv4, 'tcp', 0, 34],
] as const) {
  test(`${what}: every call lasts, is refreshed by its side, and ends when somebody hangs up (seed ${seed})`, async () => {
    const { world, takeovers } = await hour(places, transport, loss, seed);
    assert.equal(world.calls.map(({ end }) => end?.text ?? 'stands'), world.calls.map(() => 'stands'));
    assert.equal(world.ends, []);
    figure(`${what}: 10 calls of an hour, ${takeovers} takeovers, all stand`);
    await ended(world);
  });
}

test.run();
