// The central unit, or the line to it, goes away: the distributed unit serves alone, and gives all back afterwards.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { DistributedWorld } from '../../support/distributed-world.ts';

const returnMs = 120_000;

test('line-cut: the distributed unit is alone, lets owners collect what it has, lights its lamp; healed, all comes home once with its state', async () => {
  const world = await DistributedWorld.joined();
  await world.leave('pbxC', 'far', '201');
  await world.until('the first is at the central unit', () => world.states('primary', '201').length === 1 && world.states('far', '201').length === 0);
  const pin = await world.during(world.unit('primary').owners.resetPin('202'));
  await world.until('the PIN is at the far unit', () => world.unit('far').owners.hasPin('202'));
  world.cutLine();
  const aloneMs = await world.until('alone', () => world.standing === 'alone');
  figure(`line cut until the distributed unit is alone: ${Math.round(aloneMs)} ms of virtual time`);
  assert.ok(aloneMs <= 9500, `${aloneMs} ms`);

  await world.leave('pbxC', 'far', '202');
  await world.leave('pbxC', 'far', '202');
  await world.clock.advance(1500);
  assert.equal(world.states('far', '202'), ['new', 'new']);
  assert.equal(world.lamp('pbxC', '202'), { mailbox: '202', waiting: true, counts: '2/0' });
  const told = world.lamps.pbxC.filter(({ mailbox }) => mailbox === '201').length;

  const owner = await world.during(world.phone('pbxC', 'far', { target: '*17', from: '202', script: `w2 202# w2 ${pin}# w8 0 w2` }).end);
  assert.ok(owner.answered, owner.text);
  await world.clock.advance(1500);
  assert.equal(world.states('far', '202').sort(), ['new', 'old'], 'one was heard');
  assert.equal(world.lamp('pbxC', '202'), { mailbox: '202', waiting: true, counts: '1/1' });
  assert.is(world.lamps.pbxC.filter(({ mailbox }) => mailbox === '201').length, told, 'of a mailbox without messages here nothing is said');

  world.healLine();
  await world.until('all is home', () => world.states('far', '202').length === 0, returnMs);
  await world.until('following', () => world.standing === 'following', returnMs);
  assert.equal(world.states('primary', '202').sort(), ['new', 'old'], 'each once, with its state');
  assert.equal(world.states('primary', '201'), ['new']);
  await world.clock.advance(3000);
  assert.equal(world.lamp('pbxC', '202'), { mailbox: '202', waiting: true, counts: '1/1' });
  const sentOn = await world.during(world.phone('pbxC', 'far', { target: '*17', from: '202', script: 'w1' }).end);
  assert.match(sentOn.text, /302/);
  assert.equal(await world.leaks('far', 'primary', 'backup'), []);
});

test('primary-dies: the backup serves as the central unit and keeps for it what the distributed unit has; it comes home when the primary returns', async () => {
  const world = await DistributedWorld.joined();
  const disk = world.kill('primary');
  await world.until('the backup serves', () => world.unit('backup').pair.status().role === 'backup-active');
  await world.until('the far unit has found it', () => world.far.status().central?.name === 'backup');
  assert.is(world.standing, 'following', 'the site was not without a central unit for long enough');
  await world.leave('pbxC', 'far', '201');
  await world.until('at the backup', () => world.states('backup', '201').length === 1 && world.states('far', '201').length === 0);
  await world.clock.advance(1500);
  assert.equal(world.lamp('pbxA', '201'), { mailbox: '201', waiting: true, counts: '1/0' });
  await world.boot('primary', disk);
  await world.until('the primary serves', () => world.unit('primary').pair.status().role === 'primary-active', returnMs);
  await world.until('at home', () => world.states('primary', '201').length === 1 && world.states('backup', '201').length === 0, returnMs);
  await world.until('the far unit follows the primary', () => world.far.status().central?.name === 'primary' && world.standing === 'following', returnMs);
  assert.equal(await world.leaks('far', 'primary', 'backup'), []);
});

test('backup-takes-a-message-and-cannot-say-so: it comes home over the backup, and not once more from the distributed unit', async () => {
  const world = await DistributedWorld.joined();
  const disk = world.kill('primary');
  await world.until('the far unit has found the backup', () => world.far.status().central?.name === 'backup');
  // The line breaks between the arrival at the backup and its acknowledgement.
  world.unit('backup').store.changed = (mailbox) => {
    if (world.states('backup', mailbox).length > 0) world.cutLine();
  };
  await world.leave('pbxC', 'far', '202');
  await world.until('the line is cut with the message on both', () => world.states('backup', '202').length === 1 && world.states('far', '202').length === 1);
  await world.boot('primary', disk);
  await world.until('home over the backup', () => world.states('primary', '202').length === 1 && world.states('backup', '202').length === 0, returnMs);
  // Its owner hears it, deletes it, and housekeeping takes it away, before the distributed unit is back.
  const [message] = world.unit('primary').store.list('202');
  await world.during(world.unit('primary').store.purge('202', message?.id ?? ''));
  world.healLine();
  await world.until('the far unit has let it go', () => world.states('far', '202').length === 0, returnMs);
  assert.equal(world.states('primary', '202'), [], 'it did not come again');
  await world.leaks('far', 'primary', 'backup');
});

test('distributed-unit-killed-after-a-message: it is delivered after the next start', async () => {
  const world = await DistributedWorld.joined();
  world.cutLine();
  await world.leave('pbxC', 'far', '202');
  const disk = world.kill('far');
  world.healLine();
  await world.boot('far', disk);
  await world.until('delivered', () => world.states('primary', '202').length === 1 && world.states('far', '202').length === 0, returnMs);
  assert.is(world.standing, 'following');
  await world.leaks('far', 'primary', 'backup');
});

test('line-flaps: the distributed unit does not change back before the central one has answered for returnSec', async () => {
  const world = await DistributedWorld.joined();
  world.cutLine();
  await world.until('alone', () => world.standing === 'alone');
  for (let round = 0; round < 3; round++) {
    world.healLine();
    await world.until('returning', () => world.standing === 'returning');
    await world.clock.advance(3000);
    assert.is(world.standing, 'returning');
    world.cutLine();
    await world.until('alone again', () => world.standing === 'alone');
  }
  world.healLine();
  await world.until('following', () => world.standing === 'following');
  const names = world.far.status().changes.map(({ to }) => to);
  assert.is(names.filter((name) => name === 'following').length, 2, names.join());
  await world.leaks('far', 'primary', 'backup');
});

test.run();
