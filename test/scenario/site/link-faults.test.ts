import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coalesceMs } from '../../../firmware/site/site-edits.ts';
import { greet, heard, pinOf, setPin, spoken } from '../../support/site/site-fixture.ts';
import { SiteWorld } from '../../support/site/site-world.ts';

test('a change on one is in force on the other within seconds, and costs little', async () => {
  const world = new SiteWorld({ kbps: 64 });
  await world.start();
  assert.ok(await world.untilInStep(10_000));
  await setPin(world.a.site, '201', 1);
  const beganMs = world.clock.monotonic();
  assert.ok(await world.clock.until(() => pinOf(world.b.site, '201') !== null, 5000, 20));
  const tookMs = world.clock.monotonic() - beganMs;
  assert.ok(tookMs > coalesceMs && tookMs < 2000, `${tookMs} ms`);
  assert.ok(await world.untilInStep(5000));
  const { state, here, there, behind, siblings } = world.b.sync!.status();
  assert.equal([state, here, behind, siblings], ['in-step', there, { entries: 0, bytes: 0 }, []]);
  await greet(world.b.site, '202', 2);
  assert.ok(await world.clock.until(() => world.a.site.store.greetings.current('202', 'greeting') !== null, 10_000), 'the other way too');
  await world.stop();
  await world.clock.advance(2000);
  assert.equal(world.clock.pending().map(({ name }) => name), []);
});

test('link-cut-in-mid-blob-resumes: what has come is not fetched again', async () => {
  const world = new SiteWorld({ kbps: 64 });
  await world.start();
  await world.untilInStep(10_000);
  await greet(world.a.site, '201', 1, 12, 50_000);
  const total = 600_000;
  assert.ok(await world.clock.until(() => world.b.storage.bytesWritten > 300_000, 120_000, 500));
  const { state, behind } = world.b.sync!.status();
  assert.equal([state, behind.entries], ['fetching', 1]);
  const before = world.b.storage.bytesWritten;
  world.cutLine();
  await world.clock.advance(10 * 60_000);
  assert.is(world.b.sync?.status().connected, false);
  world.healLine();
  assert.ok(await world.clock.until(() => world.b.sync?.status().connected === true, 85_000, 100), 'attempts come at least every 75 s');
  const beganMs = world.clock.monotonic();
  assert.ok(await world.untilInStep(200_000, 500));
  const tookSec = (world.clock.monotonic() - beganMs) / 1000;
  // 64 kbit/s are 75 s for all of it; of what had come one piece of 64 KB may be lost.
  const restSec = (total - 4 * 65_536) / 8000;
  assert.ok(tookSec < restSec + 5, `${tookSec} s for ${restSec} s of bytes`);
  assert.is(await heard(world.b.site, '201'), spoken(1, 12, 50_000));
  // The recording itself is written once more when it is made from the content.
  assert.ok(world.b.storage.bytesWritten - before < total - before + 65_536 + 2 * total * 0.75, `${world.b.storage.bytesWritten - before} bytes`);
  await world.stop();
});

test('power cut in mid blob: the next boot goes on from the disk, at most one piece earlier', async () => {
  for (const fate of ['keep', 'drop', 'tear', 'zero'] as const) {
    const world = new SiteWorld({ kbps: 1000 });
    await world.start();
    await world.untilInStep(10_000);
    await greet(world.a.site, '201', 1, 12, 50_000);
    assert.ok(await world.clock.until(() => world.b.storage.bytesWritten > 300_000, 120_000, 50));
    world.b.cutPower((what) => (what === 'name' ? 'keep' : fate));
    await world.clock.advance(5000);
    await world.b.start();
    assert.ok(await world.untilInStep(60_000), fate);
    assert.is(await heard(world.b.site, '201'), spoken(1, 12, 50_000), fate);
    // What came after the boot: not the 4 pieces that were there.
    const fetched = world.b.storage.counts.write ?? 0;
    assert.ok(world.b.storage.bytesWritten < 600_000 * 2 - 3 * 65_536, `${fate}: ${world.b.storage.bytesWritten} bytes in ${fetched} writes`);
    await world.stop();
  }
});

