import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Floors, PortUse } from '../../../firmware/calls/port-classes.ts';
import { portClasses, portsLeft, portUses } from '../../../firmware/calls/port-classes.ts';
import type { Port } from '../../../firmware/calls/port-pool.ts';
import { PortPool } from '../../../firmware/calls/port-pool.ts';

const floors = (some: Partial<Floors>): Floors => ({ mailboxAccess: 0, leave: 0, autoAttendant: 0, announcements: 0, voiceRecording: 0, mandatoryVoiceRecording: 0, ...some });
const none = (): Floors => floors({});

test('no more ports are lent than there are, and the longest idle one first', () => {
  const pool = new PortPool(3, none);
  const lent = [pool.take('leave'), pool.take('leave'), pool.take('leave')];
  assert.equal(lent.map((port) => port?.index), [0, 1, 2]);
  assert.is(pool.take('leave'), null);
  const [first, second] = lent;
  if (!first || !second) throw new Error('not lent');
  pool.give(second);
  pool.give(first);
  assert.equal([pool.take('leave')?.index, pool.take('leave')?.index], [1, 0]);
  assert.is(pool.peak, 3);
});

test('a port is lent by its number when it is idle, and not otherwise', () => {
  const pool = new PortPool(3, none);
  const first = pool.take('leave');
  assert.equal([first?.index, pool.takeNumber(2, 'leave')?.index, pool.takeNumber(2, 'leave'), pool.takeNumber(0, 'leave'), pool.takeNumber(7, 'leave')], [0, 2, null, null, null]);
  assert.equal([pool.take('leave')?.index, pool.take('leave'), pool.inUse, pool.peak], [1, null, 3, 3]);
  if (first !== null) pool.give(first);
  assert.is(pool.takeNumber(0, 'leave')?.index, 0);
});

test('a session number never comes twice', () => {
  const pool = new PortPool(1, none);
  const seen = new Set<number>();
  for (let use = 0; use < 100; use++) {
    const port = pool.take('leave');
    if (port === null) throw new Error('not lent');
    seen.add(port.session);
    pool.give(port);
  }
  assert.is(seen.size, 100);
});

test('a port given back twice is a defect that is told', () => {
  const pool = new PortPool(2, none);
  const port = pool.take('leave');
  if (port === null) throw new Error('not lent');
  pool.give(port);
  assert.throws(() => pool.give(port), /given back twice/);
});

test('a call that cannot be made keeps no port', () => {
  const pool = new PortPool(1, none);
  const port = pool.take('placed');
  if (port === null) throw new Error('not lent');
  assert.throws(() => pool.heldFor(port, () => {
    throw new RangeError('no phone port has number 300');
  }), /no phone port/);
  assert.is(pool.inUse, 0);
});

test('a floor is not a cap: a class has its own, then shares the rest, and takes nothing that is set aside for others', () => {
  const pool = new PortPool(10, () => floors({ mailboxAccess: 2, leave: 3 }));
  for (let n = 0; n < 8; n += 1) assert.ok(pool.take('leave') !== null, `leave ${n}`);
  assert.equal([pool.take('leave'), pool.take('autoAttendant'), pool.take('bridge'), pool.left('mailboxAccess')], [null, null, null, 2]);
  assert.ok(pool.take('mailboxAccess') !== null && pool.take('mailboxAccess') !== null);
  assert.is(pool.take('mailboxAccess'), null);
  assert.equal([pool.refused.leave, pool.refused.bridge, pool.refused.mailboxAccess, pool.used.leave, pool.inUse], [1, 1, 1, 8, 10]);
});

test('a call for help takes what is set aside for others, while a port is there at all', () => {
  const pool = new PortPool(2, () => floors({ mailboxAccess: 2 }));
  assert.equal([pool.take('bridge'), pool.takeAny('bridge')?.index, pool.takeAny('bridge')?.index, pool.takeAny('bridge')], [null, 0, 1, null]);
});

test('raising or lowering a floor ends no call, and holds for the next', () => {
  let now = floors({});
  const pool = new PortPool(4, () => now);
  const lent = [pool.take('leave'), pool.take('leave'), pool.take('leave')];
  now = floors({ mailboxAccess: 3 });
  assert.equal([pool.used.leave, pool.take('leave'), pool.left('mailboxAccess')], [3, null, 1]);
  for (const port of lent.slice(0, 2)) pool.give(port as Port);
  assert.equal([pool.take('leave'), pool.left('mailboxAccess')], [null, 3]);
  now = floors({ mailboxAccess: 1 });
  assert.equal([pool.left('leave'), pool.left('mailboxAccess')], [2, 3]);
});

test('whatever comes and goes: each class can reach its floor, no port is lent twice, and a port is refused only where one is set aside for others', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = generator(seed);
    const size = 1 + random(40);
    const set = floors({});
    for (let left = random(size + 1); left > 0; left -= 1) (set as Record<string, number>)[portClasses[random(portClasses.length)] as string]! += 1;
    const pool = new PortPool(size, () => set);
    const lent: { port: Port; use: PortUse }[] = [];
    for (let step = 0; step < 400; step += 1) {
      const use = portUses[random(portUses.length)] as PortUse;
      if (random(100) < 45 && lent.length > 0) pool.give((lent.splice(random(lent.length), 1)[0] as { port: Port }).port);
      else {
        const port = pool.take(use);
        if (port !== null) lent.push({ port, use });
        else assert.ok(owed(set, lent) >= size - lent.length, `seed ${seed}: ${use} was refused with ${size - lent.length} free`);
      }
      assert.is(new Set(lent.map(({ port }) => port.index)).size, lent.length);
      assert.is(pool.inUse, lent.length);
      assert.ok(owed(set, lent) <= size - lent.length, `seed ${seed}: not every class can reach its floor`);
      for (const one of portClasses) assert.ok(pool.left(one) >= set[one] - pool.used[one], `seed ${seed}: ${one} cannot reach its floor`);
    }
  }
});

/** What the classes lack to their floors. */
const owed = (set: Floors, lent: readonly { use: PortUse }[]): number =>
  portClasses.reduce((sum, one) => sum + Math.max(0, set[one] - lent.filter(({ use }) => use === one).length), 0);

/** A linear congruence is random enough to deal with. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('nothing is left below nothing, whatever the figures', () => {
  const used = { mailboxAccess: 5, leave: 5, autoAttendant: 0, announcements: 0, voiceRecording: 0, mandatoryVoiceRecording: 0, bridge: 0, placed: 0 };
  assert.equal(portUses.map((use) => portsLeft(8, floors({ leave: 8 }), used, use)), portUses.map(() => 0));
});

test.run();
