// What may go wrong while messages come home, by name.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handMs } from '../../../firmware/mailbox/hands.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { allOf, awayAddress, heardOf, homeAddress, HomeWorld } from '../../support/home-world.ts';
import type { HomeUnit } from '../../support/home-world.ts';
import { chunksOf, leave } from '../../support/store-fixture.ts';

const long = chunksOf(1, 10, 32_000);
const minuteMs = 60_000;

/** Until so many bytes of a message have come. */
async function fetched(world: HomeWorld, home: HomeUnit, bytes: number): Promise<void> {
  assert.ok(await world.clock.until(() => (home.homecoming.status().coming?.fetched ?? 0) >= bytes, 2 * minuteMs, 50));
}

async function wholeAtHome(home: HomeUnit, away: HomeUnit, message: Message, audio: readonly Uint8Array[], state = message.state): Promise<void> {
  assert.equal(allOf(home), [{ ...message, state }]);
  assert.equal(allOf(away), []);
  assert.ok((await heardOf(home, message)).equals(Buffer.concat(audio)));
}

const countOf = (unit: HomeUnit, event: string): number => unit.log.events.filter((one) => one.event === event).length;

test('link-cut-in-mid-message: it goes on where it ended, also after a restart of either unit', async () => {
  let { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  const message = await leave(away.store, '201', long);
  await fetched(world, home, 65_536);
  world.cut();
  await world.clock.advance(3 * minuteMs);
  assert.not.ok(home.homecoming.status().connected);
  world.heal();
  await fetched(world, home, 131_072);
  world.reset();
  await fetched(world, home, 131_072);
  world.off(home);
  home = await world.boot('primary', home.storage.afterPowerCut(() => 'drop'));
  await fetched(world, home, 196_608);
  world.off(away);
  away = await world.boot('backup', away.storage.afterPowerCut(() => 'drop'));
  assert.ok(await world.allHome(away, 10 * minuteMs));
  await wholeAtHome(home, away, message, long);
  // 320 KB and what was under way at four interruptions, not five times 320 KB.
  const read = away.storage.counts.read ?? 0;
  assert.ok(read < 40, `${read} reads by the last run of the backup`);
  assert.equal(await world.leaks(home, away), []);
});

test('acknowledgement-lost: the message is not taken a second time, and the repeat lets it go', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  const message = await leave(away.store, '201', chunksOf(1, 2));
  home.store.changed = () => world.reset();
  assert.ok(await world.clock.until(() => allOf(home).length === 1, minuteMs, 1));
  home.store.changed = null;
  assert.equal(allOf(away), [message], 'it is on both, for a moment');
  const written = home.storage.bytesWritten;
  assert.ok(await world.allHome(away, 2 * minuteMs));
  await wholeAtHome(home, away, message, chunksOf(1, 2));
  assert.ok(home.storage.bytesWritten - written < 16_000, 'no audio was written again');
});

test('deleted-at-home-before-the-repeat: what its owner has purged does not come back, not even after a power cut', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  const message = await leave(away.store, '201', chunksOf(1, 2));
  world.network.fault(homeAddress, awayAddress, { delayMs: 2 });
  home.store.changed = () => world.cut();
  assert.ok(await world.clock.until(() => allOf(home).length === 1, minuteMs, 1));
  home.store.changed = null;
  await world.clock.advance(100);
  await home.store.purge('201', message.id);
  world.off(home);
  const again = await world.boot('primary', home.storage.afterPowerCut(() => 'drop'));
  assert.equal(allOf(again), []);
  assert.equal(allOf(away), [message]);
  world.heal();
  assert.ok(await world.allHome(away, 5 * minuteMs));
  await world.clock.advance(5 * minuteMs);
  assert.equal([allOf(again), allOf(away)], [[], []]);
});

test('deleted-and-emptied-on-the-backup-in-mid-message: there is nothing to bring', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  const message = await leave(away.store, '201', long);
  const next = await leave(away.store, '202', chunksOf(2, 1));
  await fetched(world, home, 65_536);
  await away.store.purge('201', message.id);
  assert.ok(await world.allHome(away, minuteMs));
  assert.equal(allOf(home), [next]);
  assert.equal((await home.storage.list('home')).filter((name) => name.endsWith('.part')), [], 'the next message removes what is left');
});

