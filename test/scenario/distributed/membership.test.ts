// Who is of the site: joining, being removed, leaving, and what all of them know of each other.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pairing } from '../../../firmware/failover/pairing/pairing.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { DistributedWorld, places } from '../../support/distributed-world.ts';
import { greet, heard, spoken } from '../../support/site/site-fixture.ts';

const kinds = (world: DistributedWorld, name: 'primary' | 'backup'): string[] => world.hub(name).status().map(({ member }) => `${member.name} ${member.kind}`);

test('a unit that joined the primary is known to the backup without a second code, and both know the pair', async () => {
  const world = await DistributedWorld.joined();
  const all = ['primary primary', 'backup backup', 'far distributed'];
  assert.equal(kinds(world, 'primary'), all);
  await world.until('the backup knows', () => kinds(world, 'backup').length === 3);
  assert.equal(kinds(world, 'backup'), all);
  assert.equal(world.far.status().members.length, 3);
  const { sync } = world.hub('primary').status()[2] ?? {};
  assert.is(sync?.there?.version, world.unit('primary').pair.site?.current?.manifest.version, 'its version is shown');
  assert.equal(await world.leaks('far', 'primary', 'backup'), []);
});

test('a greeting travels both ways: recorded at the central unit, and at the distributed one', async () => {
  const world = await DistributedWorld.joined();
  await world.during(greet(world.unit('primary'), '201', 5));
  let at = null as string | null;
  const look = async (name: 'primary' | 'backup' | 'far', mailbox: string): Promise<void> => void (at = await heard(world.unit(name), mailbox));
  await world.until('at the far unit', () => world.unit('far').store.greetings.current('201', 'greeting') !== null);
  await world.during(look('far', '201'));
  assert.is(at, spoken(5));
  await world.during(greet(world.unit('far'), '202', 6));
  for (const name of ['primary', 'backup'] as const) {
    await world.until(`at the ${name}`, () => world.unit(name).store.greetings.current('202', 'greeting') !== null);
    await world.during(look(name, '202'));
    assert.is(at, spoken(6));
  }
  await world.leaks('far', 'primary', 'backup');
});

test('backup-off-while-a-unit-joins-and-signs: it takes what that unit signed on the word of the primary', async () => {
  const world = new DistributedWorld();
  for (const name of ['primary', 'backup', 'far'] as const) await world.boot(name);
  await world.pair();
  const disk = world.kill('backup');
  assert.ok((await world.join()).ok);
  await world.until('following', () => world.standing === 'following' && world.far.status().sync?.state === 'in-step');
  await world.during(greet(world.unit('far'), '202', 7));
  await world.until('at the primary', () => world.unit('primary').store.greetings.current('202', 'greeting') !== null);
  const author = world.unit('primary').pair.site?.current?.manifest.author;
  assert.is(author, world.far.site.current?.manifest.author, 'the current version is signed by the unit that the backup has never heard of');
  await world.boot('backup', disk);
  await world.until('at the backup', () => world.unit('backup').store.greetings.current('202', 'greeting') !== null);
  assert.is(kinds(world, 'backup').length, 3);
  await world.leaks('far', 'primary', 'backup');
});

test('backup-replaced: the new one takes at once what the old one signed, and the old one is of the site no more', async () => {
  const world = new DistributedWorld();
  for (const name of ['primary', 'backup'] as const) await world.boot(name);
  await world.pair();
  await world.during(greet(world.unit('backup'), '201', 8));
  const signedBy = (): string | undefined => world.unit('primary').pair.site?.current?.manifest.author;
  await world.until('at the primary', () => world.unit('primary').store.greetings.current('201', 'greeting') !== null);
  const old = (world.unit('backup').pair.pairing as Pairing).identity.fingerprint;
  assert.is(signedBy(), old);
  world.kill('backup');
  await world.boot('backup', new SimStorage());
  await world.pair();
  await world.until('at the new one', () => world.unit('backup').store.greetings.current('201', 'greeting') !== null);
  await world.until('the old one is struck out', () => !world.hub('primary').status().some(({ member }) => member.fingerprint === old));
  const versions = world.unit('primary').pair.site?.history.filter(({ author }) => author === old) ?? [];
  assert.ok(versions.length > 0, 'what it signed is kept');
  await world.during((world.unit('primary').pair.site as NonNullable<typeof world.far.site>).rollback(versions[0]?.version ?? 0));
  await world.clock.advance(2000);
  assert.equal(kinds(world, 'primary'), ['primary primary', 'backup backup'], 'who is of the site is not rolled back');
  assert.not.ok(world.hub('primary').status().some(({ member }) => member.fingerprint === old));
  await world.leaks('primary', 'backup');
});

