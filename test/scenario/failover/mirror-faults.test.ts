// What may go wrong while messages are mirrored, by name.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handMs } from '../../../firmware/mailbox/hands.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { tombstoneDays } from '../../../firmware/mailbox/tombstones.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { heardAt, holds, MirrorWorld } from '../../support/mirror-world.ts';
import type { MirrorUnit } from '../../support/mirror-world.ts';
import { chunksOf, leave, wholeOf } from '../../support/store-fixture.ts';
import { leaveCutOff } from '../../support/twin-logs.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const long = chunksOf(1, 10, 32_000);

interface Pair {
  readonly world: MirrorWorld;
  readonly a: MirrorUnit;
  readonly b: MirrorUnit;
}

/** Both hold one message, and its owner has nothing in hand. */
async function withOne(change?: Parameters<typeof MirrorWorld.withUnits>[1]): Promise<Pair & { readonly message: Message }> {
  const { world, a, b } = await MirrorWorld.withUnits(1, change);
  const message = await leave(a.store, '201', chunksOf(1, 1));
  assert.ok(await world.inStep(a, b));
  return { world, a, b, message };
}

const statesOf = (unit: MirrorUnit): string[] => holds(unit).map(({ state }) => state);

const countOf = (unit: MirrorUnit, event: string): number => unit.log.events.filter((one) => one.event === event).length;

test('primary-lost-with-its-disk: the backup has all, and the empty one that takes its place gets all back, once', async () => {
  const { world, a, b } = await MirrorWorld.withUnits();
  for (const [tag, mailbox] of [[1, '201'], [2, '202'], [3, '201'], [4, '203']] as const) await leave(a.store, mailbox, chunksOf(tag, 1));
  assert.ok(await world.inStep(a, b));
  await a.store.mark('201', holds(a)[0]?.id ?? '', 'saved');
  assert.ok(await world.inStep(a, b));
  const before = holds(a);
  world.off(a);
  await world.clock.advance(minuteMs);
  assert.equal(holds(b), before);
  await b.store.mark('202', holds(b).find(({ mailbox }) => mailbox === '202')?.id ?? '', 'old');
  const during = await leave(b.store, '202', chunksOf(5, 1));
  const empty = await world.boot('primary', new SimStorage());
  assert.ok(await world.inStep(empty, b, 5 * minuteMs));
  assert.equal(holds(empty), holds(b));
  assert.is(holds(empty).length, 5);
  assert.ok((await heardAt(empty, during)).equals(Buffer.concat(chunksOf(5, 1))));
  assert.is(empty.mirror.status().took, 5);
});

test('link-cut-in-mid-message: it goes on where it ended, also after a restart', async () => {
  const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  let backup = b;
  const message = await leave(a.store, '201', long);
  const parts = async (): Promise<number> => (await backup.storage.stat(`mirror/${message.id}.part`))?.bytes ?? 0;
  const until = async (bytes: number): Promise<void> => {
    for (let waited = 0; (await parts()) < bytes; waited += 100) {
      assert.ok(waited < 3 * minuteMs, `${await parts()} of ${bytes}`);
      await world.clock.advance(100);
    }
  };
  await until(65_536);
  world.cut();
  await world.clock.advance(2 * minuteMs);
  world.heal();
  await until(131_072);
  world.off(b);
  backup = await world.boot('backup', b.storage.afterPowerCut(() => 'drop'));
  const written = backup.storage.bytesWritten;
  assert.ok((await parts()) >= 131_072);
  assert.ok(await world.inStep(a, backup));
  assert.ok(backup.storage.bytesWritten - written < 320_000 - 100_000);
  assert.ok((await heardAt(backup, message)).equals(Buffer.concat(long)));
});

const conflicts: readonly [string, Message['state'], Message['state'], Message['state']][] = [
  ['saved-and-deleted', 'saved', 'deleted', 'saved'],
  ['deleted-and-saved', 'deleted', 'saved', 'saved'],
  ['deleted-and-heard', 'deleted', 'old', 'old'],
  ['heard-and-saved', 'old', 'saved', 'saved'],
  ['deleted-on-both', 'deleted', 'deleted', 'deleted'],
];
for (const [name, atPrimary, atBackup, result] of conflicts) {
  test(`apart-${name}: ${result} it is, and what is done afterwards counts`, async () => {
    const { world, a, b, message } = await withOne();
    world.cut();
    await a.store.mark('201', message.id, atPrimary);
    await b.store.mark('201', message.id, atBackup);
    world.heal();
    assert.ok(await world.inStep(a, b));
    assert.equal([statesOf(a), statesOf(b)], [[result], [result]]);
    await b.store.mark('201', message.id, 'new');
    assert.ok(await world.inStep(a, b));
    assert.equal(statesOf(a), ['new']);
  });
}

