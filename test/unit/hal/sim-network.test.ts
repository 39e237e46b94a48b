import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DatagramSocket } from '../../../hal/datagram.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork, type LinkFaults } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const a = '10.0.0.1';
const b = '10.0.0.2';

interface Wire {
  readonly clock: SimClock;
  readonly network: SimNetwork;
  readonly near: DatagramSocket;
  readonly far: DatagramSocket;
  /** What arrived at `far`: text and moment. */
  readonly arrived: { text: string; atMs: number }[];
}

async function wire(faults: Partial<LinkFaults> = {}, seed = 1): Promise<Wire> {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(seed));
  const near = await network.host(a).datagram.bind({ address: a, port: 5060 });
  const far = await network.host(b).datagram.bind({ address: b, port: 5060 });
  network.fault(a, b, faults);
  const arrived: { text: string; atMs: number }[] = [];
  far.received = (bytes) => arrived.push({ text: Buffer.from(bytes).toString(), atMs: clock.monotonic() });
  return { clock, network, near, far, arrived };
}

async function sendNumbers({ clock, near, far }: Wire, count: number, everyMs = 1): Promise<void> {
  for (let at = 0; at < count; at++) {
    near.send(Buffer.from(String(at)), far.local);
    await clock.advance(everyMs);
  }
  await clock.advance(1000);
}

test('a datagram arrives after the delay of its link', async () => {
  const one = await wire({ delayMs: 30 });
  await sendNumbers(one, 1);
  assert.equal(one.arrived, [{ text: '0', atMs: 30 }]);
});

test('jitter spreads arrivals', async () => {
  const one = await wire({ delayMs: 10, jitterMs: 40 });
  await sendNumbers(one, 100, 60);
  const lateMs = one.arrived.map(({ text, atMs }) => atMs - Number(text) * 60);
  assert.ok(Math.min(...lateMs) < 15 && Math.max(...lateMs) > 45 && Math.max(...lateMs) <= 50, `${Math.min(...lateMs)} to ${Math.max(...lateMs)}`);
});

test('jitter keeps the order', async () => {
  const one = await wire({ delayMs: 10, jitterMs: 40 });
  await sendNumbers(one, 100, 5);
  assert.equal(one.arrived.map(({ text }) => Number(text)), [...Array(100).keys()]);
});

test('loss takes its share, one way only, and the same packets for the same seed', async () => {
  const runs = [];
  for (const seed of [5, 5, 6]) {
    const one = await wire({ loss: 0.2 }, seed);
    await sendNumbers(one, 500);
    runs.push(one.arrived.map(({ text }) => text).join());
    assert.ok(one.arrived.length > 350 && one.arrived.length < 450, String(one.arrived.length));
  }
  assert.is(runs[0], runs[1]);
  assert.is.not(runs[0], runs[2]);
  const back = await wire({ loss: 1 });
  let heard = 0;
  back.near.received = () => heard++;
  back.far.send(Buffer.from('the other way'), back.near.local);
  await back.clock.advance(10);
  assert.is(heard, 1);
});

test('duplicates arrive twice', async () => {
  const one = await wire({ duplicate: 1 });
  await sendNumbers(one, 3);
  assert.equal(one.arrived.map(({ text }) => text), ['0', '0', '1', '1', '2', '2']);
});

test('a reordered datagram is overtaken', async () => {
  const one = await wire({ reorder: 0.3, reorderByMs: 10 });
  await sendNumbers(one, 100);
  const order = one.arrived.map(({ text }) => Number(text));
  assert.is(order.length, 100);
  assert.ok(order.some((number, at) => at > 0 && number < (order[at - 1] ?? 0)));
});

test('a partition stops both ways until it heals; a cut one way', async () => {
  const one = await wire();
  one.network.partition(a, b);
  await sendNumbers(one, 2);
  one.network.heal(a, b);
  await sendNumbers(one, 1);
  one.network.fault(b, a, { cut: true });
  await sendNumbers(one, 1);
  assert.is(one.arrived.length, 2);
});

