// Several distributed units of one central unit.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DistributedWorld } from '../../support/distributed-world.ts';
import { greet, heard, spoken } from '../../support/site/site-fixture.ts';

async function both(): Promise<DistributedWorld> {
  const world = await DistributedWorld.joined();
  await world.boot('north');
  const joined = await world.join('primary', 'north');
  assert.ok(joined.ok);
  await world.until('both follow', () => ['far', 'north'].every((name) => world.distributed(name as 'far').status().standing === 'following'));
  return world;
}

test('two deliver at the same time, each message once; what one of them is told of the site reaches the other', async () => {
  const world = await both();
  world.cutLine();
  for (const name of ['far', 'north'] as const) await world.until(`${name} alone`, () => world.distributed(name).status().standing === 'alone');
  for (const name of ['far', 'north', 'far', 'north'] as const) await world.leave('pbxC', name, '201');
  assert.equal(world.states('primary', '201'), []);
  await world.during(greet(world.unit('north'), '202', 4));
  world.healLine();
  await world.until('all is home', () => world.states('primary', '201').length === 4 && world.states('far', '201').length === 0 && world.states('north', '201').length === 0, 120_000);
  await world.until('the greeting is at the other one', () => world.unit('far').store.greetings.current('202', 'greeting') !== null, 120_000);
  assert.is(await world.during(heard(world.unit('far'), '202')), spoken(4));
  assert.equal(world.hub('primary').status().map(({ member, delivery }) => `${member.name} ${delivery?.came ?? '-'}`), ['primary -', 'backup -', 'far 2', 'north 2']);
  assert.equal(await world.leaks('far', 'north', 'primary', 'backup'), []);
});

test('one that is removed leaves the other alone', async () => {
  const world = await both();
  const north = world.hub('primary').status().find(({ member }) => member.name === 'north');
  assert.ok(await world.during(world.hub('primary').remove(north?.member.fingerprint ?? '')));
  await world.until('north is alone', () => world.distributed('north').status().standing === 'alone');
  assert.is(world.standing, 'following');
  await world.until('far knows', () => world.far.status().members.length === 3);
  await world.leave('pbxC', 'far', '202');
  await world.until('delivered', () => world.states('primary', '202').length === 1);
  await world.leaks('far', 'north', 'primary', 'backup');
});

test('the backup cannot be removed as a member', async () => {
  const world = await DistributedWorld.joined();
  assert.not.ok(await world.during(world.hub('primary').remove(world.hub('primary').status()[1]?.member.fingerprint ?? '')), 'the backup is not removed as a member');
  assert.is(world.hub('primary').status().length, 3);
  await world.leaks('far', 'primary', 'backup');
});

test.run();
