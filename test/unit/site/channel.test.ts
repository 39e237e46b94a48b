import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askLimitMs, frameLimitMs, helloLimitMs, maxOutstanding, silenceLimitMs, tickMs } from '../../../firmware/site/channel/channel.ts';
import { ChannelError } from '../../../firmware/site/channel/channel-error.ts';
import { backoffMs, Dialler } from '../../../firmware/site/channel/dialler.ts';
import { encodeFrame, FrameReader, maxBodyBytes } from '../../../firmware/site/channel/frame.ts';
import type { Head } from '../../../firmware/site/channel/frame.ts';
import { TokenBucket } from '../../../firmware/site/channel/token-bucket.ts';
import type { MonotonicMs } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { ChannelWorld, End, here, outcome, there } from '../../support/site/channel-world.ts';

const hello: Head = { type: 'hello', min: 1, max: 1, site: 'house', unit: 'b' };
const idOf = (result: unknown): string => (result instanceof ChannelError ? result.id : 'answer');

test('a request and its answer, both ways, and a push', async () => {
  const world = new ChannelWorld();
  const [a, b] = await world.pair();
  assert.equal(a.peer, { site: 'house', unit: 'b', version: 1 });
  const answers = await Promise.all([outcome(world.clock, a.channel.ask('echo', { n: 1, bytes: 65_536 })), outcome(world.clock, b.channel.ask('echo', { n: 2 }))]);
  assert.equal(answers.map((one) => (one instanceof ChannelError ? one.id : [one.data['n'], one.body.length])), [[1, 65_536], [2, 0]]);
  assert.ok(a.channel.push('head', { hash: 'x' }));
  await world.clock.until(() => b.pushes.length > 0, 1000);
  assert.equal(b.pushes, [{ kind: 'head', data: { hash: 'x' }, body: [] }]);
  assert.ok(b.channel.push('audio', { at: 7 }, Uint8Array.of(1, 2, 3)));
  await world.clock.until(() => a.pushes.length > 0, 1000);
  assert.equal(a.pushes, [{ kind: 'audio', data: { at: 7 }, body: [1, 2, 3] }]);
  a.channel.close();
  await world.clock.advance(2000);
  assert.equal([a.error?.id, b.error?.id], ['closed', 'closed']);
  assert.equal(world.clock.pending(), []);
});

test('refusals have the other side\'s word; a defect there is "internal"', async () => {
  const world = new ChannelWorld();
  const [a] = await world.pair();
  const results = [await outcome(world.clock, a.channel.ask('refuse', {})), await outcome(world.clock, a.channel.ask('break', {}))] as ChannelError[];
  assert.equal(results.map(({ id, code }) => [id, code]), [['refused', 'not-found'], ['refused', 'internal']]);
  a.channel.close();
});

test('no more than so many requests, and one without an answer ends in time', async () => {
  const world = new ChannelWorld();
  const [a, b] = await world.pair();
  const asked = Array.from({ length: maxOutstanding }, () => a.channel.ask('silent', {}).then(() => 'answer', idOf));
  assert.is(idOf(await outcome(world.clock, a.channel.ask('echo', {}))), 'busy');
  await world.clock.advance(askLimitMs + tickMs);
  assert.equal(await Promise.all(asked), Array(maxOutstanding).fill('timed-out'));
  assert.is(b.asked, maxOutstanding);
  a.channel.close();
});

test('head and body have limits', async () => {
  const world = new ChannelWorld();
  const [a] = await world.pair();
  assert.is(idOf(await outcome(world.clock, a.channel.ask('echo', { long: 'x'.repeat(4096) }))), 'too-large');
  const tooMuch = (await outcome(world.clock, a.channel.ask('echo', { bytes: maxBodyBytes + 1 }))) as ChannelError;
  assert.equal([tooMuch.id, tooMuch.code], ['refused', 'internal']);
  a.channel.close();
});

