import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BundleFiles, FirmwareSlots, SlotStatus } from '../../hal/firmware-slots.ts';
import { refusal, result, type Passing } from './passing.ts';

export interface SlotsWorld {
  readonly passing: Passing;
  readonly files: BundleFiles;
  slots(): FirmwareSlots;
  /** Places of bundles; `broken` starts to be written and ends half-way. */
  bundle(version: string, kind: 'good' | 'foreign' | 'tampered' | 'cut off' | 'broken'): string;
  /** The machine restarts; the name of the slot that the boot loader took. */
  boot(): Promise<string>;
  end(): Promise<void>;
}

const limitMs = 30_000;

/** What every `FirmwareSlots` does. */
export function firmwareSlotsContract(driver: string, needed: (name: string, body: () => Promise<void>) => void, make: () => Promise<SlotsWorld>): void {
  const check = (name: string, body: (world: SlotsWorld, done: <T>(promise: Promise<T>) => Promise<T>, status: () => Promise<SlotStatus>) => Promise<void>): void => {
    needed(`firmware slots ${driver}: ${name}`, async () => {
      const world = await make();
      const done = <T>(promise: Promise<T>): Promise<T> => result(world.passing, promise, limitMs);
      try {
        await body(world, done, () => done(world.slots().status()));
      } finally {
        await world.end();
      }
    });
  };

  check('a machine that came up from A says so, and marks it good', async (world, done, status) => {
    const before = await status();
    assert.equal([before.booted.name, before.other.name, before.booted.good, before.other.good], ['A', 'B', false, false]);
    assert.ok(before.board.startsWith('understudy-'));
    await done(world.slots().markGood());
    const after = await status();
    assert.equal([after.booted.good, after.next, after.bootId], [true, 'A', before.bootId]);
  });

  check('what a bundle says is read, and nothing is written', async (world, done, status) => {
    await done(world.slots().markGood());
    const before = await status();
    const place = world.bundle('1.1.0', 'good');
    const facts = await done(world.slots().check(place));
    assert.equal([facts.board, facts.version, facts.bytes], [before.board, '1.1.0', await world.files.bytes(place)]);
    assert.match(facts.description, 'floor=');
    assert.equal(await status(), before);
    assert.is((await world.files.piece(place, 10, 50)).length, 50);
  });

  for (const [kind, id] of [['foreign', 'not-trusted'], ['tampered', 'damaged'], ['cut off', 'damaged']] as const) {
    check(`a bundle that is ${kind} is refused as ${id}, by check and by install, and the slots stay as they were`, async (world, done, status) => {
      await done(world.slots().markGood());
      const before = await status();
      const place = world.bundle('1.1.0', kind);
      assert.is(await refusal(world.passing, world.slots().check(place), limitMs), id);
      assert.is(await refusal(world.passing, world.slots().install(place, () => undefined), limitMs), id);
      assert.equal(await status(), before);
      assert.is(await world.boot(), 'A');
    });
  }

  check('what is not there is not found', async (world) => {
    assert.is(await refusal(world.passing, world.slots().check('nothing.raucb'), limitMs), 'not-found');
    assert.is(await refusal(world.passing, world.files.bytes('nothing.raucb')), 'not-found');
  });

  check('an installed bundle is told with rising percents, is taken next, and stays once it is marked good', async (world, done, status) => {
    await done(world.slots().markGood());
    const told: number[] = [];
    await done(world.slots().install(world.bundle('1.1.0', 'good'), (percent) => told.push(percent)));
    assert.is(told.at(-1), 100);
    assert.equal(told, [...told].sort((one, other) => one - other));
    assert.is((await status()).next, 'B');
    assert.is(await world.boot(), 'B');
    const tried = await status();
    assert.equal([tried.booted.name, tried.booted.version, tried.booted.good, tried.other.good], ['B', '1.1.0', false, true]);
    await done(world.slots().markGood());
    assert.equal([(await status()).booted.good, await world.boot()], [true, 'B']);
  });

  check('one that is not marked good is tried once', async (world, done) => {
    await done(world.slots().markGood());
    await done(world.slots().install(world.bundle('1.1.0', 'good'), () => undefined));
    assert.equal([await world.boot(), await world.boot()], ['B', 'A']);
  });

  check('one that was marked good once survives two starts that come to nothing', async (world, done, status) => {
    await done(world.slots().markGood());
    await done(world.slots().install(world.bundle('1.1.0', 'good'), () => undefined));
    await world.boot();
    await done(world.slots().markGood());
    assert.equal([await world.boot(), await world.boot()], ['B', 'B']);
    assert.is((await status()).booted.good, false);
    await done(world.slots().markGood());
    assert.equal([await world.boot(), await world.boot(), await world.boot(), await world.boot()], ['B', 'B', 'B', 'A']);
  });

  check('one that is marked bad is not taken again', async (world, done) => {
    await done(world.slots().markGood());
    await done(world.slots().install(world.bundle('1.1.0', 'good'), () => undefined));
    await world.boot();
    await done(world.slots().markBad());
    assert.equal([await world.boot(), (await done(world.slots().status())).other.good], ['A', false]);
  });

  check('an installation that breaks leaves what is booted, and nothing else is taken', async (world, done, status) => {
    await done(world.slots().markGood());
    const refused = await refusal(world.passing, world.slots().install(world.bundle('1.1.0', 'broken'), () => undefined), limitMs);
    assert.not.equal(refused, 'nothing refused');
    assert.equal([(await status()).booted.good, (await status()).other.good, await world.boot()], [true, false, 'A']);
  });

  check('the other slot can be taken again while it is good', async (world, done) => {
    await done(world.slots().markGood());
    assert.is(await refusal(world.passing, world.slots().startOther(), limitMs), 'unsupported');
    await done(world.slots().install(world.bundle('1.1.0', 'good'), () => undefined));
    await world.boot();
    await done(world.slots().markGood());
    await done(world.slots().startOther());
    assert.is(await world.boot(), 'A');
  });

  check('what is installed is not taken after the booted one was asked to stay', async (world, done) => {
    await done(world.slots().markGood());
    await done(world.slots().install(world.bundle('1.1.0', 'good'), () => undefined));
    await done(world.slots().stay());
    assert.equal([await world.boot(), (await done(world.slots().status())).other.name], ['A', 'B']);
  });
}

export const always = (name: string, body: () => Promise<void>): void => void test(name, body);