test('primary-full: everything waits, is told once, and comes when there is room', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.messages = { reserveMiB: 1100 }));
  const left = [await leave(away.store, '201', chunksOf(1, 1)), await leave(away.store, '202', chunksOf(2, 1))];
  await world.clock.advance(60 * minuteMs);
  assert.equal([allOf(home), allOf(away)], [[], left]);
  assert.match(String(home.homecoming.status().problem), /disk is full/);
  assert.equal(home.homecoming.status().waiting, { messages: 2, bytes: 16_000 });
  assert.is(countOf(home, 'messages-stay-away'), 1);
  world.off(home);
  world.knobs.messages = {};
  const roomy = await world.boot('primary', home.storage);
  assert.ok(await world.allHome(away, minuteMs));
  assert.equal(allOf(roomy), left);
});

test('primary-full-in-mid-message: what was fetched is given back, and comes again', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  const message = await leave(away.store, '201', long);
  let writes = 0;
  home.storage.fault = ({ kind, path }) => (kind === 'write' && path.endsWith('.part') && writes++ === 2 ? 'no-space' : null);
  assert.ok(await world.clock.until(() => countOf(home, 'messages-stay-away') === 1, minuteMs, 100));
  assert.equal((await home.storage.list('home')).filter((name) => name.endsWith('.part')), []);
  assert.ok(await world.allHome(away, 3 * minuteMs));
  await wholeAtHome(home, away, message, long);
  assert.is(home.homecoming.status().problem, null);
});

test('primary-read-only: nothing is let go', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  home.storage.readOnly = true;
  const message = await leave(away.store, '201', chunksOf(1, 1));
  await world.clock.advance(10 * minuteMs);
  assert.equal(allOf(away), [message]);
  assert.match(String(home.homecoming.status().problem), /takes no writes/);
  home.storage.readOnly = false;
  assert.ok(await world.allHome(away, 20 * minuteMs));
  await wholeAtHome(home, away, message, chunksOf(1, 1));
});

test('mailbox-unknown-at-home: the others come, it stays, is told once, and comes when there is such a mailbox', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  const odd = await leave(away.store, '204', chunksOf(1, 1));
  const known = await leave(away.store, '201', chunksOf(2, 1));
  await world.clock.advance(20 * minuteMs);
  assert.equal([allOf(home), allOf(away)], [[known], [odd]]);
  assert.match(String(home.homecoming.status().problem), /not configured/);
  assert.is(countOf(home, 'message-stays-away'), 1);
  const later = await leave(away.store, '203', chunksOf(3, 1));
  await world.clock.advance(31_000);
  assert.equal(home.store.list('203'), [later], 'new ones do not wait for it');
  world.knobs.mailboxes.push('204');
  assert.ok(await world.allHome(away, 60 * minuteMs));
  assert.equal(home.store.list('204'), [odd]);
  await world.clock.advance(31_000);
  assert.is(home.homecoming.status().problem, null);
});

test('damaged-on-the-backup: it stays, is told once on either unit, and none of its bytes crosses the line', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.serves = false));
  const bad = await leave(away.store, '201', chunksOf(1, 2));
  const good = await leave(away.store, '201', chunksOf(2, 1));
  away.storage.flipBit(`mailboxes/201/cur/${bad.id}.new.rec`, 8 * 9000);
  world.knobs.serves = true;
  await world.clock.advance(60 * minuteMs);
  assert.equal([allOf(home), allOf(away)], [[good], [bad]]);
  assert.equal([countOf(home, 'message-stays-away'), countOf(away, 'message-stays')], [1, 1]);
  assert.match(String(home.homecoming.status().problem), /damaged on the backup: frame \d has a wrong checksum/);
  assert.ok(home.storage.bytesWritten < 64_000);
});

test('part-damaged-at-home: it is fetched once more', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  const message = await leave(away.store, '201', long);
  await fetched(world, home, 65_536);
  home.storage.flipBit(`home/${message.id}.part`, 8 * 40_000);
  assert.ok(await world.allHome(away, 2 * minuteMs));
  await wholeAtHome(home, away, message, long);
  assert.is(home.homecoming.status().problem, null);
});

