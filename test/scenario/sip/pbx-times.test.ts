// How long it takes from the death of a PBX until the unit is registered at its backup.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { pbxWorld, pbxWorldEnds } from '../../support/sip/sim-pbx.ts';

/** From the loss at a moment of its own in the second of the probes; null = not within 10 s. */
async function tookMs(seed: number, loss: number): Promise<number | null> {
  const world = await pbxWorld({ seed, mailboxes: ['201'], settleMs: 1000 });
  world.network.faultAll({ loss, jitterMs: 2 });
  await world.clock.advance((seed * 1009) % 1000);
  world.a.die();
  const diedMs = world.clock.monotonic();
  const registered = await world.clock.until(() => world.b.bound, 10_000, 10);
  const took = world.clock.monotonic() - diedMs;
  world.network.faultAll({ loss: 0 });
  await pbxWorldEnds(world);
  return registered ? took : null;
}

async function times(loss: number, seeds: number): Promise<number[]> {
  const all: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) all.push((await tookMs(seed, loss)) ?? Infinity);
  return all.sort((one, other) => one - other);
}

const figures = (sorted: readonly number[]): string => {
  const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms of ${sorted.length}`;
};

test('pbx-dies: registered at the backup within 2 s, always', async () => {
  const sorted = await times(0, 200);
  figure(`PBX dead to registered at the backup: ${figures(sorted)}`);
  assert.ok((sorted.at(-1) as number) <= 2000, figures(sorted));
  assert.ok((sorted[0] as number) >= 1000, `not for a hiccup: ${figures(sorted)}`);
});

test('pbx-dies on a line that loses 5 % of the packets: within 2 s nineteen times of twenty', async () => {
  const sorted = await times(0.05, 100);
  figure(`the same with 5 % loss each way: ${figures(sorted)}`);
  assert.ok(sorted.filter((ms) => ms <= 2000).length >= sorted.length * 0.95, figures(sorted));
  assert.ok((sorted.at(-1) as number) <= 5000, figures(sorted));
});

test.run();
