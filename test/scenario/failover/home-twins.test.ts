// A call that the backup carried on leaves two logs of one id: one is cut off where the primary died. In the end there is one message.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handMs } from '../../../firmware/mailbox/hands.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { allOf, heardOf, HomeWorld } from '../../support/home-world.ts';
import type { HomeUnit } from '../../support/home-world.ts';
import { chunksOf, leave, wholeOf } from '../../support/store-fixture.ts';
import { leaveCutOff } from '../../support/twin-logs.ts';

const long = chunksOf(1, 10, 32_000);
const whole = Buffer.concat(long);
const minuteMs = 60_000;

interface Twins {
  readonly world: HomeWorld;
  readonly home: HomeUnit;
  readonly away: HomeUnit;
  readonly message: Message;
}

/** The backup has all of it, the primary `bytes`; nothing moves before `serves`. */
async function twins(bytes: number): Promise<Twins> {
  const world = new HomeWorld(1);
  world.knobs.serves = false;
  const away = await world.boot('backup');
  const message = await leave(away.store, '201', long);
  const disk = new SimStorage();
  await leaveCutOff(away.storage, message, disk, bytes);
  return { world, away, message, home: await world.boot('primary', disk) };
}

async function oneAtHome({ home, away, message }: Twins, state: Message['state'] = 'new'): Promise<void> {
  assert.equal([allOf(home), allOf(away)], [[{ ...message, state }], []]);
  assert.ok((await heardOf(home, message)).equals(whole));
  assert.equal(await home.storage.list('mailboxes/201/cur'), [`${message.id}.${state}.rec`]);
}

test('call-carried-on: the complete log takes the place of the one that was cut off', async () => {
  const all = await twins(150_000);
  const { world, home, away, message } = all;
  assert.equal(allOf(home).map(({ id, interrupted }) => [id, interrupted]), [[message.id, true]]);
  world.knobs.serves = true;
  assert.ok(await world.allHome(away, minuteMs));
  await oneAtHome(all);
  await oneAtHome({ ...all, home: await world.boot('primary', home.storage.afterPowerCut(() => 'drop')) });
});

test('call-carried-on-and-cut-off-again: the longer of two interrupted logs stays', async () => {
  const world = new HomeWorld(1);
  const [source, home, away] = [await world.boot('backup'), new SimStorage(), new SimStorage()];
  const message = await leave(source.store, '201', long);
  world.off(source);
  await leaveCutOff(source.storage, message, home, 100_000);
  await leaveCutOff(source.storage, message, away, 250_000);
  const backup = await world.boot('backup', away);
  const [longer] = allOf(backup);
  const primary = await world.boot('primary', home);
  assert.ok(await world.allHome(backup, minuteMs));
  assert.equal(allOf(primary), [longer as Message]);
  assert.is((await heardOf(primary, message)).length, 224_000);
});

test('backup-has-the-shorter-one: it is let go, and none of its bytes crosses the line', async () => {
  const world = new HomeWorld(1);
  const [source, home, away] = [await world.boot('backup'), new SimStorage(), new SimStorage()];
  const message = await leave(source.store, '201', long);
  world.off(source);
  await leaveCutOff(source.storage, message, home);
  await leaveCutOff(source.storage, message, away, 100_000);
  const all = { world, message, away: await world.boot('backup', away), home: await world.boot('primary', home) };
  const written = home.bytesWritten;
  assert.ok(await world.allHome(all.away, minuteMs));
  await oneAtHome(all);
  assert.ok(home.bytesWritten - written < 16_000);
});

const states: readonly [string, Message['state'] | null, Message['state'] | null, Message['state']][] = [
  ['saved-at-home', 'saved', null, 'saved'],
  ['saved-on-the-backup', null, 'saved', 'saved'],
  ['heard-at-home-saved-on-the-backup', 'old', 'saved', 'saved'],
  ['deleted-at-home-not-heard-on-the-backup', 'deleted', null, 'new'],
  ['deleted-on-both', 'deleted', 'deleted', 'deleted'],
];
for (const [name, atHome, onBackup, result] of states) {
  test(`call-carried-on-and-${name}: ${result} it is`, async () => {
    const all = await twins(150_000);
    const { world, home, away, message } = all;
    if (atHome !== null) await home.store.mark('201', message.id, atHome);
    if (onBackup !== null) await away.store.mark('201', message.id, onBackup);
    world.knobs.serves = true;
    assert.ok(await world.allHome(away, 15 * minuteMs));
    await oneAtHome(all, result);
  });
}

test('owner-listens-to-the-shorter-one: they hear it to its end, and the complete one comes afterwards', async () => {
  const all = await twins(150_000);
  const { world, home, away, message } = all;
  const [cut] = allOf(home);
  const reader = await home.store.reader('201', message.id);
  await reader.read(0, 1000);
  world.knobs.serves = true;
  await world.clock.advance(5 * minuteMs);
  assert.equal([allOf(home), allOf(away)], [[cut as Message], [message]]);
  assert.ok((await wholeOf(reader)).equals(whole.subarray(0, 128_000)));
  assert.ok(await world.allHome(away, handMs + 15 * minuteMs));
  await oneAtHome(all);
});

test('owner-begins-to-listen-when-all-has-come: the replacement waits, and nothing is fetched again', async () => {
  const all = await twins(150_000);
  const { world, home, away, message } = all;
  world.knobs.serves = true;
  let reader: Awaited<ReturnType<typeof home.store.reader>> | null = null;
  let opening = false;
  home.storage.fault = ({ kind, path }) => {
    if (kind === 'write' && path.includes('home/ledger') && !opening) {
      opening = true;
      void home.store.reader('201', message.id).then((opened) => (reader = opened));
    }
    return null;
  };
  await world.clock.advance(3 * minuteMs);
  assert.equal(allOf(home).map(({ interrupted }) => interrupted), [true]);
  const written = home.storage.bytesWritten;
  await (reader as unknown as { close(): Promise<void> }).close();
  assert.ok(await world.allHome(away, handMs + 15 * minuteMs));
  await oneAtHome(all);
  assert.ok(home.storage.bytesWritten - written < 32_000);
});

test('a complete log that start-up finds in new/ takes the place of an interrupted one that was delivered before', async () => {
  const { home, away, message } = await twins(150_000);
  const left = home.storage.afterPowerCut(() => 'keep');
  await leaveCutOff(away.storage, message, left);
  const again = await new HomeWorld(2).boot('primary', left);
  assert.equal(allOf(again), [message]);
  assert.ok((await heardOf(again, message)).equals(whole));
});

test.run();
