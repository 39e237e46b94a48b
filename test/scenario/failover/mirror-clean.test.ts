// Messages and their states on both units of a pair, when nothing goes wrong.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handMs } from '../../../firmware/mailbox/hands.ts';
import { figure } from '../../support/figure.ts';
import { heardAt, holds, MirrorWorld } from '../../support/mirror-world.ts';
import { audio, chunksOf, factsFor, leave } from '../../support/store-fixture.ts';

test('a message left at either unit is on both within a second, and the counts that lamps show are the same', async () => {
  const { world, a, b } = await MirrorWorld.withUnits();
  assert.ok(await world.inStep(a, b));
  const one = await leave(a.store, '201', chunksOf(1, 3));
  const other = await leave(b.store, '202', chunksOf(2, 2));
  const began = world.clock.monotonic();
  assert.ok(await world.inStep(a, b, 1000));
  figure(`two messages of 2 and 3 s were mirrored within ${world.clock.monotonic() - began} ms on a fast line`);
  for (const unit of [a, b]) {
    assert.equal(holds(unit), [one, other].sort((left, right) => (left.id < right.id ? -1 : 1)));
    assert.equal(unit.store.counts('201'), { new: 1, old: 0, saved: 0, deleted: 0, usedMs: 3000 });
    assert.ok((await heardAt(unit, one)).equals(Buffer.concat(chunksOf(1, 3))));
    assert.ok((await heardAt(unit, other)).equals(Buffer.concat(chunksOf(2, 2))));
  }
  assert.equal(await world.leaks(a, b), []);
});

test('what an owner does at one unit is done at the other: heard, saved, deleted, taken back, purged', async () => {
  const { world, a, b } = await MirrorWorld.withUnits();
  const { id } = await leave(a.store, '201', chunksOf(1, 1));
  assert.ok(await world.inStep(a, b));
  for (const [unit, other, state] of [[b, a, 'old'], [a, b, 'saved'], [b, a, 'deleted'], [b, a, 'new'], [a, b, 'deleted']] as const) {
    await unit.store.mark('201', id, state);
    assert.ok(await world.inStep(a, b, 2000), state);
    assert.is(other.store.list('201', true)[0]?.state, state);
  }
  await b.store.purge('201', id);
  await world.clock.advance(2000);
  assert.equal([holds(a).length, holds(b).length], [1, 0], 'its owner had it in hand at the primary within this minute');
  assert.ok(await world.inStep(a, b, handMs + 120_000));
  assert.equal([holds(a), holds(b)], [[], []]);
  assert.equal(await a.storage.list('mailboxes/201/cur'), []);
});

test('a copy counts once: the limits of a mailbox are those of its messages, on both units', async () => {
  const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => (knobs.messages = { mailboxMaxMessages: 2 }));
  await leave(a.store, '201', chunksOf(1, 1));
  assert.ok(await world.inStep(a, b));
  assert.equal([await a.store.admission('201'), await b.store.admission('201')], ['ok', 'ok']);
  await leave(b.store, '201', chunksOf(2, 1));
  assert.ok(await world.inStep(a, b));
  assert.equal([await a.store.admission('201'), await b.store.admission('201')], ['mailbox-full', 'mailbox-full']);
});

test('both full while apart: together there are more than the limit, none is lost, and none comes in before one goes', async () => {
  const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => (knobs.messages = { mailboxMaxMessages: 2 }));
  world.cut();
  for (const [tag, unit] of [[1, a], [2, b], [3, a], [4, b]] as const) await leave(unit.store, '201', chunksOf(tag, 1));
  world.heal();
  assert.ok(await world.inStep(a, b));
  assert.equal([holds(a).length, holds(b).length, await a.store.admission('201')], [4, 4, 'mailbox-full']);
});

test('a state goes before a long message: at 32 kbit/s it is there while the message is still on its way', async () => {
  const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => (knobs.kbps = 32));
  const early = await leave(a.store, '201', chunksOf(1, 1));
  assert.ok(await world.inStep(a, b));
  await leave(a.store, '202', chunksOf(2, 10, 60_000));
  await world.clock.advance(20_000);
  await a.store.mark('201', early.id, 'saved');
  const began = world.clock.monotonic();
  assert.ok(await world.clock.until(() => b.store.list('201')[0]?.state === 'saved', 60_000, 100));
  const tookMs = world.clock.monotonic() - began;
  figure(`a change of state behind a message of 600 KB at 32 kbit/s: ${tookMs} ms`);
  assert.ok(tookMs < 20_000, `${tookMs} ms`);
  assert.equal(b.store.list('202'), []);
  assert.ok(await world.inStep(a, b));
});

test('lag is told on both sides: what waits, and for how long', async () => {
  const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => (knobs.kbps = 64));
  assert.ok(await world.inStep(a, b));
  await leave(a.store, '201', chunksOf(1, 10, 24_000));
  await world.clock.advance(10_000);
  const { behind } = b.mirror.status();
  assert.is(behind.messages, 1);
  assert.ok(behind.seconds !== null && behind.seconds >= 9 && behind.seconds <= 11, `${behind.seconds}`);
  assert.ok(await world.inStep(a, b));
  await world.clock.advance(1000);
  assert.equal([b.mirror.status().behind, a.mirror.status().partnerBehind], [{ messages: 0, seconds: 0 }, { messages: 0, seconds: 0 }]);
  world.cut();
  await world.clock.advance(180_000);
  assert.ok((b.mirror.status().behind.seconds ?? 0) > 90);
});

test('many calls come first: logs wait, states do not', async () => {
  const { world, a, b } = await MirrorWorld.withUnits();
  const known = await leave(a.store, '201', chunksOf(1, 1));
  assert.ok(await world.inStep(a, b));
  world.knobs.busy = true;
  await leave(a.store, '202', chunksOf(2, 1));
  await a.store.mark('201', known.id, 'old');
  await world.clock.advance(30_000);
  assert.equal([b.store.list('201')[0]?.state, b.store.list('202').length], ['old', 0]);
  world.knobs.busy = false;
  assert.ok(await world.inStep(a, b, 10_000));
});

test('a recording in progress stays where it is until it is complete', async () => {
  const { world, a, b } = await MirrorWorld.withUnits();
  const writer = await a.store.begin(factsFor('201'));
  writer.append(audio(1, 0), 0);
  await world.clock.advance(60_000);
  assert.equal([holds(a), holds(b)], [[], []]);
  await writer.finish('hung-up');
  assert.ok(await world.inStep(a, b, 2000));
  assert.is(holds(b).length, 1);
});

test('two that hold the same tell each other little when they meet again: 1,000 messages in 200 mailboxes', async () => {
  const mailboxes = Array.from({ length: 200 }, (_, nth) => `${1000 + nth}`);
  const { world, a, b } = await MirrorWorld.withUnits(1, (knobs) => {
    Object.assign(knobs.mailboxes, { primary: mailboxes, backup: mailboxes });
  });
  world.cut();
  for (const mailbox of mailboxes) for (let nth = 0; nth < 5; nth++) await leave(a.store, mailbox, [audio(1, nth, 400)]);
  world.heal();
  const began = world.clock.monotonic();
  assert.ok(await world.inStep(a, b, 3_600_000));
  const filledMs = world.clock.monotonic() - began;
  const before = world.sentBytes;
  world.reset();
  await world.clock.advance(1500);
  assert.ok(await world.inStep(a, b));
  const bytes = world.sentBytes - before;
  figure(`1,000 messages came in ${filledMs} ms; meeting again took ${bytes} bytes`);
  assert.ok(bytes < 20_000, `${bytes}`);
});

test.run();
