import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxStreamNet } from '../../hal/drivers/linux/linux-stream.ts';
import { requires, skipTest } from '../support/skip.ts';
import { ipv6Loopback } from './ipv6.ts';
import { linuxWorld, simWorld } from './network-world.ts';
import { realTime, refusal, result, until } from './passing.ts';
import { end, streamContract } from './stream-contract.ts';

streamContract('linux', () => linuxWorld());
streamContract('sim', () => simWorld());
streamContract('sim in pieces of 7 bytes', () => {
  const world = simWorld();
  world.network.faultAll({ segmentBytes: 7, jitterMs: 3, loss: 0.05 });
  return world;
});

const noIpv6 = requires(ipv6Loopback);
if (noIpv6 === undefined) streamContract('linux IPv6', () => linuxWorld(true));
else skipTest('stream linux IPv6', noIpv6);

/** A server of Node's own, where a fault of the far end can be provoked for real. */
async function connectedToRaw(): Promise<{ client: ReturnType<typeof end>; far: Socket; stop: () => void }> {
  const arrived: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => void arrived.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = end(await new LinuxStreamNet().connect({ address: '127.0.0.1', port }, 1000));
  await until(realTime, 'accepted', () => arrived.length === 1);
  const [far] = arrived;
  if (far === undefined) throw new Error('nothing accepted');
  return { client, far, stop: () => [far.destroy(), server.close()] };
}

test('stream linux: a reset by the far end is a lost connection', async () => {
  const { client, far, stop } = await connectedToRaw();
  far.resetAndDestroy();
  await until(realTime, 'closed', () => client.closes.length === 1);
  stop();
  assert.equal(client.closes, ['connection-lost']);
});

test('stream linux: a far end that shuts down its half still gets what is queued', async () => {
  const { client, far, stop } = await connectedToRaw();
  let heard = 0;
  far.on('data', (bytes) => (heard += bytes.length));
  far.pause();
  let taken = 0;
  const piece = Buffer.alloc(64 * 1024);
  while (client.connection.write(piece)) taken += piece.length;
  far.end('bye');
  await until(realTime, 'the farewell', () => client.text() === 'bye');
  far.resume();
  await until(realTime, 'closed', () => client.closes.length === 1);
  await until(realTime, 'all bytes', () => heard === taken);
  stop();
  assert.equal(client.closes, [null]);
});

test('stream linux: a far end that reads nothing holds a closing connection for about a second, not for ever', async () => {
  const { client, far, stop } = await connectedToRaw();
  far.pause();
  while (client.connection.write(Buffer.alloc(64 * 1024))) continue;
  const began = performance.now();
  client.connection.close();
  await until(realTime, 'closed', () => client.closes.length === 1);
  const tookMs = performance.now() - began;
  stop();
  assert.ok(tookMs > 900 && tookMs < 3000, `${tookMs} ms`);
  assert.equal(client.closes, [null]);
});

test('stream linux: a far end that never accepts is a time-out', async () => {
  // A thread that listens and then sleeps for good: the kernel queues a few connections for it and leaves the rest unanswered.
  const sleeper = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500), 20);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => sleeper.once('message', resolve));
  await realTime.pass(100);
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => refusal(realTime, new LinuxStreamNet().connect({ address: '127.0.0.1', port }, 400).then((one) => one.close()))));
  await sleeper.terminate();
  assert.ok(outcomes.includes('timed-out'), outcomes.join());
  assert.ok(outcomes.every((outcome) => outcome === 'timed-out' || outcome === 'nothing refused'), outcomes.join());
});

test('stream sim: a firewall that forgets its state loses the connection for both ends', async () => {
  const { near, far, passing, network } = simWorld();
  const accepted: ReturnType<typeof end>[] = [];
  await far.stream.listen({ address: far.address, port: 5060 }, (connection) => accepted.push(end(connection)));
  const client = end(await result(passing, near.stream.connect({ address: far.address, port: 5060 }, 1000)));
  network.resetStreams(near.address, far.address);
  await passing.pass(5);
  assert.equal([client.closes, accepted[0]?.closes], [['connection-lost'], ['connection-lost']]);
});

test('stream sim: bytes written into a partition arrive when it heals', async () => {
  const { near, far, passing, network } = simWorld();
  const accepted: ReturnType<typeof end>[] = [];
  await far.stream.listen({ address: far.address, port: 5060 }, (connection) => accepted.push(end(connection)));
  const client = end(await result(passing, near.stream.connect({ address: far.address, port: 5060 }, 1000)));
  network.partition(near.address, far.address);
  client.connection.write(Buffer.from('patience'));
  await passing.pass(10_000);
  assert.is(accepted[0]?.text(), '');
  network.heal(near.address, far.address);
  await passing.pass(500);
  assert.is(accepted[0]?.text(), 'patience');
});

test('stream sim: a partition that lasts is a time-out for who writes, and nothing for who waits', async () => {
  const { near, far, passing, network } = simWorld();
  const accepted: ReturnType<typeof end>[] = [];
  await far.stream.listen({ address: far.address, port: 5060 }, (connection) => accepted.push(end(connection)));
  const client = end(await result(passing, near.stream.connect({ address: far.address, port: 5060 }, 1000)));
  network.partition(near.address, far.address);
  client.connection.write(Buffer.from('anyone?'));
  await passing.pass(40_000);
  assert.equal([client.closes, accepted[0]?.closes], [['timed-out'], []]);
});

test('stream sim: connecting into a partition is a time-out, to a missing machine unreachable', async () => {
  const { near, far, passing, network, clock } = simWorld();
  network.partition(near.address, far.address);
  assert.is(await refusal(passing, near.stream.connect({ address: far.address, port: 5060 }, 1500)), 'timed-out');
  assert.ok(clock.monotonic() >= 1500 && clock.monotonic() < 1600, String(clock.monotonic()));
  assert.is(await refusal(passing, near.stream.connect({ address: '10.9.9.9', port: 5060 }, 1500)), 'unreachable');
});

test('stream sim: the peer of a crashed machine finds out when it writes', async () => {
  const { near, far, passing, network } = simWorld();
  await far.stream.listen({ address: far.address, port: 5060 }, () => {});
  const client = end(await result(passing, near.stream.connect({ address: far.address, port: 5060 }, 1000)));
  network.host(far.address).crash();
  await passing.pass(5000);
  assert.equal(client.closes, []);
  client.connection.write(Buffer.from('hello?'));
  await passing.pass(50);
  assert.equal(client.closes, ['connection-lost']);
});

test.run();
