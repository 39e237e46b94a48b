import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bestBatch } from '../../hal/drivers/linux/best-batch.ts';
import { EpollBatch } from '../../hal/drivers/linux/epoll-batch.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import type { ThreadPort } from '../../hal/worker.ts';
import { requires, skipTest } from '../support/skip.ts';
import { batchContract } from './batch-contract.ts';
import { companion } from './companion.ts';
import { ipv6Loopback } from './ipv6.ts';
import { linuxWorld, simWorld } from './network-world.ts';
import { realTime, until } from './passing.ts';

batchContract('dgram', () => linuxWorld());
batchContract('epoll', () => linuxWorld(false, () => EpollBatch.create()));
batchContract('sim', () => simWorld());

const noIpv6 = requires(ipv6Loopback);
if (noIpv6 === undefined) {
  batchContract('dgram IPv6', () => linuxWorld(true));
  batchContract('epoll IPv6', () => linuxWorld(true, () => EpollBatch.create()));
} else skipTest('batch IPv6', noIpv6);

test('batch epoll: two hundred rounds of opening and closing leave no descriptor behind', async () => {
  const batch = await EpollBatch.create();
  await batch.open(0, { address: '127.0.0.1', port: 0 });
  batch.closeAll();
  const before = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 200; round++) {
    for (let slot = 0; slot < 5; slot++) await batch.open(slot, { address: '127.0.0.1', port: 0 });
    batch.closeAll();
  }
  assert.is(readdirSync('/proc/self/fd').length, before);
});

test('batch epoll: with much traffic packets are fetched by the clock, none is lost, each slot keeps its order, and quiet brings back the wake-ups', async () => {
  const [near, far] = [await EpollBatch.create(), await EpollBatch.create()];
  const slots = 40;
  const rounds = 60;
  const heard: number[][] = Array.from({ length: slots }, () => []);
  far.received = (slot, bytes) => void heard[slot]?.push(bytes[0] ?? -1);
  for (let slot = 0; slot < slots; slot++) {
    const port = await far.open(slot, { address: '127.0.0.1', port: 0 });
    await near.open(slot, { address: '127.0.0.1', port: 0 });
    near.direct(slot, { address: '127.0.0.1', port });
  }
  let looked = false;
  const frame = new Uint8Array(172);
  for (let at = 0; at < slots * rounds; at++) {
    frame[0] = Math.floor(at / slots);
    near.queue(at % slots, frame, frame.length);
    near.flush();
    await new Promise((resolve) => setImmediate(resolve)); // one wake-up for each, as evenly spread streams make
    looked ||= far.looking;
  }
  await until(realTime, 'all packets', () => heard.every((of) => of.length === rounds));
  assert.ok(looked, 'the clock fetched');
  assert.equal(heard, Array.from({ length: slots }, () => [...Array(rounds).keys()]));
  await until(realTime, 'wake-ups again', () => !far.looking);
  near.queue(0, frame, frame.length);
  near.flush();
  await until(realTime, 'one more', () => heard[0]?.length === rounds + 1);
  near.closeAll();
  far.closeAll();
});

test('batch epoll: it may be closed while the clock fetches, from within a packet too', async () => {
  const [near, far] = [await EpollBatch.create(), await EpollBatch.create()];
  const port = await far.open(0, { address: '127.0.0.1', port: 0 });
  await near.open(0, { address: '127.0.0.1', port: 0 });
  near.direct(0, { address: '127.0.0.1', port });
  let closed = false;
  far.received = () => {
    if (!far.looking || closed) return;
    closed = true;
    far.closeAll();
  };
  for (const until = Date.now() + 5000; !closed && Date.now() < until; ) {
    near.queue(0, new Uint8Array(172), 172);
    near.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(closed);
  assert.not(far.looking);
  near.closeAll();
});

test('batch epoll: what waits in the kernel is fetched at once, in order, of one slot only', async () => {
  const [near, far] = [await EpollBatch.create(), await EpollBatch.create()];
  const heard: string[] = [];
  far.received = (slot, bytes) => void heard.push(`${slot}:${bytes[0]}`);
  for (const slot of [0, 1]) {
    const port = await far.open(slot, { address: '127.0.0.1', port: 0 });
    await near.open(slot, { address: '127.0.0.1', port: 0 });
    near.direct(slot, { address: '127.0.0.1', port });
  }
  for (let at = 0; at < 150; at++) for (const slot of [0, 1]) near.queue(slot, Uint8Array.of(at), 1);
  near.flush();
  assert.is(heard.length, 0, 'the loop has not turned');
  far.fetch(1);
  assert.equal(heard, Array.from({ length: 150 }, (_, at) => `1:${at}`));
  far.fetch(1);
  far.fetch(7);
  assert.is(heard.length, 150);
  await until(realTime, 'the other slot', () => heard.length === 300);
  near.closeAll();
  far.closeAll();
});

async function start(driver: string): Promise<{ thread: ThreadPort<{ port: number }, { packets: number }>; port: number }> {
  const thread = spawnThread<{ port: number }, { packets: number }>({ file: companion('test/contract/batch.worker.ts'), name: 'batch', data: driver });
  let port = 0;
  thread.received = (message) => (port = message.port);
  thread.send({ packets: 50 });
  await until(realTime, 'all packets', () => port !== 0);
  return { thread, port };
}

for (const driver of ['dgram', 'epoll']) {
  test(`batch ${driver}: works in a thread of its own, and the thread may be ended under it`, async () => {
    for (let round = 0; round < 3; round++) (await start(driver)).thread.close();
  });

  test(`batch ${driver}: the ports of a thread that failed are free again`, async () => {
    const { thread, port } = await start(driver);
    let reason = '';
    thread.lost = (why) => (reason = why);
    thread.send({ packets: 0 });
    await until(realTime, 'the loss', () => reason !== '');
    (await new LinuxDatagramNet().bind({ address: '127.0.0.1', port })).close();
  });
}

test('batch epoll: what fails while a packet is received ends its thread, instead of leaving it deaf', async () => {
  const { thread } = await start('epoll');
  let reason = '';
  thread.lost = (why) => (reason = why);
  thread.send({ packets: -1 });
  await until(realTime, 'the loss', () => reason !== '');
  assert.ok(reason.includes('as the test asked, with a packet'), reason);
});

test('batch best: takes the faster one where its self-check passes, and hands it over empty', async () => {
  const { batch, name, reason } = await bestBatch();
  assert.equal([name, reason], ['epoll', 'self-check passed']);
  assert.equal([batch.received, batch.sendFailures], [null, 0]);
});

test.run();
