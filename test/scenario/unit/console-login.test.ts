import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AuditLog } from '../../../firmware/console/audit/audit-log.ts';
import { ConsoleDoor } from '../../../firmware/console/console-door.ts';
import { encodeFrame } from '../../../firmware/console/door-frames.ts';
import { longestDelayMs, shortestPassword, Technicians } from '../../../firmware/console/login/technicians.ts';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { PromptPinHasher } from '../../support/prompt-pin-hasher.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimLocalStreams } from '../../../hal/sim/sim-local-stream.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ExampleUnit } from '../../unit/console/example-unit.ts';

const hashed = () => new Promise((resolve) => setTimeout(resolve, 15)); // scrypt works in a thread of its own, in real time

async function world(storage = new SimStorage()) {
  const clock = new SimClock();
  const log = new UnitLog(clock, 'debug');
  const technicians = await Technicians.open({ storage, clock, random: new SimRandom(1), hasher: new PromptPinHasher(), log });
  const unit = new ExampleUnit();
  unit.technicians = technicians;
  unit.audit = await AuditLog.open(storage, clock, log);
  const streams = new SimLocalStreams(clock);
  const door = new ConsoleDoor({ clock, log, unit, streams });
  await door.open('/data/console.sock');
  const join = async () => {
    const connection = await streams.connect('/data/console.sock');
    const seen = { text: '', closed: false };
    connection.received = (bytes) => void (seen.text += Buffer.from(bytes).toString());
    connection.closed = () => void (seen.closed = true);
    connection.write(encodeFrame({ kind: 'hello', terminal: 'terminal', window: { columns: 80, rows: 24 }, who: 'someone' }));
    await clock.advance(2);
    const type = async (keys: string): Promise<string> => {
      const from = seen.text.length;
      connection.write(encodeFrame({ kind: 'keys', bytes: Buffer.from(keys) }));
      for (let turn = 0; turn < 4; turn++) {
        await clock.advance(2);
        await hashed();
      }
      return seen.text.slice(from);
    };
    return { connection, seen, type };
  };
  return { clock, log, unit, technicians, door, storage, join };
}

test('with nobody in the list no login is asked for, and the first technician is added there', async () => {
  const { join, technicians } = await world();
  const one = await join();
  assert.match(one.seen.text, /understudy> $/);
  assert.match(await one.type('technician add ann\r'), /the password for the first login of ann is [a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}; it is shown only now/);
  assert.equal(technicians.list.map(({ name, mustChange }) => [name, mustChange]), [['ann', true]]);
  assert.match((await join()).seen.text, /login: $/);
});

test('the first login forces a password of her own; it is never on the screen, in the log or on the disk', async () => {
  const { join, technicians, log, unit, storage } = await world();
  const given = await technicians.give('ann');
  const one = await join();
  assert.match(await one.type('ann\r'), /^ann\r\npassword: $/);
  assert.match(await one.type(`${given}\r`), /this password was for one login: choose your own\r\nnew password: $/);
  await one.type('short\r');
  assert.match(await one.type('short\r'), new RegExp(`a password has ${shortestPassword} to`));
  await one.type(`${given}\r`);
  assert.match(await one.type(`${given}\r`), /must differ from the one before/);
  await one.type('correct horse\r');
  assert.match(await one.type('correct hose\r'), /the two are not the same/);
  await one.type('correct horse\r');
  assert.match(await one.type('correct horse\r'), /understudy> $/);
  await one.type('mailbox 201 pin reset\r');
  assert.ok(log.last(20).some(({ text }) => text === 'ann: mailbox 201 pin reset'), 'she is known by her name');
  const kept = [one.seen.text, ...log.last(100).map(({ text }) => text), ...((await unit.audit?.last(50)) ?? []).map(({ what }) => what)];
  for (const name of await storage.list('config')) {
    const file = await storage.open(`config/${name}`, 'read');
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    kept.push(bytes.toString());
  }
  assert.not.ok(kept.some((text) => text.includes('correct horse') || text.includes(given)));
  const again = await world(storage);
  const two = await again.join();
  await two.type('ann\r');
  assert.match(await two.type('correct horse\r'), /understudy> $/, 'also after a restart');
});

test('wrong passwords take longer and longer, for names that exist and those that do not', async () => {
  for (const name of ['ann', 'nobody']) {
    const { technicians, clock } = await world();
    const given = await technicians.give('ann');
    const waits: number[] = [];
    for (let tries = 0; tries < 9; tries++) {
      assert.equal(await technicians.login(name, 'wrong'), { kind: 'wrong' });
      const early = await technicians.login(name, name === 'ann' ? given : 'wrong');
      if (early.kind !== 'wait') throw new Error(`${early.kind} at once after a wrong one`);
      waits.push(Math.round(early.ms / 1000));
      await clock.advance(early.ms);
    }
    assert.equal(waits, [1, 2, 4, 8, 16, 32, longestDelayMs / 1000, longestDelayMs / 1000, longestDelayMs / 1000], name);
    if (name === 'ann') assert.equal(await technicians.login('ann', given), { kind: 'welcome', mustChange: true });
  }
});

test('many tries at once count one by one', async () => {
  const { technicians } = await world();
  const given = await technicians.give('ann');
  const answers = await Promise.all(['a', 'b', 'c', given].map((password) => technicians.login('ann', password)));
  assert.equal(answers.map(({ kind }) => kind), ['wrong', 'wait', 'wait', 'wait']);
});

test('three wrong ones end the connection, and it is in log and audit', async () => {
  const { join, technicians, log, unit, door, clock } = await world();
  await technicians.give('ann');
  const one = await join();
  for (let tries = 0; tries < 3; tries++) {
    await one.type('ann\r');
    await one.type('wrong\r');
    await clock.advance(10_000);
  }
  assert.is(one.seen.closed, true);
  assert.is(door.sessions, 0);
  assert.ok(log.last(9).some(({ event }) => event === 'console-login-refused'));
  assert.is((await unit.audit?.last(1))?.[0]?.what, 'login refused: too many wrong passwords');
});

test('a login that nobody finishes, one broken off and a cable torn out leave nothing behind', async () => {
  const { join, technicians, door, clock, unit } = await world();
  await technicians.give('ann');
  const slow = await join();
  const broken = await join();
  const torn = await join();
  await broken.type('ann\r');
  await broken.type('\x03');
  assert.is(broken.seen.closed, true);
  torn.connection.close();
  await clock.advance(10);
  assert.is(door.sessions, 1);
  await clock.advance(130_000);
  assert.is(slow.seen.closed, true);
  assert.is(door.sessions, 0);
  assert.equal(unit.done, []);
  assert.equal(clock.pending(), []);
});

test('commands pasted before a login are not done', async () => {
  const { join, technicians, unit } = await world();
  await technicians.give('ann');
  const one = await join();
  await one.type('mailbox 201 pin reset\rmailbox 202 pin reset\rx\ry\r');
  assert.equal(unit.done, []);
});

test('who is removed is not let in any more', async () => {
  const { technicians, join } = await world();
  const given = await technicians.give('ann');
  await technicians.give('ben');
  await technicians.remove('ann');
  const one = await join();
  await one.type('ann\r');
  assert.match(await one.type(`${given}\r`), /name or password is wrong/);
});

test.run();