test('what may come instead of a hello', async () => {
  const table: [string, Uint8Array, string][] = [
    ['a newer protocol only', encodeFrame({ ...hello, min: 2, max: 3 }), 'version'],
    ['another site', encodeFrame({ ...hello, site: 'barn' }), 'foreign'],
    ['this unit itself', encodeFrame({ ...hello, unit: 'a' }), 'foreign'],
    ['a request before hello', encodeFrame({ type: 'ask', id: 1, kind: 'blob', data: {} }), 'unexpected'],
    ['two hellos', Buffer.concat([encodeFrame(hello), encodeFrame(hello)]), 'unexpected'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'malformed'],
    ['an endless frame', Uint8Array.of(0xff, 0xff, 0xff, 0xff), 'malformed'],
    ['an empty frame', Uint8Array.of(0, 0, 0, 0), 'malformed'],
    ['a head longer than its frame', Uint8Array.of(0, 0, 0, 2, 0, 9), 'malformed'],
    ['a head that is no JSON', Uint8Array.of(0, 0, 0, 3, 0, 1, 0x7b), 'malformed'],
    ['nothing', new Uint8Array(0), 'timed-out'],
  ];
  for (const [name, bytes, id] of table) {
    const world = new ChannelWorld();
    const [connection, raw] = await world.connections();
    const a = new End(world.clock, connection, 'a');
    raw.write(bytes);
    await world.clock.until(() => a.error !== null, helloLimitMs + 2 * tickMs, 500);
    assert.is(a.error?.id, id, name);
    await world.clock.advance(2000);
    assert.equal(world.clock.pending(), [], name);
  }
});

test('one that speaks newer versions too is understood', async () => {
  const world = new ChannelWorld();
  const [connection, raw] = await world.connections();
  const a = new End(world.clock, connection, 'a');
  raw.write(encodeFrame({ ...hello, max: 9 }));
  await world.clock.until(() => a.peer !== null, 1000);
  assert.is(a.peer?.version, 1);
  a.channel.close();
});

test('slow-loris: a frame that trickles is cut off, however lively it looks', async () => {
  const world = new ChannelWorld();
  const [connection, raw] = await world.connections();
  const a = new End(world.clock, connection, 'a');
  raw.write(encodeFrame(hello));
  const frame = encodeFrame({ type: 'push', kind: 'x', data: {} }, new Uint8Array(60_000));
  for (let at = 0; at < 1000 && a.error === null; at++) {
    raw.write(frame.subarray(at, at + 1));
    await world.clock.advance(1000);
  }
  assert.is(a.error?.id, 'stalled');
  assert.ok(world.clock.monotonic() < frameLimitMs + 2 * tickMs);
});

test('more requests at once than may be cut the connection', async () => {
  const world = new ChannelWorld();
  const [connection, raw] = await world.connections();
  const a = new End(world.clock, connection, 'a');
  raw.write(encodeFrame(hello));
  for (let id = 0; id <= maxOutstanding; id++) raw.write(encodeFrame({ type: 'ask', id, kind: 'silent', data: {} }));
  await world.clock.advance(1000);
  assert.is(a.error?.id, 'unexpected');
});

test('keep-alive: a quiet connection lives, a dead one ends in time', async () => {
  const world = new ChannelWorld();
  const [a, b] = await world.pair();
  await world.clock.advance(10 * 60_000);
  assert.equal([a.error, b.error], [null, null]);
  world.network.host(there).crash();
  const beganMs = world.clock.monotonic();
  await world.clock.until(() => a.error !== null, 10 * 60_000, 500);
  assert.ok(a.error !== null && world.clock.monotonic() - beganMs <= silenceLimitMs + tickMs);
  assert.is(idOf(await outcome(world.clock, a.channel.ask('echo', {}))), 'closed');
});

test('a firewall that swallows everything is noticed although nothing is refused', async () => {
  const world = new ChannelWorld();
  const [a, b] = await world.pair();
  world.network.partition(here, there);
  await world.clock.until(() => a.error !== null && b.error !== null, silenceLimitMs + 2 * tickMs, 500);
  assert.ok(['timed-out', 'lost'].includes(String(a.error?.id)));
});

