import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxBundleFiles } from '../../hal/drivers/rauc/bundle-files.ts';
import { RaucSlots } from '../../hal/drivers/rauc/rauc-slots.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimFirmwareSlots } from '../../hal/sim/sim-firmware-slots.ts';
import { raucBoard, raucNeeds, RaucWorld } from '../support/rauc/rauc-world.ts';
import { testWith } from '../support/skip.ts';
import { always, firmwareSlotsContract } from './firmware-slots-contract.ts';
import { realTime, refusal, virtualTime } from './passing.ts';

const description = 'floor=0.1.0 data=1 data-from=1 pair=1 pair-from=1';

firmwareSlotsContract('sim', always, async () => {
  const clock = new SimClock();
  const slots = new SimFirmwareSlots(clock);
  const faults = { good: {}, foreign: { fault: 'not-trusted' }, tampered: { fault: 'damaged' }, 'cut off': { fault: 'damaged' }, broken: { breaks: 'io' } } as const;
  return {
    passing: virtualTime(clock), files: slots, slots: () => slots,
    bundle: (version, kind) => {
      slots.bundles.set('bundle', { board: slots.board, version, description, bytes: 200_000, ...faults[kind] });
      return 'bundle';
    },
    boot: async () => slots.boot(),
    end: async () => undefined,
  };
});

const withRauc = (name: string, body: () => Promise<void>): void => testWith(raucNeeds, name, body);

firmwareSlotsContract('rauc', withRauc, async () => {
  const world = await RaucWorld.start();
  return {
    passing: realTime, files: new LinuxBundleFiles(world.folder), slots: () => world.slots(),
    bundle: (version, kind) => {
      if (kind === 'foreign') return world.bundle({ version, signer: 'foreign' });
      if (kind === 'broken') world.breakSlot('B');
      const good = world.bundle({ version });
      return kind === 'good' || kind === 'broken' ? good : kind === 'tampered' ? world.tampered(good) : world.cutOff(good);
    },
    boot: () => world.boot(),
    end: () => world.end(),
  };
});

withRauc('rauc: every block of a bundle in the format verity is looked at before anything is written', async () => {
  const world = await RaucWorld.start();
  try {
    const slots = world.slots('verity');
    for (const imageBytes of [4096, 600_000, 3_000_000]) {
      const good = world.bundle({ format: 'verity', imageBytes });
      assert.equal([(await slots.check(good)).format, (await slots.check(good)).board], ['verity', raucBoard]);
      assert.is(await refusal(realTime, slots.check(world.tampered(good))), 'damaged');
      assert.is(await refusal(realTime, slots.check(world.cutOff(good))), 'damaged');
    }
    assert.is(await refusal(realTime, slots.check(world.bundle({ format: 'plain' }))), 'unsupported');
  } finally {
    await world.end();
  }
});

withRauc('rauc: a bundle for another board is refused by the program too, and one that a kill of the service interrupts leaves what is booted', async () => {
  const world = await RaucWorld.start();
  try {
    await world.slots().markGood();
    const before = world.slotContent('B');
    assert.is(await refusal(realTime, world.slots().install(world.bundle({ board: 'understudy-else' }), () => undefined), 20_000), 'unsupported');
    assert.equal(world.slotContent('B').equals(before), true);
    const place = world.bundle({ imageBytes: 3_900_000 });
    const cut = await refusal(realTime, world.slots().install(place, (percent) => percent >= 80 && world.killService()), 30_000);
    assert.not.equal(cut, 'nothing refused');
    assert.is(await world.boot(), 'A');
    assert.is((await world.slots().status()).booted.name, 'A');
  } finally {
    await world.end();
  }
});

test('a machine without the program has no slots', async () => {
  const slots = new RaucSlots({ dataFolder: '/', command: ['no-such-rauc'] });
  assert.is(await refusal(realTime, slots.status()), 'unsupported');
});

test.run();
