import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimStorage } from '../../../../hal/sim/sim-storage.ts';
import type { LiveHalf, ScriptedCall } from '../../../support/failover/live-world.ts';
import { LiveWorld } from '../../../support/failover/live-world.ts';
import { audio } from '../../../support/store-fixture.ts';

const chunk = (tag: number, nth: number): Uint8Array => audio(tag, nth, 4000);

async function speak(world: LiveWorld, half: LiveHalf, call: ScriptedCall, count: number, from = 0): Promise<void> {
  for (let nth = from; nth < from + count; nth++) {
    half.speak(call, chunk(call.number, nth));
    await world.advance(500);
  }
}

/** The service moves without a word, as after a death. */
function takeOver(world: LiveWorld): void {
  world.backup.live.serving(true);
  world.backup.live.takeOver();
}

async function bodyOf(half: LiveHalf, id: string): Promise<Uint8Array> {
  const reader = await half.store.reader('201', id);
  try {
    return await reader.read(0, reader.bytes);
  } finally {
    await reader.close();
  }
}

const spoken = (tag: number, count: number): Uint8Array => Buffer.concat(Array.from({ length: count }, (_, nth) => chunk(tag, nth)));

test('a recording goes on at the partner under its own id, with all of its audio, as taken for the primary', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 4);
  takeOver(world);
  const [kept] = world.backup.taken;
  assert.is(kept?.call.id, 'call-1');
  assert.is(kept?.recording?.bytes, 16_000);
  const [there] = world.backup.calls as [ScriptedCall];
  for (let nth = 4; nth < 7; nth++) there.writer?.append(chunk(1, nth), 0);
  const message = await there.writer?.finish('hang-up');
  assert.is(message?.id, call.writer?.id);
  assert.is(message?.takenFor, 'ada');
  assert.equal(Buffer.compare(await bodyOf(world.backup, message?.id as string), spoken(1, 7)), 0);
  world.stop();
});

test('a partner that connects while callers speak is sent what was recorded before', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 2);
  world.connections.at(-1)?.close();
  await speak(world, world.primary, call, 1, 2);
  await world.clock.until(() => world.primary.live.follows(call), 5000);
  await speak(world, world.primary, call, 20, 3);
  assert.ok(world.primary.live.follows(call));
  assert.is(world.backup.live.status().keptBytes, 23 * 4000);
  takeOver(world);
  const message = await (world.backup.calls[0] as ScriptedCall).writer?.finish('hang-up');
  assert.equal(Buffer.compare(await bodyOf(world.backup, message?.id as string), spoken(1, 23)), 0);
  world.stop();
});

test('a call that ends is forgotten by the partner, with its copy', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 2);
  assert.is(world.backup.live.status().kept, 1);
  world.primary.calls.length = 0;
  world.primary.live.ended(call);
  await world.advance(100);
  assert.is(world.backup.live.status().kept, 0);
  assert.equal(await world.backup.storage.list('follow'), []);
  world.stop();
});

test('only what has changed is sent', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await world.advance(50);
  let records = 0;
  const counted = call.record.bind(call);
  call.record = () => {
    records++;
    return counted();
  };
  for (let nth = 0; nth < 5; nth++) world.primary.live.changed(call);
  await world.advance(50);
  assert.is(records, 1, 'changes of one turn are one record');
  world.stop();
});

test('a call whose record is too large is not followed, counted and told, and the partner forgets what it had', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await world.advance(50);
  call.more = { language: 'x'.repeat(2000) };
  world.primary.live.changed(call);
  await world.advance(50);
  assert.not(world.primary.live.follows(call));
  assert.is(world.primary.live.status().unfollowed['too-large'], 1);
  assert.ok(world.primary.log.has('call-not-followed'));
  assert.is(world.backup.live.status().kept, 0);
  world.stop();
});

test('a partner that reads nothing: calls count as not followed, nothing grows, and all is sent again when it reads', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 1);
  world.network.faultBoth('10.0.0.1', '10.0.0.2', { cut: true });
  await speak(world, world.primary, call, 50, 1);
  assert.not(world.primary.live.follows(call));
  await speak(world, world.primary, call, 150, 51);
  world.network.faultBoth('10.0.0.1', '10.0.0.2', { cut: false });
  assert.ok(await world.clock.until(() => world.primary.live.follows(call), 90_000, 50));
  await speak(world, world.primary, call, 2, 201);
  assert.is(world.backup.live.status().keptBytes, 203 * 4000);
  world.stop();
});

