import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SharedSockets } from '../../../firmware/media/shared-sockets.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork, type SimHost } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const address = '10.0.0.10';
const held = { interface: 'eth0', address, prefixBits: 24 };

interface World {
  readonly host: SimHost;
  readonly sockets: SharedSockets;
  readonly logged: string[];
  readonly opened: number[];
}

function world(bindsAhead: boolean, at: string | null = address): World {
  const host = new SimNetwork(new SimClock(), new SimRandom(1)).host('10.0.0.2');
  host.bindsAhead = bindsAhead;
  const logged: string[] = [];
  const opened: number[] = [];
  const sockets = new SharedSockets({ batch: host.batch(), log: { write: (_severity, event, text) => void logged.push(`${event}: ${text}`) }, address: at, ports: 2, opened: (port) => void opened.push(port) });
  return { host, sockets, logged, opened };
}

test('bound at boot where the batch can bind ahead', async () => {
  const { sockets, logged, opened } = world(true);
  await sockets.open([10_000, 10_002]);
  assert.equal([opened, logged, sockets.held], [[0, 1], [], false]);
  sockets.share(true);
  await settle();
  assert.equal([opened, sockets.held], [[0, 1], true]);
});

test('else when the address has come, once, without a word before', async () => {
  const { host, sockets, logged, opened } = world(false);
  await sockets.open([10_000, 10_002]);
  assert.equal([opened, logged], [[], []]);
  await host.addressHolder.add(held);
  sockets.share(true);
  await settle();
  assert.equal(opened, [0, 1]);
  sockets.share(false);
  sockets.share(true);
  await settle();
  assert.equal([opened, logged], [[0, 1], []]);
});

test('address-taken-by-a-neighbour-process: the port that cannot be had is told, the others work, and it is tried at the next change', async () => {
  const { host, sockets, logged, opened } = world(false);
  await host.addressHolder.add(held);
  const intruder = await host.datagram.bind({ address, port: 10_003 });
  await sockets.open([10_000, 10_002]);
  assert.equal(opened, [0]);
  assert.is(logged.length, 1);
  assert.match(logged[0] ?? '', /^shared-audio-deaf: 1 of 2 ports have no audio at the shared address: .*10\.0\.0\.10:10003/);
  intruder.close();
  sockets.share(true);
  await settle();
  assert.equal(opened, [0, 1]);
});

test('an address that does not come although it is said to be held is told', async () => {
  const { sockets, logged } = world(false);
  await sockets.open([10_000, 10_002]);
  sockets.share(true);
  await settle();
  assert.match(logged[0] ?? '', /^shared-audio-deaf: 2 of 2 ports /);
});

test('without an address nothing is opened', async () => {
  const { sockets, logged, opened } = world(true, null);
  await sockets.open([10_000, 10_002]);
  sockets.share(true);
  await settle();
  assert.equal([opened, logged, sockets.used], [[], [], false]);
});

test.run();