test('purged-on-one-weeks-apart: it does not come back from the other', async () => {
  const { world, a, b, message } = await withOne();
  world.cut();
  await a.store.purge('201', message.id);
  world.clock.stepWall(21 * dayMs);
  world.heal();
  assert.ok(await world.inStep(a, b, 5 * minuteMs));
  assert.equal([holds(a), holds(b)], [[], []]);
});

test('purged-on-one-and-the-power-cut-at-once: it does not come back', async () => {
  const { world, a, b, message } = await withOne();
  world.cut();
  await a.store.purge('201', message.id);
  world.off(a);
  const again = await world.boot('primary', a.storage.afterPowerCut(() => 'drop'));
  world.heal();
  assert.ok(await world.inStep(again, b, 5 * minuteMs));
  assert.equal([holds(again), holds(b)], [[], []]);
});

test('apart-longer-than-a-purge-is-remembered: the message comes back as it was, and nothing else is lost', async () => {
  const { world, a, b, message } = await withOne();
  const [first, second] = [await leave(a.store, '202', chunksOf(2, 1)), await leave(a.store, '201', chunksOf(3, 1))];
  assert.ok(await world.inStep(a, b));
  world.off(b);
  await a.store.purge('201', message.id);
  world.clock.stepWall((tombstoneDays + 1) * dayMs);
  await a.store.purge('201', second.id);
  const late = await world.boot('backup', b.storage);
  assert.ok(await world.inStep(a, late, 5 * minuteMs));
  assert.equal(holds(a).map(({ id }) => id).sort(), [message.id, first.id].sort());
});

test('purged-on-one-saved-on-the-other: what its owner saved without knowing of the purge stays', async () => {
  const { world, a, b, message } = await withOne();
  world.cut();
  await a.store.mark('201', message.id, 'deleted');
  await a.store.purge('201', message.id);
  await b.store.mark('201', message.id, 'saved');
  world.heal();
  assert.ok(await world.inStep(a, b, 5 * minuteMs));
  assert.equal([statesOf(a), statesOf(b)], [['saved'], ['saved']]);
  await a.store.purge('201', message.id);
  assert.ok(await world.inStep(a, b, 5 * minuteMs));
  assert.equal([holds(a), holds(b)], [[], []]);
});

test('trash-emptied-on-one: it goes on both', async () => {
  const { world, a, b, message } = await withOne();
  await a.store.mark('201', message.id, 'deleted');
  assert.ok(await world.inStep(a, b));
  world.clock.stepWall(25 * 3_600_000);
  assert.is(await a.store.housekeep(), 1);
  assert.ok(await world.inStep(a, b, 5 * minuteMs));
  assert.equal([holds(a), holds(b)], [[], []]);
});

test('owner-listens-while-it-is-purged-on-the-other: they hear it to its end, then it goes', async () => {
  const { world, a, b, message } = await withOne();
  const reader = await b.store.reader('201', message.id);
  await a.store.purge('201', message.id);
  await world.clock.advance(5 * minuteMs);
  assert.is(holds(b).length, 1);
  assert.is((await wholeOf(reader)).length, 8000);
  assert.ok(await world.inStep(a, b, handMs + 30 * minuteMs));
  assert.equal(holds(b), []);
});