test('the intercept hook sees each datagram and may drop the n-th', async () => {
  const one = await wire();
  const seen: string[] = [];
  one.network.intercept = ({ bytes, count, from, to }) => {
    seen.push(`${count} ${from.address}>${to.address} ${Buffer.from(bytes).toString()}`);
    return count === 2 ? 'drop' : 'pass';
  };
  await sendNumbers(one, 3);
  assert.equal(seen, [`1 ${a}>${b} 0`, `2 ${a}>${b} 1`, `3 ${a}>${b} 2`]);
  assert.equal(one.arrived.map(({ text }) => text), ['0', '2']);
});

test('nobody listening is silence, or a refusal where the link tells', async () => {
  const one = await wire();
  const failures: string[] = [];
  one.near.failed = (error) => failures.push(error.id);
  one.near.send(Buffer.from('?'), { address: b, port: 9 });
  await one.clock.advance(10);
  assert.equal(failures, []);
  one.network.fault(a, b, { refusals: true });
  one.near.send(Buffer.from('?'), { address: b, port: 9 });
  await one.clock.advance(10);
  assert.equal(failures, ['connection-refused']);
});

test('a link refuses datagrams larger than it takes', async () => {
  const one = await wire({ maxDatagramBytes: 1472 });
  const failures: string[] = [];
  one.near.failed = (error) => failures.push(error.id);
  for (const size of [1472, 1473]) one.near.send(new Uint8Array(size), one.far.local);
  await one.clock.advance(10);
  assert.equal([failures, one.arrived.length], [['too-large'], 1]);
});

test('an unplugged machine is told that it reaches nobody; its own sockets still talk', async () => {
  const one = await wire();
  const failures: string[] = [];
  one.near.failed = (error) => failures.push(error.id);
  one.network.host(a).unplug();
  one.near.send(Buffer.from('?'), one.far.local);
  let loop = 0;
  one.near.received = () => loop++;
  one.near.send(Buffer.from('self'), one.near.local);
  await one.clock.advance(10);
  assert.equal([failures, loop, one.arrived.length], [['unreachable'], 1, 0]);
  one.network.host(a).plug();
  await sendNumbers(one, 1);
  assert.is(one.arrived.length, 1);
});

test('what a machine says to itself has no faults', async () => {
  const one = await wire();
  one.network.faultAll({ loss: 1, delayMs: 500 });
  const inside = await one.network.host(a).datagram.bind({ address: '127.0.0.1', port: 5060 });
  let heard = 0;
  inside.received = () => heard++;
  inside.send(Buffer.from('self'), inside.local);
  await one.clock.advance(1);
  assert.is(heard, 1);
});

test('bytes that a receiver keeps past its call are spoilt', async () => {
  const one = await wire();
  let kept: Uint8Array | null = null;
  one.far.received = (bytes) => (kept = bytes);
  await sendNumbers(one, 1);
  assert.equal(kept, new Uint8Array([0xdd]));
});

test('a crashed machine has no sockets any more, and its ports are free', async () => {
  const one = await wire();
  one.network.host(b).crash();
  await sendNumbers(one, 1);
  assert.is(one.arrived.length, 0);
  await one.network.host(b).datagram.bind({ address: b, port: 5060 });
});

test('binding fails as told', async () => {
  const one = await wire();
  one.network.host(a).bindFails = 'too-many-open';
  const ids: string[] = [];
  const note = (error: { id: string }): void => void ids.push(error.id);
  await one.network.host(a).datagram.bind({ address: a, port: 0 }).catch(note);
  await one.network.host(a).batch().open(0, { address: a, port: 0 }).catch(note);
  await one.network.host(a).stream.listen({ address: a, port: 0 }, () => {}).catch(note);
  assert.equal(ids, ['too-many-open', 'too-many-open', 'too-many-open']);
});

test('a machine with an address of each family answers from the right one', async () => {
  const one = await wire();
  const both = one.network.host('10.0.0.3', 'fd00::3');
  const six = await one.network.host('fd00::4').datagram.bind({ address: 'fd00::4', port: 5060 });
  const [four, everywhere] = [await both.datagram.bind({ address: '0.0.0.0', port: 5060 }), await both.datagram.bind({ address: '::', port: 5060 })];
  const senders: string[] = [];
  one.far.received = (_bytes, from) => senders.push(from.address);
  six.received = (_bytes, from) => senders.push(from.address);
  four.send(Buffer.from('4'), one.far.local);
  everywhere.send(Buffer.from('6'), six.local);
  await one.clock.advance(5);
  assert.equal(senders, ['10.0.0.3', 'fd00::3']);
});

test.run();