test('the disk of the standby refuses: the call is told as not followed, and is followed again from the first byte', async () => {
  const disk = new SimStorage();
  const world = await LiveWorld.make(new SimStorage(), disk);
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 2);
  let failing = true;
  disk.fault = ({ kind, path }) => (failing && kind === 'write' && path.startsWith('follow/') ? 'io' : null);
  await speak(world, world.primary, call, 2, 2);
  assert.is(world.primary.live.follows(call), false);
  assert.ok(world.primary.live.status().unfollowed['partner-disk'] > 0);
  assert.is(world.backup.log.events.filter(({ event }) => event === 'live-disk').length, 1, 'told once');
  failing = false;
  await speak(world, world.primary, call, 14, 4);
  assert.ok(world.primary.live.follows(call));
  assert.is(world.backup.live.status().keptBytes, 18 * 4000);
  world.stop();
});

test('a planned move: everything is there before, the giver lets go at the partner\'s word, and keeps its part until the other is durable', async () => {
  const disk = new SimStorage();
  const world = await LiveWorld.make(new SimStorage(), disk);
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 3);
  const began = world.clock.monotonic();
  const prepared = world.primary.live.prepare();
  let ready = false;
  void prepared.then(() => (ready = true));
  assert.ok(await world.clock.until(() => ready, 100, 1));
  assert.ok(world.clock.monotonic() - began < 20, 'two ways over the line');
  let syncing = true;
  disk.fault = ({ kind }) => (kind === 'data-sync' && syncing ? 'io' : null);
  takeOver(world);
  await world.advance(10);
  assert.equal(call.told, ['freshen', 'given away'], 'taken at once');
  assert.is(call.kept, null, 'the disk of the partner refused: nothing of it is safe there');
  syncing = false;
  world.stop();
});

test('the partner has the recording durably, and says how much of it', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 3);
  await world.primary.live.prepare;
  const prepared = world.primary.live.prepare();
  await world.advance(20);
  await prepared;
  takeOver(world);
  world.primary.live.serving(false);
  await world.advance(50);
  assert.is(call.kept, 12_000);
  assert.is(world.primary.live.status().given, 1);
  assert.is(world.backup.live.status().carriedOn, 1);
  world.stop();
});

test('a unit that goes on serving does not believe a partner that says it has its calls', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 2);
  takeOver(world);
  await world.advance(50);
  assert.equal(call.told, [], 'both serve: each goes on with its own');
  world.primary.live.serving(false);
  await world.advance(50);
  assert.equal(call.told, ['given away'], 'it rests: the partner is asked what it has');
  assert.is(call.kept, 8000);
  world.stop();
});

test('a call that the partner never had is hung up when the service moves', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  call.more = { language: 'x'.repeat(2000) };
  world.primary.live.changed(call);
  await world.advance(50);
  world.primary.live.serving(false);
  assert.equal(call.told, ['hung up: the service has moved to the partner, which does not have this call']);
  world.stop();
});

test('a partner that cannot take a call says nothing, and the call is hung up', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await world.advance(50);
  world.backup.refuses = 'port 1 is not free here';
  takeOver(world);
  world.primary.live.serving(false);
  await world.advance(2000);
  assert.equal(call.told, ['hung up: the partner did not take the call']);
  assert.is(world.backup.live.status().lost, 1);
  assert.ok(world.backup.log.has('call-not-carried-on'));
  world.stop();
});

test('without a line to the partner a followed call ends without a BYE, which might end it there', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await world.advance(50);
  world.primary.live.serving(false);
  world.backup.live.stop();
  world.connections.at(-1)?.close();
  await world.advance(2000);
  assert.equal(call.told, ['given away']);
  world.stop();
  await world.advance(1);
  assert.is(call.kept, null);
});

test('more calls than the standby has ports are not kept, counted and told once', async () => {
  const world = await LiveWorld.make();
  for (let number = 0; number < 6; number++) await world.primary.call(number);
  await world.advance(100);
  assert.is(world.backup.live.status().kept, 4);
  assert.is(world.backup.live.status().refused, 2);
  assert.is(world.backup.log.events.filter(({ event }) => event === 'live-too-many').length, 1);
  world.stop();
});

test('what a run before had copied is gone at the next start', async () => {
  const disk = new SimStorage();
  const world = await LiveWorld.make(new SimStorage(), disk);
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 2);
  assert.is((await disk.list('follow')).length, 1);
  const again = await LiveWorld.make(new SimStorage(), disk);
  assert.equal(await disk.list('follow'), []);
  world.stop();
  again.stop();
});

test('copies of a partner that has been without a line for half a minute are of no use, and go', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 2);
  world.primary.live.stop();
  await world.advance(20_000);
  assert.is(world.backup.live.status().kept, 1);
  await world.advance(15_000);
  assert.is(world.backup.live.status().kept, 0);
  assert.equal(await world.backup.storage.list('follow'), []);
  world.stop();
});

test('no timer is left that would keep a unit from ending', async () => {
  const world = await LiveWorld.make();
  const call = await world.primary.call(1);
  await speak(world, world.primary, call, 2);
  world.stop();
  await world.advance(5000);
  assert.equal(world.clock.pending().map(({ name }) => name), []);
});

test.run();
