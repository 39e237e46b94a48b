// A distributed unit follows its central one: messages go there at once, lamps and collection are there.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DistributedWorld, places } from '../../support/distributed-world.ts';

test('a message left at the distributed unit is at the central one at once, lights its lamp, and is gone where it was recorded', async () => {
  const world = await DistributedWorld.joined();
  assert.equal(world.unit('far').settings.mailboxes.map(({ number }) => number), ['201', '202'], 'the mailboxes of the site');
  const end = await world.leave('pbxC', 'far', '202');
  assert.ok(end.answered, end.text);
  const tookMs = await world.until('at the central unit', () => world.states('primary', '202').length === 1);
  await world.until('gone at the far unit', () => world.states('far', '202').length === 0);
  assert.ok(tookMs < 1000, `${tookMs} ms`);
  await world.clock.advance(1500);
  assert.equal(world.states('primary', '202'), ['new']);
  assert.equal(world.lamp('pbxC', '202'), { mailbox: '202', waiting: true, counts: '1/0' });
  assert.is(world.lamp('pbxA', '202'), undefined, 'the lamp of 202 is at PBX C alone');
  assert.is(world.unit('primary').store.list('202')[0]?.callerNumber, '301');
  assert.equal(await world.leaks('far', 'primary', 'backup'), []);
});

test('who wants to collect at the distributed unit is sent to the central one', async () => {
  const world = await DistributedWorld.joined();
  const end = await world.during(world.phone('pbxC', 'far', { target: '*17', from: '202', script: 'w1' }).end);
  assert.not.ok(end.answered);
  assert.match(end.text, /302/);
  const there = await world.during(world.phone('pbxC', 'primary', { target: '*17', from: '202', script: 'w1' }).end);
  assert.ok(there.answered, `the central unit serves callers of PBX C: ${there.text}`);
  assert.equal(places.primary, '10.0.1.2');
  await world.leaks('far', 'primary', 'backup');
});

test.run();