test('requests under way end with the connection', async () => {
  const world = new ChannelWorld();
  const [a] = await world.pair();
  const asked = a.channel.ask('silent', {}).then(() => 'answer', idOf);
  world.network.resetStreams(here, there);
  await world.clock.advance(1000);
  assert.is(await asked, 'lost');
});

test('the bandwidth cap holds to the byte, in packets that leave room for voice', async () => {
  const world = new ChannelWorld();
  const [near, far] = await world.connections();
  const sent: { atMs: number; bytes: number }[] = [];
  const watched: StreamConnection = Object.create(near, { write: { value: (bytes: Uint8Array) => (sent.push({ atMs: world.clock.monotonic(), bytes: bytes.length }), near.write(bytes)) } }) as StreamConnection;
  Object.defineProperty(watched, 'received', { set: (value: StreamConnection['received']) => (near.received = value) });
  Object.defineProperty(watched, 'closed', { set: (value: StreamConnection['closed']) => (near.closed = value) });
  watched.close = () => near.close();
  const b = new End(world.clock, watched, 'b', { bucket: new TokenBucket(() => 8000, 2400, world.clock.monotonic()) });
  const a = new End(world.clock, far, 'a');
  await world.clock.until(() => a.peer !== null && b.peer !== null, 1000);
  const answer = await outcome(world.clock, a.channel.ask('echo', { bytes: 64_000 }));
  assert.is(idOf(answer), 'answer');
  const total = sent.reduce((sum, { bytes }) => sum + bytes, 0);
  const tookMs = (sent.at(-1)?.atMs ?? 0) - (sent[0]?.atMs ?? 0);
  assert.ok(total - 2400 <= (tookMs / 1000) * 8000 + 1200 && tookMs < (total / 8000) * 1000 + 500, `${total} bytes in ${tookMs} ms`);
  assert.ok(sent.every(({ bytes }) => bytes <= 1200));
  for (let at = 0; at < sent.length; at++) {
    const within = sent.slice(at).filter(({ atMs }) => atMs < (sent[at]?.atMs ?? 0) + 1000).reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(within <= 8000 + 2400, `${within} bytes within a second`);
  }
  a.channel.close();
});

test('token bucket: table', () => {
  const bucket = new TokenBucket(() => 1000, 500, 0 as MonotonicMs);
  const table: [number, number, number][] = [[0, 500, 0], [0, 100, 100], [50, 100, 50], [100, 100, 0], [100, 1, 1], [10_000, 500, 0], [10_000, 1, 1], [10_001, 1, 0]];
  for (const [atMs, bytes, waitMs] of table) assert.is(bucket.take(bytes, atMs as MonotonicMs), waitMs, `${bytes} at ${atMs}`);
});

test('frames come out as they went in, however the stream is cut', () => {
  const random = new SimRandom(7);
  const frames = Array.from({ length: 40 }, (_, id) => ({ head: { type: 'answer', id, data: { text: 'ä'.repeat(random.below(300)) } } as Head, body: random.bytes(random.below(4) === 0 ? maxBodyBytes : random.below(200)) }));
  const stream = Buffer.concat(frames.map(({ head, body }) => encodeFrame(head, body)));
  const reader = new FrameReader();
  const found = [];
  for (let at = 0; at < stream.length; ) {
    const piece = stream.subarray(at, at + 1 + random.below(random.below(2) === 0 ? 7 : 100_000));
    found.push(...reader.take(piece));
    at += piece.length;
  }
  assert.equal(found.map(({ head, body }) => [head, [...body.subarray(0, 9)], body.length]), frames.map(({ head, body }) => [head, [...body.subarray(0, 9)], body.length]));
  assert.is(reader.partial, false);
});

