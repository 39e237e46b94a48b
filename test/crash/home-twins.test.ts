// Power cut at every write, sync and rename while the complete log of a call that the backup carried on takes the place of the one that was cut
// off at home: always one of the two is there, in the end the complete one, once.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { HomeWorld } from '../support/home-world.ts';
import { chunksOf, leave } from '../support/store-fixture.ts';
import { leaveCutOff } from '../support/twin-logs.ts';
import type { Left, Prepared } from './home-series.ts';
import { copy, cutEverywhere, show } from './home-series.ts';

/** One that was cut off at home, whose mate the owner has saved on the backup; one that is complete at home and cut off on the backup. */
async function prepared(): Promise<Prepared> {
  const world = new HomeWorld(1);
  const away = await world.boot('backup');
  const carriedOn = chunksOf(1, 4, 24_000);
  const finished = chunksOf(2, 3);
  const [first, second] = [await leave(away.store, '201', carriedOn), await leave(away.store, '202', finished)];
  const disk = new SimStorage();
  const backup = new SimStorage();
  await leaveCutOff(away.storage, first, disk, 60_000);
  await leaveCutOff(away.storage, second, disk);
  await leaveCutOff(away.storage, first, backup);
  await leaveCutOff(away.storage, second, backup, 18_000);
  world.off(away);
  const after = new HomeWorld(2);
  after.knobs.mode = 'none';
  const units = [await after.boot('primary', disk), await after.boot('backup', backup)] as const;
  await units[1].store.mark('201', first.id, 'saved');
  for (const unit of units) after.off(unit);
  const left: Left[] = [
    { message: { ...first, state: 'saved' }, audio: Buffer.concat(carriedOn), state: 'saved' },
    { message: second, audio: Buffer.concat(finished), state: 'new' },
  ];
  return { disks: { home: copy(disk), away: copy(backup) }, left };
}

for (const side of ['home', 'away'] as const) {
  test(`power-cut-while-logs-of-one-id-meet, ${side}`, async () => {
    const tally = await cutEverywhere(await prepared(), side, () => ({}));
    show(`logs of one id, ${side}`, tally);
    assert.equal(tally.broken.slice(0, 5), []);
    assert.ok(tally.cuts > 5, `${tally.cuts} cut points`);
  });
}

test('control: a primary whose syncs do nothing keeps the shorter one', async () => {
  const tally = await cutEverywhere(await prepared(), 'home', () => ({}), { syncs: 'none' }, 4);
  show('control', tally);
  assert.ok(tally.broken.length > 0);
});

test.run();