test('pair-forgotten: the primary dials no partner that it has no more', async () => {
  const world = new DistributedWorld();
  for (const name of ['primary', 'backup'] as const) await world.boot(name);
  await world.pair();
  await world.until('connected', () => world.unit('primary').pair.exchange()?.home.connected === true);
  assert.ok(await world.during((world.unit('primary').pair.pairing as Pairing).forget()));
  await world.clock.advance(70_000);
  assert.equal(world.clock.pending().map(({ name }) => name).filter((name) => name === 'site-dial'), []);
  assert.is(world.unit('primary').pair.exchange()?.home.connected, false);
  await world.leaks('primary', 'backup');
});

test('a unit that is removed is cut off at once, everywhere, and keeps its messages; with a new code it is back', async () => {
  const world = await DistributedWorld.joined();
  const { member } = world.hub('primary').status()[2] ?? {};
  assert.ok(await world.during(world.hub('primary').remove(member?.fingerprint ?? '')));
  await world.until('alone', () => world.standing === 'alone');
  await world.until('unknown at the backup', () => kinds(world, 'backup').length === 2);
  await world.leave('pbxC', 'far', '202');
  await world.clock.advance(120_000);
  assert.equal([world.states('far', '202'), world.states('primary', '202')], [['new'], []]);
  assert.match(world.far.status().problem ?? '', /does not accept the certificate/);
  assert.is(world.hub('primary').status().length, 2, 'nothing that it has brings it back');
  assert.ok((await world.join()).ok);
  await world.until('delivered', () => world.states('primary', '202').length === 1);
  await world.leaks('far', 'primary', 'backup');
});

test('a unit that leaves keeps what it has, and joins again at the backup while that serves', async () => {
  const world = await DistributedWorld.joined();
  assert.ok(await world.during(world.far.leave()));
  assert.is(world.standing, 'alone');
  await world.leave('pbxC', 'far', '201');
  await world.until('stored here', () => world.states('far', '201').length === 1);
  const disk = world.kill('primary');
  await world.until('the backup serves', () => world.unit('backup').pair.status().role === 'backup-active');
  assert.ok((await world.join('backup')).ok);
  await world.until('at the backup', () => world.states('backup', '201').length === 1);
  await world.boot('primary', disk);
  await world.until('home', () => world.states('primary', '201').length === 1 && world.states('backup', '201').length === 0, 120_000);
  await world.leaks('far', 'primary', 'backup');
});

test('a code for a partner lets nobody join the site, nor the other way round', async () => {
  const world = new DistributedWorld();
  for (const name of ['primary', 'backup', 'far'] as const) await world.boot(name);
  const pairing = world.unit('primary').pair.pairing as Pairing;
  const { code } = await world.during(pairing.showCode());
  const joined = await world.during(world.far.join(places.primary, code, new AbortController().signal));
  assert.equal(joined.ok ? 'joined' : joined.why, 'wrong-code');
  const { code: other } = await world.during(world.hub('primary').showCode());
  const paired = await world.during((world.unit('backup').pair.pairing as Pairing).join(places.primary, other));
  assert.equal(paired.ok ? 'paired' : paired.why, 'wrong-code');
  assert.is(pairing.status().code, null, 'the newer code ended the older');
  await world.leaks('far', 'primary', 'backup');
});

test.run();