test('fuzz: 20,000 mutants of good streams give frames or "malformed", never anything else', () => {
  const seed = Number(process.env['SEED'] ?? 20260105);
  console.log(`seed ${seed}`);
  const random = new SimRandom(seed);
  const good = [encodeFrame(hello), encodeFrame({ type: 'ask', id: 1, kind: 'blob', data: { hash: 'x', offset: 0 } }), encodeFrame({ type: 'answer', id: 1, data: {} }, random.bytes(300)), encodeFrame({ type: 'ping' })];
  const counts = { frames: 0, malformed: 0, open: 0 };
  for (let turn = 0; turn < 20_000; turn++) {
    const bytes = mutant(random, Buffer.concat(good));
    const reader = new FrameReader();
    try {
      counts.frames += reader.take(bytes).length;
      if (reader.partial) counts.open++;
    } catch (error) {
      assert.ok(error instanceof ChannelError && error.id === 'malformed', String(error));
      counts.malformed++;
    }
  }
  console.log(JSON.stringify(counts));
  assert.ok(counts.frames > 1000 && counts.malformed > 1000 && counts.open > 1000);
});

function mutant(random: SimRandom, good: Buffer): Buffer {
  const bytes = Buffer.from(good);
  for (let flips = 1 + random.below(4); flips > 0; flips--) {
    const at = random.below(random.chance(0.5) ? 60 : bytes.length);
    const how = random.below(4);
    if (how === 0) bytes[at] = random.below(256);
    else if (how === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    else if (how === 2) return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(40)), bytes.subarray(at + random.below(40))]);
    else return bytes.subarray(0, at);
  }
  return bytes;
}

test('fuzz over the wire: whatever a stranger sends, the channel ends with a listed error or waits, and leaves nothing', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new SimRandom(seed);
    const world = new ChannelWorld(seed);
    world.network.faultAll({ segmentBytes: 1 + random.below(50) });
    const [connection, raw] = await world.connections();
    const a = new End(world.clock, connection, 'a');
    raw.write(mutant(random, Buffer.concat([encodeFrame(hello), encodeFrame({ type: 'ask', id: 1, kind: 'echo', data: { bytes: 9 } }), encodeFrame({ type: 'fail', id: 3, code: 'x', text: '' })])));
    await world.clock.advance(200);
    raw.close();
    await world.clock.advance(silenceLimitMs);
    assert.ok(a.error !== null && ['malformed', 'unexpected', 'version', 'foreign', 'timed-out', 'closed', 'lost', 'stalled'].includes(a.error.id), `seed ${seed}: ${a.error?.id}`);
    assert.equal(world.clock.pending(), [], `seed ${seed}`);
  }
});

test('the waits between attempts double up to a minute, and differ', () => {
  const random = new SimRandom(1);
  const middles = [1, 2, 4, 8, 16, 32, 60, 60, 60];
  middles.forEach((middle, nth) => {
    const waits = Array.from({ length: 200 }, () => backoffMs(nth, random) / 1000);
    assert.ok(Math.min(...waits) >= middle * 0.75 && Math.max(...waits) <= middle * 1.25 && new Set(waits).size > 100, `attempt ${nth}`);
  });
});

test('the dialler tries until it is told to stop', async () => {
  const clock = new SimClock();
  const failures: string[] = [];
  let up = false;
  const connections: StreamConnection[] = [];
  const connection = { close: () => undefined } as unknown as StreamConnection;
  const dialler = new Dialler({
    clock,
    random: new SimRandom(1),
    connect: async () => {
      if (up) return connection;
      throw new HalError('connection-refused', 'there', 'nobody listens');
    },
    connected: (one) => connections.push(one),
    failed: (error) => failures.push(error.id),
  });
  dialler.start();
  await clock.advance(60_000);
  assert.ok(failures.length >= 5 && failures.length <= 8, `${failures.length} attempts in a minute`);
  up = true;
  await clock.advance(75_000);
  assert.is(connections.length, 1);
  dialler.held();
  dialler.lost();
  await clock.advance(1300);
  assert.is(connections.length, 2, 'after a good connection it begins with the shortest wait');
  dialler.lost();
  dialler.now();
  dialler.now();
  await clock.advance(0);
  assert.is(connections.length, 3, 'there was a reason not to wait');
  dialler.now();
  await clock.advance(1000);
  assert.is(connections.length, 3, 'it is connected');
  dialler.lost();
  dialler.stop();
  dialler.now();
  await clock.advance(600_000);
  assert.is(connections.length, 3);
  assert.equal(clock.pending(), []);
});

test.run();
