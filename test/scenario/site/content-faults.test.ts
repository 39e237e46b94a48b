import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SiteError } from '../../../firmware/site/site-error.ts';
import { collectMs } from '../../../firmware/site/kept-contents.ts';
import { checkSigned, signManifest } from '../../../firmware/site/signed-manifest.ts';
import { pullRetryMs } from '../../../firmware/site/sync.ts';
import type { SiteUnit } from '../../support/site/site-fixture.ts';
import { carry, greet, heard, identityOf, pinOf, setPin, settingsOf, settingsText, spoken } from '../../support/site/site-fixture.ts';
import { SiteWorld } from '../../support/site/site-world.ts';

const greeting = 'greeting/201/greeting';
const hashOf = (unit: SiteUnit, name: string): string => unit.state.current?.manifest.entries[name]?.sha256 ?? '';

async function inStep(world: SiteWorld, limitMs = 20_000): Promise<void> {
  await world.clock.advance(1000);
  assert.ok(await world.untilInStep(limitMs), JSON.stringify([world.a.sync?.status(), world.b.sync?.status()]));
}

test('tampered-blob: a content with other bytes than its name says is never used; a good copy is made and fetched', async () => {
  const world = new SiteWorld();
  await world.start();
  await inStep(world);
  world.cutLine();
  await greet(world.a.site, '201', 1, 4, 40_000);
  await world.clock.advance(1000);
  world.a.storage.flipBit(`site/blobs/${hashOf(world.a.site, greeting)}`, 8 * 100_000);
  world.healLine();
  await inStep(world, 150_000);
  assert.is(await heard(world.b.site, '201'), spoken(1, 4, 40_000), 'made again from the recording in force');
  await world.stop();
});

test('tampered blob that nobody can make again: the version is not taken, and the old one stays whole', async () => {
  const world = new SiteWorld();
  await world.start();
  await inStep(world);
  world.cutLine();
  await greet(world.a.site, '201', 1, 4, 40_000);
  await setPin(world.a.site, '201', 1);
  await world.clock.advance(1000);
  const sha256 = hashOf(world.a.site, greeting);
  world.a.storage.flipBit(`site/blobs/${sha256}`, 8 * 100_000);
  const recording = world.a.site.store.greetings.current('201', 'greeting');
  world.a.storage.flipBit(`greetings/201/greeting-${recording?.id}.rec`, 8 * 100_000);
  world.healLine();
  await world.clock.advance(150_000);
  const { state, problem, behind } = world.b.sync!.status();
  assert.equal([state, behind.entries], ['waiting', 1]);
  assert.match(String(problem), /does not have content/);
  assert.equal([await heard(world.b.site, '201'), pinOf(world.b.site, '201')], [null, null]);
  assert.ok(world.b.site.log.has('site-not-synchronised'));
  // A new greeting ends the matter.
  await greet(world.a.site, '201', 2);
  await inStep(world);
  assert.is(await heard(world.b.site, '201'), spoken(2));
  await world.stop();
});

test('a content damaged here after it was taken is fetched again by itself', async () => {
  const world = new SiteWorld();
  await world.start();
  await greet(world.a.site, '201', 1);
  await inStep(world);
  const sha256 = hashOf(world.b.site, greeting);
  world.b.storage.flipBit(`site/blobs/${sha256}`, 9000);
  assert.is(await world.b.site.state.blobs.check(sha256), false);
  await setPin(world.a.site, '201', 1);
  await inStep(world);
  await world.clock.advance(2000);
  assert.ok(world.b.site.state.blobs.has(sha256));
  await world.stop();
});

test('foreign-signature: a manifest of a stranger is refused, and said so', async () => {
  const world = new SiteWorld();
  await (await world.a.start({ identity: identityOf('a', 'house', ['a']) })).state.seed();
  await world.b.start();
  await world.clock.advance(5000);
  assert.ok(await world.clock.until(() => world.b.site.state.current !== null, 5000));
  await setPin(world.b.site, '201', 1);
  await world.clock.advance(5000);
  const { state, problem } = world.a.sync!.status();
  assert.equal([state, pinOf(world.a.site, '201')], ['waiting', null]);
  assert.match(String(problem), /b is no unit of this site/);
  await world.stop();
});

test('a forged manifest in a partner\'s name does not pass', () => {
  const good = { schema: 1, site: 'house', version: 9, epoch: 1, floor: 0, author: 'a', parents: [], seen: { a: 9 }, entries: {}, siblings: {} } as const;
  const forged = signManifest(good, { ...identityOf('x'), unit: 'a' });
  assert.throws(() => checkSigned(forged, identityOf('b')), (error: unknown) => error instanceof SiteError && error.id === 'bad-signature');
});

test('another unit than the partner is at the other end: nothing is exchanged', async () => {
  const world = new SiteWorld();
  await (await world.a.start({ sync: { partner: 'c' } })).state.seed();
  await world.b.start();
  await world.clock.advance(10_000);
  assert.match(String(world.a.sync?.status().problem), /not the partner c/);
  assert.is(world.b.site.state.current, null);
  await world.stop();
});

