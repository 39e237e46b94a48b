import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SiteError } from '../../../firmware/site/site-error.ts';
import { collectMs } from '../../../firmware/site/kept-contents.ts';
import { coalesceMs } from '../../../firmware/site/site-edits.ts';
import { milestonesKept, recentKept } from '../../../firmware/site/site-history.ts';
import type { SignedManifest } from '../../../firmware/site/signed-manifest.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { boot, carry, copied, greet, heard, pinOf, setPin, settingsOf, settingsText, spoken } from '../../support/site/site-fixture.ts';

const seeded = async (unit = 'a', storage = new SimStorage()) => {
  const one = await boot(unit, storage);
  await one.state.seed();
  return one;
};
const version = (unit: { state: { current: { manifest: { version: number } } | null } }): number => unit.state.current?.manifest.version ?? 0;

test('changes that come together become one version, by themselves', async () => {
  const a = await seeded();
  assert.is(version(a), 1);
  await greet(a, '201', 1);
  await setPin(a, '201', 2);
  await setPin(a, '202', 3);
  await a.clock.advance(coalesceMs - 1);
  assert.is(version(a), 1);
  await a.clock.until(() => version(a) === 2, 1000);
  assert.equal(Object.keys(a.state.current?.manifest.entries ?? {}).sort(), ['greeting/201/greeting', 'owner/201', 'owner/202', 'settings']);
  await a.clock.advance(10_000);
  assert.is(version(a), 2);
  await a.state.close();
});

test('what changes nothing publishes nothing', async () => {
  const a = await seeded();
  await setPin(a, '201', 1);
  await a.state.publish();
  await setPin(a, '201', 1);
  await a.clock.advance(1000);
  assert.is(version(a), 2);
  await a.state.close();
});

test('a unit that has nothing takes all, and a removed greeting goes there too', async () => {
  const a = await seeded();
  await greet(a, '201', 1, 3, 30_000);
  await greet(a, '201', 9, 1, 2000, 'name');
  await setPin(a, '201', 1);
  await a.state.publish();
  const b = await boot('b', new SimStorage());
  assert.is(await carry(a, b), 'merged', 'its own settings, though equal, were a first version');
  assert.is(await heard(b, '201'), spoken(1, 3, 30_000));
  assert.is(await heard(b, '201', 'name'), spoken(9));
  assert.is(pinOf(b, '201'), pinOf(a, '201'));
  assert.is(await carry(b, a), 'adopted');
  await a.store.greetings.remove('201', 'greeting');
  await a.state.publish();
  assert.is(await carry(a, b), 'adopted');
  assert.is(await heard(b, '201'), null);
  assert.is(await carry(a, b), 'kept');
  assert.is(b.state.current?.hash, a.state.current?.hash);
  assert.equal(b.state.siblings, []);
});

test('what comes from the partner is not published again', async () => {
  const a = await seeded();
  await greet(a, '201', 1);
  await a.state.publish();
  const b = await boot('b', new SimStorage());
  await carry(a, b);
  const before = b.state.current?.hash;
  await b.clock.advance(60_000);
  assert.is(b.state.current?.hash, before);
  await b.state.close();
});

test('rollback makes old greetings and settings a new version, and leaves PINs alone', async () => {
  const a = await seeded();
  await greet(a, '201', 1);
  await setPin(a, '201', 1);
  await a.state.publish();
  const good = version(a);
  await greet(a, '201', 2);
  await greet(a, '202', 3);
  await setPin(a, '201', 2);
  await a.settings.reload(settingsOf(settingsText(8)));
  await a.state.publish();
  await a.state.rollback(good);
  assert.is(version(a), good + 2);
  assert.is(await heard(a, '201'), spoken(1));
  assert.is(await heard(a, '202'), null);
  assert.is(pinOf(a, '201'), Buffer.from('hash 2').toString('base64'));
  assert.is(a.settings.settings.pins.minLength, 6);
  await a.clock.advance(1000);
  assert.is(version(a), good + 2);
  const b = await boot('b', new SimStorage());
  await carry(a, b);
  assert.is(await heard(b, '201'), spoken(1));
  await refused(() => a.state.rollback(999), 'missing');
  await a.state.close();
});

