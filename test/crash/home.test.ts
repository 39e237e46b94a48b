// Power cut at every write, sync and rename on either side while messages come home: each is there at least once whenever the two have
// booted, and at home exactly once when they have talked.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { allOf, HomeWorld } from '../support/home-world.ts';
import { chunksOf, leave } from '../support/store-fixture.ts';
import type { Disks, Left, Prepared } from './home-series.ts';
import { broken, copy, cutEverywhere, run, show } from './home-series.ts';

/** A primary that has served before, and a backup with one long message that its owner has saved, and two short ones. */
async function prepared(): Promise<Prepared> {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.mode = 'none'));
  await leave(home.store, '202', chunksOf(9, 1));
  const left: Left[] = [];
  for (const [mailbox, chunks] of [['201', chunksOf(1, 3, 24_000)], ['202', chunksOf(2, 1)], ['201', chunksOf(3, 1)]] as const) {
    left.push({ message: await leave(away.store, mailbox, chunks), audio: Buffer.concat(chunks), state: left.length === 0 ? 'saved' : 'new' });
  }
  await away.store.mark('201', left[0]?.message.id ?? '', 'saved');
  world.off(home);
  world.off(away);
  return { disks: { home: home.storage, away: away.storage }, left };
}

test('power-cut-on-the-primary-at-every-write', async () => {
  const tally = await cutEverywhere(await prepared(), 'home', () => ({}));
  show('primary', tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(tally.cuts > 50, `${tally.cuts} cut points`);
});

test('power-cut-on-the-backup-at-every-write', async () => {
  const tally = await cutEverywhere(await prepared(), 'away', () => ({}));
  show('backup', tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(tally.cuts > 8, `${tally.cuts} cut points`);
});

test('power-cut-on-the-primary-while-an-owner-purges-what-has-just-come', async () => {
  const tally = await cutEverywhere(await prepared(), 'home', (id) => ({ purges: id }));
  show('primary with a purge', tally);
  assert.equal(tally.broken.slice(0, 5), []);
});

test('power-cut-on-the-primary-and-an-owner-who-purges-before-the-two-have-talked-again', async () => {
  const tally = await cutEverywhere(await prepared(), 'home', (id) => ({ purgesAfterBoot: id }));
  show('primary with a purge after the boot', tally);
  assert.equal(tally.broken.slice(0, 5), []);
});

test('power-cut-on-the-primary-whose-disk-damages-a-part', async () => {
  const tally = await cutEverywhere(await prepared(), 'home', () => ({ rots: true }));
  show('primary with a damaged part', tally);
  assert.equal(tally.broken.slice(0, 5), []);
});

for (const syncs of ['none', 'no-directory'] as const) {
  test(`control: a primary whose syncs do nothing (${syncs}) loses messages`, async () => {
    const tally = await cutEverywhere(await prepared(), 'home', () => ({}), { syncs }, 4);
    show(`control ${syncs}`, tally);
    assert.ok(tally.broken.length > 0);
  });
}

test('each operation of either side failing in turn with io, no-space, read-only: all come home, once, and survive the next power cut', async () => {
  const { disks, left } = await prepared();
  const fresh = (): Disks => ({ home: copy(disks.home), away: copy(disks.away) });
  const found: string[] = [];
  let runs = 0;
  for (const side of ['home', 'away'] as const) {
    const { operations } = await run(fresh(), side, () => null);
    for (const error of ['io', 'no-space', 'read-only'] as const) {
      for (let nth = 0; nth < operations.length; nth++) {
        runs++;
        const tried = fresh();
        const { away } = await run(tried, side, (count) => (count === nth ? error : null));
        const where = `${side} ${error} at ${operations[nth]?.kind} ${operations[nth]?.path}`;
        if (allOf(away).length > 0) found.push(`${where}: not all went home`);
        const after = { home: tried.home.afterPowerCut(() => 'drop', {}), away: tried.away.afterPowerCut(() => 'drop', {}) };
        found.push(...(await broken(after, left, null)).map((fault) => `${where}: ${fault}`));
      }
    }
  }
  figure(`single failures: ${runs} runs, ${found.length} broken promises`);
  assert.equal(found.slice(0, 5), []);
});

test.run();