test('partner-away-for-30-days: both change in the meantime, and come together', async () => {
  const world = new SiteWorld({ kbps: 64 });
  await world.start();
  await world.untilInStep(10_000);
  world.cutLine();
  for (let day = 0; day < 30; day++) {
    await setPin(world.a.site, '201', day);
    if (day % 3 === 0) await greet(world.a.site, '202', day);
    if (day % 10 === 0) await greet(world.b.site, '203', 100 + day);
    await world.clock.advance(24 * 60 * 60_000 / 24);
    // A day of silence holds nothing but attempts to connect: its rest is left out, so that the test ends today.
    world.clock.stepWall(23 * 60 * 60_000);
  }
  const { state, connected, there } = world.b.sync!.status();
  assert.equal([state, connected], ['waiting', false]);
  assert.ok(there !== null);
  world.healLine();
  assert.ok(await world.untilInStep(150_000, 500));
  for (const { site } of [world.a, world.b]) {
    assert.is(pinOf(site, '201'), Buffer.from('hash 29').toString('base64'));
    assert.is(await heard(site, '202'), spoken(27));
    assert.is(await heard(site, '203'), spoken(120));
    assert.equal(site.state.siblings, []);
  }
  await world.stop();
});

test('two-sided-edit-during-split: the same wins on both, the other is listed on both', async () => {
  const world = new SiteWorld();
  await world.start();
  await world.untilInStep(10_000);
  world.cutLine();
  await greet(world.a.site, '201', 1);
  await greet(world.b.site, '201', 2);
  await setPin(world.a.site, '202', 3);
  await greet(world.b.site, '203', 4);
  await world.clock.advance(120_000);
  world.healLine();
  assert.ok(await world.untilInStep(150_000, 500));
  for (const { site, sync } of [world.a, world.b]) {
    assert.is(await heard(site, '201'), spoken(2), 'equal epoch and version: the later unit id');
    assert.is(await heard(site, '203'), spoken(4));
    assert.is(pinOf(site, '202'), Buffer.from('hash 3').toString('base64'));
    assert.equal(sync?.status().siblings.map(({ name, inForce, others }) => [name, inForce.by, others.map(({ by }) => by)]), [['greeting/201/greeting', 'b', ['a']]]);
  }
  const loser = world.a.site.state.siblings[0]?.others[0]?.sha256 ?? '';
  assert.ok(world.a.site.state.blobs.has(loser) && world.b.site.state.blobs.has(loser), 'its content is on both');
  await world.b.site.state.settle('greeting/201/greeting', loser);
  assert.ok(await world.untilInStep(10_000));
  assert.is(await heard(world.a.site, '201'), spoken(1));
  await world.stop();
});

test('rollback: old content is a new version, and goes to the partner like any other', async () => {
  const world = new SiteWorld();
  await world.start();
  await greet(world.a.site, '201', 1);
  await world.clock.advance(1000);
  const good = world.a.site.state.current?.manifest.version ?? 0;
  await greet(world.a.site, '201', 2);
  await world.untilInStep(20_000);
  assert.ok(await world.clock.until(() => world.inStep && (world.a.site.state.current?.manifest.version ?? 0) > good, 10_000));
  await world.a.site.state.rollback(good);
  assert.ok(await world.untilInStep(10_000));
  assert.is(await heard(world.b.site, '201'), spoken(1));
  assert.ok((world.b.site.state.current?.manifest.version ?? 0) > good + 1);
  await world.stop();
});

test('a line that resets every few seconds, loses and cuts into pieces: all comes through in the end', async () => {
  const world = new SiteWorld({ kbps: 256 });
  await world.start();
  await world.untilInStep(10_000);
  world.network.faultAll({ loss: 0.05, segmentBytes: 700, jitterMs: 30 });
  await greet(world.a.site, '201', 1, 12, 50_000);
  await greet(world.b.site, '202', 2, 3, 50_000);
  let resets = 0;
  for (await world.clock.advance(7000); !world.inStep && resets < 100; resets++) {
    world.network.resetStreams('10.0.0.1', '10.0.0.2');
    await world.clock.advance(7000);
  }
  assert.ok(world.inStep && resets >= 3, `${resets} resets`);
  assert.is(await heard(world.b.site, '201'), spoken(1, 12, 50_000));
  assert.is(await heard(world.a.site, '202'), spoken(2, 3, 50_000));
  await world.stop();
});

test.run();
