import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConsoleDoor, mostSessions } from '../../../firmware/console/console-door.ts';
import { encodeFrame } from '../../../firmware/console/door-frames.ts';
import type { DoorFrame } from '../../../firmware/console/door-frames.ts';
import { socketOutbox } from '../../../firmware/console/outbox.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimLocalStreams } from '../../../hal/sim/sim-local-stream.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { startUp, writeByHand, firstText } from '../../support/configure-world.ts';
import { ExampleUnit } from '../../unit/console/example-unit.ts';

async function world() {
  const clock = new SimClock();
  const storage = new SimStorage();
  await writeByHand(storage, firstText);
  const { editor, log, holder } = await startUp(storage, clock);
  const unit = new ExampleUnit();
  unit.configuration = editor;
  const streams = new SimLocalStreams(clock);
  const door = new ConsoleDoor({ clock, log, unit, streams });
  await door.open('/data/console.sock');
  const join = async (who: string, terminal: 'terminal' | 'pipe' = 'terminal') => {
    const connection = await streams.connect('/data/console.sock');
    const seen = { text: '', closed: false };
    connection.received = (bytes) => void (seen.text += Buffer.from(bytes).toString());
    connection.closed = () => void (seen.closed = true);
    const send = async (frame: DoorFrame) => {
      connection.write(encodeFrame(frame));
      for (let turn = 0; turn < 6; turn++) await clock.advance(5);
    };
    const type = (text: string) => send({ kind: 'keys', bytes: Buffer.from(text) });
    await send({ kind: 'hello', terminal, window: { columns: 80, rows: 0 }, who });
    return { connection, seen, send, type };
  };
  return { clock, door, unit, log, holder, streams, join };
}

test('several terminals join at once, each with a session of its own', async () => {
  const { join, door } = await world();
  const [ann, ben] = [await join('ann'), await join('ben')];
  await ann.type('show clock\r');
  assert.match(ann.seen.text, /running for/);
  assert.not.match(ben.seen.text, /running for/);
  await ann.type('exit\r');
  assert.is(ann.seen.closed, true);
  assert.is(door.sessions, 1);
  await ben.type('show clock\r');
  assert.match(ben.seen.text, /running for/);
});

test('one session more than there may be is told so', async () => {
  const { join, door } = await world();
  for (let count = 0; count < mostSessions; count++) await join(`person${count}`);
  const late = await join('late');
  assert.match(late.seen.text, /8 console sessions are open already/);
  assert.is(late.seen.closed, true);
  assert.is(door.sessions, mostSessions);
});

test('a connection that breaks in mid-command leaves no session, no lock and no call behind', async () => {
  const { join, door, unit, clock } = await world();
  const ann = await join('ann');
  await ann.type('configure\rset ports 8\rexit\rconfigure\r');
  await ann.type('set po');
  ann.connection.close();
  const ben = await join('ben');
  await ben.type('configure\r');
  assert.match(ben.seen.text, /editing the configuration/);
  const eve = await join('eve');
  await eve.type('call 201\r');
  eve.connection.close();
  await clock.advance(20);
  assert.equal(unit.callEnds, ['interrupted']);
  assert.is(door.sessions, 1);
});

test('who sits at the socket is in the log of what was changed', async () => {
  const { join, log } = await world();
  await (await join('ann')).type('mailbox 201 pin reset\r');
  assert.ok(log.last(5).some(({ text }) => text === 'ann at the console socket: mailbox 201 pin reset'));
});

test('a window that changes its size is known at once', async () => {
  const { join, unit } = await world();
  unit.log = (count) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);
  const ann = await join('ann');
  await ann.send({ kind: 'window', window: { columns: 80, rows: 6 } });
  await ann.type('show log 50\r');
  assert.match(ann.seen.text, /line 5\r\n-- more/);
});

test('Ctrl-C through the socket stops a command', async () => {
  const { join, unit } = await world();
  const ann = await join('ann');
  await ann.type('call 201\r');
  await ann.type('\x03');
  assert.equal(unit.callEnds, ['interrupted']);
});