test('disk-full-on-the-backup: copies wait with an alarm told once, states go on, new messages are taken, and the copies come when there is room', async () => {
  const { world, a } = await withOne();
  world.off((await MirrorWorld.withUnits()).b);
  const { world: small, b } = await fullBackup();
  void world;
  void a;
  const primary = await small.boot('primary');
  const known = await leave(primary.store, '201', chunksOf(1, 1, 400));
  for (let tag = 2; tag < 7; tag++) await leave(primary.store, '202', chunksOf(tag, 10, 16_000));
  await small.clock.advance(5 * minuteMs);
  assert.is(countOf(b, 'mirror-waits'), 1);
  assert.is(b.log.events.find(({ event }) => event === 'mirror-waits')?.severity, 'alert');
  assert.match(String(b.mirror.status().problem), /the disk is full/);
  assert.ok(b.mirror.status().behind.seconds !== 0);
  assert.is(await b.store.admission('203'), 'ok');
  await leave(b.store, '203', chunksOf(8, 1, 400));
  await primary.store.mark('201', known.id, 'saved');
  assert.ok(await small.clock.until(() => b.store.list('201')[0]?.state === 'saved' && primary.store.list('203').length === 1, minuteMs, 500));
  for (const { id, mailbox } of holds(primary).slice(1, 5)) await primary.store.purge(mailbox, id);
  assert.ok(await small.inStep(primary, b, 3 * 60 * minuteMs));
});

/** A backup whose disk holds about three of the messages. */
async function fullBackup(): Promise<{ world: MirrorWorld; b: MirrorUnit }> {
  const world = new MirrorWorld(7);
  return { world, b: await world.boot('backup', new SimStorage({ totalBytes: 1_048_576 + 700_000 })) };
}

test('disk-takes-no-writes-on-one: nothing is lost on the other, and all is made up for', async () => {
  const { world, a, b, message } = await withOne();
  b.storage.readOnly = true;
  await a.store.mark('201', message.id, 'saved');
  const more = await leave(a.store, '202', chunksOf(2, 1));
  await world.clock.advance(3 * minuteMs);
  assert.is(countOf(b, 'mirror-waits'), 1);
  b.storage.readOnly = false;
  assert.ok(await world.inStep(a, b, 60 * minuteMs));
  assert.equal(holds(b).find(({ id }) => id === more.id), more);
});

test('mailbox-removed-on-one: what is there stays on the other, is told once, and comes when there is such a mailbox', async () => {
  const { world, a, b } = await MirrorWorld.withUnits();
  world.knobs.mailboxes.backup = ['201', '202'];
  const far = await leave(a.store, '203', chunksOf(1, 1));
  const near = await leave(a.store, '201', chunksOf(2, 1));
  await world.clock.advance(10 * minuteMs);
  assert.equal([holds(b).map(({ id }) => id), holds(a).length, countOf(b, 'message-not-mirrored')], [[near.id], 2, 1]);
  world.knobs.mailboxes.backup = ['201', '202', '203'];
  assert.ok(await world.inStep(a, b, 2 * 60 * minuteMs));
  assert.ok(holds(b).some(({ id }) => id === far.id));
});

test('damaged-on-one: it is not copied, told on both, and a copy that is damaged comes anew from the other', async () => {
  const { world, a, b, message } = await withOne();
  b.storage.flipBit(`mailboxes/201/cur/${message.id}.new.rec`, 3);
  assert.is(await b.store.reader('201', message.id).then(() => 'opened', () => 'refused'), 'refused');
  assert.ok(await world.inStep(a, b, 60 * minuteMs));
  assert.is((await heardAt(b, message)).length, 8000);
  const bad = await leave(a.store, '202', chunksOf(2, 2));
  world.cut();
  world.heal();
  a.storage.flipBit(`mailboxes/202/cur/${bad.id}.new.rec`, 8 * 6000);
  world.off(b);
  const other = await world.boot('backup', new SimStorage());
  await world.clock.advance(5 * minuteMs);
  assert.equal([holds(other).map(({ id }) => id), countOf(other, 'message-not-mirrored'), countOf(a, 'message-not-mirrored')], [[message.id], 1, 1]);
});

test('old-disk-image-on-one: what was done since holds, what was purged since stays purged', async () => {
  const { world, a, b, message } = await withOne();
  const other = await leave(a.store, '202', chunksOf(2, 1));
  assert.ok(await world.inStep(a, b));
  const image = a.storage.afterPowerCut(() => 'keep');
  await a.store.mark('201', message.id, 'saved');
  await a.store.purge('202', other.id);
  const later = await leave(a.store, '203', chunksOf(3, 1));
  assert.ok(await world.inStep(a, b, 5 * minuteMs));
  world.off(a);
  const old = await world.boot('primary', image);
  assert.is(holds(old).length, 2);
  assert.ok(await world.inStep(old, b, 5 * minuteMs));
  assert.equal(holds(old).map(({ id, state }) => [id, state]).sort(), [[message.id, 'saved'], [later.id, 'new']].sort());
});

