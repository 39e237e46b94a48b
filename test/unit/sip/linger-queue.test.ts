import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LingerQueue } from '../../../firmware/sip/transaction/linger-queue.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

function queue(): { readonly clock: SimClock; readonly lingerers: LingerQueue; readonly told: string[]; readonly wait: (name: string, ms: number) => () => void } {
  const clock = new SimClock();
  const lingerers = new LingerQueue(clock);
  const told: string[] = [];
  const wait = (name: string, ms: number): (() => void) => {
    const entry = lingerers.wait(ms, { lingered: () => told.push(`${name} ${clock.monotonic()}`) });
    return () => entry.leave();
  };
  return { clock, lingerers, told, wait };
}

test('each is told after its own time, and there is one timer for each length', async () => {
  const { clock, told, wait } = queue();
  const began = clock.monotonic();
  wait('a', 1000);
  await clock.advance(400);
  wait('b', 1000);
  wait('c', 100);
  assert.is(clock.pending().length, 2);
  await clock.advance(5000);
  assert.equal(told, [`c ${began + 500}`, `a ${began + 1000}`, `b ${began + 1400}`]);
  assert.equal(clock.pending(), []);
});

test('who leaves is not told, leaving twice is leaving once, and no timer is left when all have left', async () => {
  const { clock, told, wait } = queue();
  const [first, second, third] = [wait('first', 1000), wait('second', 1000), wait('third', 1000)];
  first();
  first();
  await clock.advance(1000);
  assert.equal(told.map((one) => one.split(' ')[0]), ['second', 'third']);
  second();
  third();
  const fourth = wait('fourth', 1000);
  assert.is(clock.pending().length, 1);
  fourth();
  assert.equal(clock.pending(), []);
});

test('whoever is told may wait again, make others leave, and come with no time at all', async () => {
  const { clock, lingerers, told, wait } = queue();
  let leave = (): void => undefined;
  const again = { lingered: () => (told.push('again'), leave(), lingerers.wait(1000, { lingered: () => told.push('second time') })) };
  lingerers.wait(1000, again as { lingered(): void });
  leave = wait('left by the first', 1000);
  wait('last', 1000);
  await clock.advance(1000);
  assert.equal(told.map((one) => one.split(' ')[0]), ['again', 'last']);
  await clock.advance(1000);
  assert.is(told.at(-1), 'second time');
  wait('at once', 0);
  assert.is(told.length, 3, 'not from inside the call');
  await clock.advance(0);
  assert.is(told.length, 4);
  assert.equal(clock.pending(), []);
});

test('thousands, of which some leave, are told in the order in which they came', async () => {
  const { clock, told, wait } = queue();
  const leaves: (() => void)[] = [];
  for (let at = 0; at < 5000; at++) {
    leaves.push(wait(String(at), 32_000));
    await clock.advance(10);
    if (at % 7 === 3) leaves[at - 2]?.();
  }
  await clock.advance(40_000);
  const names = told.map((one) => Number(one.split(' ')[0]));
  // After 32 s, when the 3,200th came, the first were through and could not leave any more.
  assert.ok(names.every((name, at) => at === 0 || name > (names[at - 1] as number)));
  assert.is(names.length, 5000 - leaves.filter((_, at) => at % 7 === 3).length);
  assert.equal(clock.pending(), []);
});

test.run();
