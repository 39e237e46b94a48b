import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AddressKeeper } from '../../../firmware/failover/address-keeper.ts';
import { defaultTiming } from '../../../firmware/failover/pair-timing.ts';
import { HalError } from '../../../hal/errors.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';

const address = { interface: 'lan0', address: '10.0.0.100', prefixBits: 24 };

function keeping() {
  const clock = new SimClock();
  const world = { held: false, fails: false, did: [] as string[], alarms: 0 };
  const act = (name: string, effect: () => void) => async (): Promise<void> => {
    await new Promise<void>((resolve) => void clock.after('machine', 2, resolve));
    world.did.push(name);
    if (world.fails) throw new HalError('permission-denied', 'lan0', 'as the test asked');
    effect();
  };
  const keeper = new AddressKeeper({
    clock, address, timing: defaultTiming, changed: () => undefined,
    log: { write: (severity) => void (severity === 'alert' && world.alarms++) },
    holder: {
      add: act('add', () => (world.held = true)),
      remove: act('remove', () => (world.held = false)),
      announce: async () => void world.did.push('announce'),
      held: async () => world.held,
    },
  });
  return { clock, world, keeper };
}

test('a leftover is removed at boot; taking it is announced three times over a second', async () => {
  const { clock, world, keeper } = keeping();
  world.held = true;
  keeper.want(false);
  await clock.advance(10);
  assert.equal([world.held, keeper.state], [false, 'gone']);
  keeper.want(true);
  await clock.advance(100);
  assert.equal(world.did, ['remove', 'add', 'announce']);
  await clock.advance(1000);
  assert.equal(world.did, ['remove', 'add', 'announce', 'announce', 'announce']);
  keeper.end();
  assert.equal(clock.pending(), []);
});

test('what fails is tried again until it works, with one alarm', async () => {
  const { clock, world, keeper } = keeping();
  keeper.want(false);
  await clock.advance(10);
  world.fails = true;
  keeper.want(true);
  await clock.advance(1100);
  assert.equal([world.did.filter((what) => what === 'add').length, world.alarms, keeper.failing], [5, 1, true]);
  world.fails = false;
  await clock.advance(300);
  assert.equal([keeper.state, keeper.failing], ['held', false]);
  world.fails = true;
  keeper.want(false);
  await clock.advance(1100);
  assert.equal([keeper.state, world.alarms, world.held], ['unknown', 2, true]);
  world.fails = false;
  await clock.advance(300);
  assert.equal([keeper.state, world.held], ['gone', false]);
  keeper.end();
  assert.equal(clock.pending(), []);
});

test('wishes that change while the machine works: the last one counts', async () => {
  const { clock, world, keeper } = keeping();
  for (const wanted of [true, false, true, false]) {
    keeper.want(wanted);
    await clock.advance(1);
  }
  await clock.advance(50);
  assert.equal([keeper.state, world.held], ['gone', false]);
  keeper.want(true);
  keeper.want(false);
  keeper.want(true);
  await clock.advance(50);
  assert.equal([keeper.state, world.held], ['held', true]);
  keeper.end();
});

test('an address that somebody took off is put back', async () => {
  const { clock, world, keeper } = keeping();
  keeper.want(true);
  await clock.advance(100);
  world.held = false;
  await clock.advance(defaultTiming.addressCheckMs + 100);
  assert.ok(world.held);
  keeper.end();
});

test('settled: at once, when it is done, or at its limit', async () => {
  const { clock, world, keeper } = keeping();
  let done = 0;
  world.fails = true;
  keeper.want(false);
  void keeper.settled(300).then(() => done++);
  await clock.advance(299);
  assert.is(done, 0);
  await clock.advance(2);
  assert.is(done, 1);
  world.fails = false;
  void keeper.settled(3000).then(() => done++);
  await clock.advance(600);
  assert.is(done, 2);
  await keeper.settled(10);
  keeper.end();
  await settle();
  assert.equal(clock.pending(), []);
});

test.run();