test('index-lost-on-one: states are made up for from the other, and nothing is destroyed', async () => {
  const { world, a, b, message } = await withOne();
  await b.store.mark('201', message.id, 'saved');
  assert.ok(await world.inStep(a, b));
  world.cut();
  world.off(a);
  for (const slot of ['a', 'b']) a.storage.flipBit(`mailboxes/201/index.${slot}`, 200);
  await b.store.mark('201', message.id, 'deleted');
  const again = await world.boot('primary', a.storage);
  world.heal();
  assert.ok(await world.inStep(again, b));
  assert.equal(statesOf(again), ['saved'], 'which of the two came last is not known any more');
});

const modes: readonly [string, 'none' | 'homecoming' | 'mirror', 'none' | 'homecoming' | 'mirror', number, number][] = [
  ['mirror-and-none', 'mirror', 'none', 1, 1],
  ['none-and-mirror', 'none', 'mirror', 1, 1],
  ['mirror-and-homecoming', 'mirror', 'homecoming', 2, 0],
  ['homecoming-and-mirror', 'homecoming', 'mirror', 2, 0],
  ['mirror-on-both', 'mirror', 'mirror', 2, 2],
];
for (const [name, primary, backup, atPrimary, atBackup] of modes) {
  test(`set-otherwise, ${name}: the lesser holds`, async () => {
    const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => Object.assign(knobs.mode, { primary, backup }));
    await leave(a.store, '201', chunksOf(1, 1));
    await leave(b.store, '202', chunksOf(2, 1));
    await world.clock.advance(5 * minuteMs);
    assert.equal([holds(a).length, holds(b).length], [atPrimary, atBackup]);
    assert.equal(await world.leaks(a, b), []);
  });
}

test('mirror-turned-on-and-off: it begins within seconds on both, and ends at once', async () => {
  const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => Object.assign(knobs.mode, { primary: 'none', backup: 'none' }));
  await leave(a.store, '201', chunksOf(1, 1));
  Object.assign(world.knobs.mode, { primary: 'mirror', backup: 'mirror' });
  assert.ok(await world.inStep(a, b, 30_000));
  world.knobs.mode.backup = 'none';
  await world.clock.advance(10_000);
  await leave(a.store, '201', chunksOf(2, 1));
  await world.clock.advance(minuteMs);
  assert.equal([holds(a).length, holds(b).length], [2, 1]);
  world.knobs.mode.backup = 'mirror';
  assert.ok(await world.inStep(a, b, minuteMs));
  assert.is(holds(b).length, 2);
});

test('call-carried-on: the complete log takes the place of the one that was cut off, on whichever unit', async () => {
  for (const cutOff of ['primary', 'backup'] as const) {
    const world = new MirrorWorld(3);
    const whole = cutOff === 'primary' ? 'backup' : 'primary';
    const one = await world.boot(whole);
    world.cut();
    const message = await leave(one.store, '201', long);
    const disk = new SimStorage();
    await leaveCutOff(one.storage, message, disk, 150_000);
    const other = await world.boot(cutOff, disk);
    assert.is(holds(other)[0]?.interrupted, true);
    await other.store.mark('201', message.id, 'saved');
    world.heal();
    assert.ok(await world.inStep(one, other, 5 * minuteMs), cutOff);
    assert.equal(holds(other), [{ ...message, state: 'saved' }]);
    assert.ok((await heardAt(other, message)).equals(Buffer.concat(long)));
    assert.equal(await other.storage.list('mailboxes/201/cur'), [`${message.id}.saved.rec`]);
  }
});

test('line-of-300-ms-and-loss: all comes whole', async () => {
  const { world, a, b } = await MirrorWorld.withUnits();
  world.network.faultAll({ delayMs: 300, jitterMs: 100, loss: 0.05 });
  for (let tag = 0; tag < 5; tag++) await leave(tag % 2 === 0 ? a.store : b.store, '201', chunksOf(tag, 3));
  assert.ok(await world.inStep(a, b, 30 * minuteMs));
  assert.is(holds(a).length, 5);
});

test.run();