test('a two-sided edit: the later epoch is in force on both, the other is kept until somebody decides', async () => {
  const a = await seeded();
  await greet(a, '201', 1);
  await a.state.publish();
  const disk = new SimStorage();
  const old = await boot('b', disk);
  await carry(a, old);
  await carry(old, a);
  await old.state.close();
  const b = await boot('b', disk, { epoch: 2 });
  await greet(a, '201', 2);
  await greet(a, '202', 4);
  await a.state.publish();
  await greet(b, '201', 3);
  await setPin(b, '202', 5);
  await b.state.publish();
  assert.is(await carry(b, a), 'merged');
  assert.is(await carry(a, b), 'adopted');
  for (const unit of [a, b]) {
    assert.is(await heard(unit, '201'), spoken(3));
    assert.is(await heard(unit, '202'), spoken(4), 'an edit of another entry is merged');
    assert.is(pinOf(unit, '202'), Buffer.from('hash 5').toString('base64'));
    assert.equal(unit.state.siblings.map(({ name, others }) => [name, others.map(({ by }) => by)]), [['greeting/201/greeting', ['a']]]);
  }
  assert.ok(a.log.has('site-siblings'));
  const [{ others: [loser] } = { others: [] }] = b.state.siblings;
  await b.state.settle('greeting/201/greeting', loser?.sha256 ?? '');
  assert.is(await heard(b, '201'), spoken(2));
  await carry(b, a);
  assert.is(await heard(a, '201'), spoken(2));
  assert.equal([a.state.siblings, b.state.siblings], [[], []]);
});

test('what is kept is bounded: the last versions, and the last that changed more than owners', async () => {
  const a = await seeded();
  for (let tag = 0; tag < 30; tag++) {
    await (tag % 2 === 0 ? greet(a, '201', tag) : setPin(a, '201', tag));
    await a.state.publish();
  }
  const kept = a.state.history;
  assert.is(kept.length, recentKept / 2 + milestonesKept);
  assert.equal(kept.slice(0, 2).map(({ version: one, milestone }) => [one, milestone]), [[31, false], [30, true]]);
  await a.clock.advance(collectMs + 1000);
  assert.is((await a.storage.list('site/manifests')).length, kept.length);
  const names = new Set<string>();
  for (const { hash } of kept) for (const { sha256 } of Object.values((await a.state.manifest(hash))?.manifest.entries ?? {})) names.add(sha256);
  assert.equal((await a.storage.list('site/blobs')).sort(), [...names].sort());
  await a.state.close();
});

test('a change made just before the power went is published after the boot', async () => {
  const a = await seeded();
  await greet(a, '201', 1);
  await a.state.close();
  const again = await boot('a', a.storage.afterPowerCut(() => 'drop'));
  await again.clock.advance(1000);
  assert.is(version(again), 2);
  assert.ok(again.state.current?.manifest.entries['greeting/201/greeting']);
  await again.state.close();
});

test('a damaged mailbox document is made whole again, and its loss is not published', async () => {
  const a = await seeded();
  await greet(a, '201', 1);
  await setPin(a, '201', 1);
  await a.state.publish();
  await a.state.close();
  for (const name of await a.storage.list('mailboxes/201')) if (/\.[ab]$/.test(name)) for (let bit = 0; bit < 512; bit += 8) a.storage.flipBit(`mailboxes/201/${name}`, bit);
  const again = await boot('a', a.storage);
  assert.is(await heard(again, '201'), spoken(1));
  assert.is(pinOf(again, '201'), pinOf(a, '201'));
  await again.clock.advance(60_000);
  assert.is(version(again), 2);
  await again.state.close();
});