test('owner-listens-while-it-goes-home: what the owner hears is not taken away, and what they decide goes home', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  const message = await leave(away.store, '201', long);
  await fetched(world, home, 65_536);
  const reader = await away.store.reader('201', message.id);
  await world.clock.advance(5 * minuteMs);
  assert.equal([allOf(home).length, allOf(away).length], [1, 1], 'it is at home, and not let go');
  const rest = await reader.read(200_000, 1000);
  assert.is(rest.length, 1000);
  await reader.close();
  await away.store.mark('201', message.id, 'saved');
  assert.ok(await world.allHome(away, handMs + 15 * minuteMs));
  await wholeAtHome(home, away, message, long, 'saved');
});

test('owner-is-listening-already: none of the mailbox begins to go, the others do', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.serves = false));
  const heard = await leave(away.store, '201', chunksOf(1, 1));
  const waits = await leave(away.store, '201', chunksOf(2, 1));
  const other = await leave(away.store, '202', chunksOf(3, 1));
  const reader = await away.store.reader('201', heard.id);
  world.knobs.serves = true;
  await world.clock.advance(4 * minuteMs);
  assert.equal([allOf(home), away.store.list('201')], [[other], [heard, waits]]);
  await reader.close();
  await away.store.mark('201', heard.id, 'deleted');
  assert.ok(await world.allHome(away, 15 * minuteMs));
  assert.equal(home.store.list('201', true), [{ ...heard, state: 'deleted' }, waits]);
});

const changes: readonly [string, Message['state'] | null, Message['state'] | null, Message['state']][] = [
  ['changed-on-the-backup', null, 'old', 'old'],
  ['changed-at-home', 'old', null, 'old'],
  ['deleted-on-the-backup-saved-at-home', 'saved', 'deleted', 'saved'],
  ['saved-on-the-backup-deleted-at-home', 'deleted', 'saved', 'saved'],
];
for (const [name, atHome, onBackup, result] of changes) {
  test(`${name}-before-the-repeat: ${result} it is`, async () => {
    const { world, home, away } = await HomeWorld.withUnits();
    const message = await leave(away.store, '201', chunksOf(1, 1));
    home.store.changed = () => world.cut();
    assert.ok(await world.clock.until(() => allOf(home).length === 1, minuteMs, 1));
    home.store.changed = null;
    await world.clock.advance(1000);
    if (atHome !== null) await home.store.mark('201', message.id, atHome);
    if (onBackup !== null) await away.store.mark('201', message.id, onBackup);
    world.heal();
    assert.ok(await world.allHome(away, 15 * minuteMs));
    await wholeAtHome(home, away, message, chunksOf(1, 1), result);
  });
}

test('changed-during-the-transfer: it comes in as it was offered, and is then made what it is', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  const message = await leave(away.store, '201', long);
  await fetched(world, home, 65_536);
  await away.store.mark('201', message.id, 'saved');
  assert.ok(await world.allHome(away, 10 * minuteMs));
  await wholeAtHome(home, away, message, long, 'saved');
});

test('primary-stops-serving-in-mid-message: it goes on when the primary serves again', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  const message = await leave(away.store, '201', long);
  await fetched(world, home, 131_072);
  world.knobs.serves = false;
  home.homecoming.check();
  await world.clock.advance(10 * minuteMs);
  assert.equal([home.homecoming.status().state, allOf(away)], ['paused', [message]]);
  world.knobs.serves = true;
  home.homecoming.check();
  assert.ok(await world.allHome(away, 5000));
  await wholeAtHome(home, away, message, long);
});

test('line-of-300-ms-and-loss: all come whole', async () => {
  const { world, home, away } = await HomeWorld.withUnits(3, (knobs) => (knobs.kbps = 256));
  world.network.faultAll({ delayMs: 150, loss: 0.05 });
  const left = [await leave(away.store, '201', long), await leave(away.store, '202', chunksOf(2, 3))];
  assert.ok(await world.allHome(away, 10 * minuteMs));
  assert.equal(allOf(home), left);
  assert.ok((await heardOf(home, left[0] as Message)).equals(Buffer.concat(long)));
});

test.run();