test('100 KB pasted through the socket are done in pieces, with other work between them', async () => {
  const { join, clock, holder } = await world();
  const ann = await join('ann');
  await ann.type('configure\r');
  const pasted = Buffer.from(Array.from({ length: 1500 }, (_, index) => `set mailboxes[${1000 + index}].name "Person number ${index} of the whole long paste"\r`).join(''));
  assert.ok(pasted.length > 100_000);
  let between = 0;
  const tick = (): void => {
    between += 1;
    if (between < 1000) clock.after('a call', 0, tick);
  };
  clock.after('a call', 0, tick);
  for (let at = 0; at < pasted.length; at += 4096) ann.connection.write(encodeFrame({ kind: 'keys', bytes: pasted.subarray(at, at + 4096) }));
  await clock.advance(10);
  assert.ok(between >= pasted.length / 1024, `${between} turns of other work`);
  await ann.type('commit\r');
  for (let turn = 0; turn < 20; turn++) await clock.advance(20);
  assert.is(holder.settings.mailboxes.filter(({ name }) => name.startsWith('Person number')).length, 1500);
});

test('a terminal that does not read is let go in time, and its memory with it', async () => {
  const { join, door, clock, unit } = await world();
  unit.log = (count) => Array.from({ length: count }, () => 'x'.repeat(1000));
  const ann = await join('ann');
  ann.connection.stall = true;
  await ann.type('show log 500\r');
  assert.is(door.sessions, 1);
  await clock.advance(socketOutbox.stalledMs + 1000);
  assert.is(door.sessions, 0);
});

test('output larger than the socket takes at once arrives whole, also when the session ends with it', async () => {
  const { join, clock, unit } = await world();
  unit.log = (count) => Array.from({ length: count }, (_, index) => `${index} ${'x'.repeat(1000)}`);
  const ann = await join('ann', 'pipe');
  await ann.type('show log 900\nexit\n');
  for (let turn = 0; turn < 20; turn++) await clock.advance(20);
  assert.match(ann.seen.text, /^899 x{1000}$/m);
  assert.is(ann.seen.closed, true);
});

test('the end of a pipe ends its session after the last line', async () => {
  const { join } = await world();
  const ann = await join('ann', 'pipe');
  await ann.type('show clock');
  await ann.send({ kind: 'end' });
  assert.match(ann.seen.text, /running for/);
  assert.is(ann.seen.closed, true);
});

for (const [what, bytes] of [
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['keys before hello', encodeFrame({ kind: 'keys', bytes: Buffer.from('show clock\r') })],
  ['a hello that is no JSON', Buffer.from('h\x00\x01{')],
  ['a name with an escape sequence', encodeFrame({ kind: 'hello', terminal: 'pipe', window: { columns: 80, rows: 24 }, who: '\x1b[2J' })],
  ['a frame longer than any', Buffer.from('k\xff\xff', 'latin1')],
] as const) {
  test(`${what} is no console: told and closed`, async () => {
    const { streams, clock, door } = await world();
    const connection = await streams.connect('/data/console.sock');
    let [text, closed] = ['', false];
    connection.received = (received) => void (text += Buffer.from(received).toString());
    connection.closed = () => void (closed = true);
    connection.write(bytes);
    await clock.advance(50);
    assert.match(text, /the session ends: /);
    assert.is(closed, true);
    assert.is(door.sessions, 0);
  });
}

test('garbage in all sizes harms nobody', async () => {
  const { streams, clock, door, join } = await world();
  const random = new SimRandom(20260105);
  for (let round = 0; round < 200; round++) {
    const connection = await streams.connect('/data/console.sock');
    if (round % 2 === 0) connection.write(encodeFrame({ kind: 'hello', terminal: 'terminal', window: { columns: 20, rows: 5 }, who: 'x' }));
    connection.write(random.bytes(random.below(300)));
    await clock.advance(1);
    connection.close();
    await clock.advance(1);
  }
  assert.is(door.sessions, 0);
  const ann = await join('ann');
  await ann.type('show clock\r');
  assert.match(ann.seen.text, /running for/);
});

test('who connects and says nothing is closed; the unit that stops tells all', async () => {
  const { streams, clock, door, join } = await world();
  await streams.connect('/data/console.sock');
  await clock.advance(6000);
  assert.is(door.sessions, 0);
  const ann = await join('ann');
  door.close();
  await clock.advance(10);
  assert.match(ann.seen.text, /the session ends: the unit stops/);
  assert.is(ann.seen.closed, true);
});

test.run();