test('older-than-the-floor: what was left behind cannot come back, not even signed', async () => {
  const world = new SiteWorld();
  await world.start();
  await greet(world.a.site, '201', 1);
  await inStep(world);
  world.cutLine();
  await setPin(world.b.site, '201', 66);
  await world.clock.advance(1000);
  for (let tag = 2; tag < 5; tag++) {
    await greet(world.a.site, '201', tag);
    await world.a.site.state.publish();
  }
  await world.a.site.state.raiseFloor();
  try {
    await carry(world.b.site, world.a.site);
    assert.unreachable();
  } catch (error) {
    assert.is((error as SiteError).id, 'below-floor');
  }
  world.healLine();
  await inStep(world, 150_000);
  assert.equal([pinOf(world.a.site, '201'), pinOf(world.b.site, '201')], [null, null]);
  assert.is(await heard(world.b.site, '201'), spoken(4));
  assert.is(world.b.site.state.floor, world.a.site.state.floor);
  assert.ok(world.b.site.state.history.some(({ author }) => author === 'b'), 'it stays in the history of the unit that made it');
  await world.stop();
});

test('full-disk-while-fetching: the old version stays, messages keep their room, and it goes on when there is room again', async () => {
  const world = new SiteWorld();
  await (await world.a.start()).state.seed();
  let reserve = 0;
  await world.b.start({ state: { reserveBytes: () => reserve } });
  await inStep(world);
  reserve = 2 ** 30 - 200_000;
  await greet(world.a.site, '201', 1, 12, 50_000);
  await setPin(world.a.site, '201', 1);
  await world.clock.advance(30_000);
  const { state, problem } = world.b.sync!.status();
  assert.equal([state, pinOf(world.b.site, '201')], ['waiting', null]);
  assert.match(String(problem), /kept for messages/);
  assert.ok((await world.b.storage.space()).freeBytes > reserve);
  reserve = 0;
  await world.clock.advance(pullRetryMs + 1000);
  await inStep(world);
  assert.is(await heard(world.b.site, '201'), spoken(1, 12, 50_000));
  await world.stop();
});

test('a disk that is full in the middle of a piece', async () => {
  const world = new SiteWorld();
  await world.start();
  await inStep(world);
  let full = true;
  world.b.storage.fault = ({ kind, path }) => (full && kind === 'write' && path.startsWith('site/parts/') ? 'no-space' : null);
  await greet(world.a.site, '201', 1, 12, 50_000);
  await world.clock.advance(10_000);
  assert.is(world.b.sync?.status().state, 'waiting');
  full = false;
  await world.clock.advance(pullRetryMs + 1000);
  await inStep(world);
  assert.is(await heard(world.b.site, '201'), spoken(1, 12, 50_000));
  await world.stop();
});

test('power-cut-while-applying: the unit comes back, and the exchange goes on by itself', async () => {
  for (const nth of [3, 20, 40, 60, 80]) {
    const world = new SiteWorld();
    await world.start();
    await inStep(world);
    await greet(world.a.site, '201', 1, 2, 50_000);
    await greet(world.a.site, '202', 2);
    await setPin(world.a.site, '203', 3);
    let count = 0;
    const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
    world.b.storage.fault = ({ kind }) => (!reads.has(kind) && count++ === nth ? 'power-cut' : null);
    await world.clock.advance(20_000);
    assert.ok(count > 3, `${count} operations`);
    world.b.cutPower((what) => (what === 'name' ? 'keep' : 'tear'));
    await world.b.start();
    await inStep(world, 60_000);
    assert.equal([await heard(world.b.site, '201'), await heard(world.b.site, '202'), pinOf(world.b.site, '203')], [spoken(1, 2, 50_000), spoken(2), pinOf(world.a.site, '203')], `cut at ${nth}`);
    await world.stop();
  }
});

test('settings changed in the own file of one unit are in force on both, and no own file is written', async () => {
  const world = new SiteWorld();
  await world.start();
  await inStep(world);
  const told: number[] = [];
  world.b.site.settings.applied = (settings) => told.push(settings.pins.minLength);
  await world.a.site.settings.reload(settingsOf(settingsText(8, ['201', '202', '203'])));
  await inStep(world);
  assert.equal(told, [8]);
  assert.equal(world.b.site.settings.fromSite, ['pins.minLength', 'mailboxes[203]']);
  await world.stop();
  await world.b.start();
  assert.is(world.b.site.settings.settings.pins.minLength, 8, 'after the boot, with the old own file');
  // A person changes the other unit's file: what they changed counts, the rest of the site's stays.
  await world.a.start({ own: settingsText(8, ['201', '202', '203']) });
  await world.b.site.settings.reload(settingsOf(settingsText(6, ['201', '202', '204'])));
  await inStep(world, 90_000);
  assert.equal(world.a.site.settings.settings.mailboxes.map(({ number }) => number), ['201', '202', '203', '204']);
  assert.is(world.a.site.settings.settings.pins.minLength, 8);
  await world.stop();
});

test('contents that nothing names any more go after some minutes, on both', async () => {
  const world = new SiteWorld();
  await world.start();
  await inStep(world);
  for (let tag = 0; tag < 30; tag++) {
    await greet(world.a.site, '201', tag);
    await world.clock.advance(500);
  }
  await inStep(world);
  await world.clock.advance(2 * collectMs);
  for (const { storage, site } of [world.a, world.b]) {
    assert.ok((await storage.list('site/blobs')).length <= site.state.history.length + 1);
    assert.equal(await storage.list('site/parts'), []);
  }
  await world.stop();
});

test.run();