test('a lost head is found again by the manifests', async () => {
  const a = await seeded();
  await greet(a, '201', 1);
  await a.state.publish();
  await a.state.close();
  for (const slot of ['site/head.a', 'site/head.b']) for (let bit = 0; bit < 512; bit += 8) a.storage.flipBit(slot, bit);
  const again = await boot('a', a.storage);
  assert.is(version(again), 2);
  assert.ok(again.log.has('site-head-lost'));
  await again.state.close();
});

test('a full disk: the change waits, and is published when there is room', async () => {
  const storage = new SimStorage();
  let reserve = 0;
  const a = await boot('a', storage, { state: { reserveBytes: () => reserve } });
  await a.state.seed();
  reserve = 2 ** 40;
  await greet(a, '201', 1);
  await a.clock.advance(1000);
  assert.is(version(a), 1);
  assert.ok(a.log.has('site-not-published'));
  reserve = 0;
  await a.clock.advance(61_000);
  assert.is(version(a), 2);
  await a.state.close();
});

test('a damaged content is fetched again', async () => {
  const a = await seeded();
  await greet(a, '201', 1);
  await a.state.publish();
  const b = await boot('b', new SimStorage());
  await carry(a, b);
  const sha256 = b.state.current?.manifest.entries['greeting/201/greeting']?.sha256 ?? '';
  b.storage.flipBit(`site/blobs/${sha256}`, 4000);
  assert.is(await b.state.blobs.check(sha256), false);
  assert.is(b.state.missing(b.state.current!.manifest).length, 1);
  assert.is(await b.state.recheck(sha256), true, 'made again from what is in force');
});

test('settings that do not fit this unit refuse the whole set', async () => {
  const a = await seeded();
  const b = await boot('b', new SimStorage(), { own: JSON.stringify({ ...JSON.parse(settingsText()), sip: { tcp: false } }) });
  await a.settings.reload(settingsOf(JSON.stringify({ ...JSON.parse(settingsText()), peers: [{ name: 'pbx', addresses: ['10.0.0.1'], host: '10.0.0.1', transport: 'tcp' }] })));
  await greet(a, '201', 1);
  await a.state.publish();
  await refused(() => carry(a, b), 'not-applicable');
  assert.is(await heard(b, '201'), null);
  assert.equal(await b.storage.list('greetings'), [], 'nothing that was made ready is left');
});

test('duplicated-and-reordered-messages: manifests of both in any order, twice, come to the same on both', async () => {
  for (let order = 0; order < 6; order++) {
    const a = await seeded();
    const b = await boot('b', new SimStorage());
    await carry(a, b);
    await carry(b, a);
    const sent: SignedManifest[] = [];
    for (let tag = 0; tag < 4; tag++) {
      for (const [unit, box] of [[a, '201'], [b, '202'], [b, '201']] as const) {
        await setPin(unit, box, 10 * tag + Number(box));
        await unit.state.publish();
        if (unit.state.current !== null) sent.push(unit.state.current);
      }
    }
    const shuffled = [...sent, ...sent].sort((one, other) => hashOrder(one, order) - hashOrder(other, order));
    // Contents are small here: the other unit's store hands them over.
    for (const signed of shuffled) {
      for (const [from, to] of [[a, b], [b, a]] as const) await to.state.receive(signed, (value, blobs) => copied(from, value, blobs));
    }
    for (let turn = 0; turn < 3; turn++) {
      await carry(a, b);
      await carry(b, a);
    }
    assert.is(a.state.current?.hash, b.state.current?.hash, `order ${order}`);
    assert.equal([pinOf(a, '201'), pinOf(a, '202')], [pinOf(b, '201'), pinOf(b, '202')]);
    assert.is(pinOf(a, '202'), Buffer.from('hash 232').toString('base64'), 'edited on one side only: its last');
  }
});

const hashOrder = ({ hash }: SignedManifest, order: number): number => parseInt(hash.slice(order * 6, order * 6 + 6), 16);

async function refused(work: () => Promise<unknown>, id: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.instance(error, SiteError);
    assert.is((error as SiteError).id, id);
    return;
  }
  assert.unreachable(`expected ${id}`);
}

test.run();
