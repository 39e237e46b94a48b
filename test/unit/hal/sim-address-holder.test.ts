import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InterfaceAddress } from '../../../hal/address-holder.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork, type SimHost } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';

const shared: InterfaceAddress = { interface: 'eth0', address: '10.9.0.100', prefixBits: 24 };
const port = 5060;

interface Lan {
  readonly clock: SimClock;
  readonly network: SimNetwork;
  readonly left: SimHost;
  readonly right: SimHost;
  /** Who heard what was sent to the shared address, in order. */
  readonly heard: string[];
  /** Sends one datagram from each of these to the shared address. */
  say(...from: SimHost[]): Promise<void>;
  readonly phone: SimHost;
  readonly pbx: SimHost;
}

async function lan(): Promise<Lan> {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(3));
  const [left, right, phone, pbx] = [1, 2, 3, 4].map((number) => network.host(`10.9.0.${number}`)) as [SimHost, SimHost, SimHost, SimHost];
  const heard: string[] = [];
  for (const [name, host] of [['left', left], ['right', right]] as const) {
    const socket = await host.datagram.bind({ address: '0.0.0.0', port });
    socket.received = (_bytes, from) => heard.push(`${name} from ${from.address.split('.').at(-1)}`);
  }
  const mouths = new Map(await Promise.all([phone, pbx].map(async (host) => [host, await host.datagram.bind({ address: host.name, port })] as const)));
  const say = async (...from: SimHost[]): Promise<void> => {
    for (const host of from) mouths.get(host)?.send(Buffer.from('?'), { address: shared.address, port });
    await clock.advance(5);
  };
  return { clock, network, left, right, heard, say, phone, pbx };
}

async function refused(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'nothing refused',
    (error: { id: string }) => error.id,
  );
}

test('adding, announcing and removing fail as told, and then have done nothing', async () => {
  const { left, right, say, phone, heard, clock } = await lan();
  const { addressHolder: holder } = left;
  holder.addFails = 'permission-denied';
  assert.is(await refused(holder.add(shared)), 'permission-denied');
  assert.not(await holder.held(shared));
  holder.addFails = null;
  await holder.add(shared);
  await say(phone);
  holder.removeFails = 'permission-denied';
  assert.is(await refused(holder.remove(shared)), 'permission-denied');
  assert.ok(await holder.held(shared));
  await right.addressHolder.add(shared);
  right.addressHolder.announceFails = 'unsupported';
  assert.is(await refused(right.addressHolder.announce(shared)), 'unsupported');
  await clock.advance(5);
  await say(phone);
  assert.equal(heard, ['left from 3', 'left from 3']);
});

test('an announcement that is lost changes nothing, the next one does', async () => {
  const { left, right, say, phone, heard, clock } = await lan();
  await left.addressHolder.add(shared);
  await say(phone);
  await right.addressHolder.add(shared);
  for (const lost of [true, false]) {
    right.addressHolder.announcementsLost = lost;
    await right.addressHolder.announce(shared);
    await clock.advance(5);
    await say(phone);
  }
  assert.equal(heard, ['left from 3', 'left from 3', 'right from 3']);
  assert.is(right.addressHolder.announcements, 2);
});

test('an announcement reaches those whom its links let it reach, after their delay', async () => {
  const { left, right, say, phone, pbx, heard, clock, network } = await lan();
  await left.addressHolder.add(shared);
  await say(phone, pbx);
  await right.addressHolder.add(shared);
  network.fault(right.name, pbx.name, { cut: true });
  network.fault(right.name, phone.name, { delayMs: 20 });
  await right.addressHolder.announce(shared);
  await say(phone, pbx);
  await clock.advance(20);
  await say(phone, pbx);
  assert.equal(heard.slice(2), ['left from 3', 'left from 4', 'right from 3', 'left from 4']);
});

test('who asks anew finds a holder that it reaches, and the last to announce first', async () => {
  const { left, right, say, phone, pbx, heard, network, clock } = await lan();
  await left.addressHolder.add(shared);
  await right.addressHolder.add(shared);
  network.partition(left.name, phone.name);
  await say(phone);
  network.fault(right.name, pbx.name, { loss: 1 }); // the announcement does not arrive, the answer to the question would
  await right.addressHolder.announce(shared);
  await clock.advance(5);
  network.fault(right.name, pbx.name, { loss: 0 });
  await say(pbx);
  assert.equal(heard, ['right from 3', 'right from 4']);
});

test('a machine that stops for good is believed in until the other one announces', async () => {
  const { left, right, say, phone, pbx, heard, clock } = await lan();
  await left.addressHolder.add(shared);
  await say(phone);
  left.crash();
  left.unplug();
  await right.addressHolder.add(shared);
  await say(phone, pbx);
  await right.addressHolder.announce(shared);
  await clock.advance(5);
  await say(phone);
  assert.equal(heard, ['left from 3', 'right from 4', 'right from 3']);
});

test('a machine that starts again has the addresses it boots with, and no others', async () => {
  const { left } = await lan();
  await left.addressHolder.add(shared);
  await left.addressHolder.remove({ ...shared, address: left.name });
  assert.equal(left.addresses, [shared.address]);
  left.crash();
  assert.equal(left.addresses, ['10.9.0.1']);
});

test('a socket bound to an address sends nothing while the machine does not have it', async () => {
  const { left, phone, clock } = await lan();
  await left.addressHolder.add(shared);
  const socket = await left.datagram.bind({ address: shared.address, port: 7000 });
  const ear = await phone.datagram.bind({ address: phone.name, port: 7000 });
  const heard: string[] = [];
  ear.received = (bytes) => heard.push(Buffer.from(bytes).toString());
  for (const text of ['held', 'gone', 'again']) {
    if (text === 'gone') await left.addressHolder.remove(shared);
    if (text === 'again') await left.addressHolder.add(shared);
    socket.send(Buffer.from(text), ear.local);
    await clock.advance(5);
  }
  assert.equal(heard, ['held', 'again']);
});

test('a slow kernel takes its time, and the address is there when it has answered', async () => {
  const { left, clock } = await lan();
  left.addressHolder.delayMs = 30;
  let added = false;
  void left.addressHolder.add(shared).then(() => (added = true));
  await clock.advance(29);
  assert.equal([added, await left.addressHolder.held(shared)], [false, false]);
  await clock.advance(2);
  assert.equal([added, await left.addressHolder.held(shared)], [true, true]);
});

test('a machine without its network card finds no interface, and has its addresses again with the card', async () => {
  const { left } = await lan();
  await left.addressHolder.add(shared);
  left.takeInterfaceAway();
  assert.equal([await refused(left.addressHolder.add(shared)), await left.addressHolder.held(shared)], ['not-found', false]);
  left.bringInterfaceBack();
  assert.ok(await left.addressHolder.held(shared));
});

test('a TCP connection to an address that moves is reset by its new holder, and silent at the old one', async () => {
  const { left, right, phone, clock } = await lan();
  await left.addressHolder.add(shared);
  const ends: string[] = [];
  const serve = (name: string) => (connection: StreamConnection): void => void (connection.closed = (error) => ends.push(`${name} ${error?.id}`));
  for (const [name, host] of [['left', left], ['right', right]] as const) await host.stream.listen({ address: '0.0.0.0', port }, serve(name));
  const connecting = phone.stream.connect({ address: shared.address, port }, 1000);
  await clock.advance(5);
  const connection = await connecting;
  connection.closed = (error) => ends.push(`phone ${error?.id}`);
  await left.addressHolder.remove(shared);
  await right.addressHolder.add(shared);
  await right.addressHolder.announce(shared);
  await clock.advance(5);
  connection.write(Buffer.from('still there?'));
  await clock.advance(100);
  assert.equal(ends, ['phone connection-lost']);
});

test('a connection that is being made reaches the machine that takes the address over meanwhile', async () => {
  const { left, right, phone, clock, say } = await lan();
  await left.addressHolder.add(shared);
  await say(phone);
  await left.addressHolder.remove(shared);
  let accepted = 0;
  await right.stream.listen({ address: '0.0.0.0', port }, () => accepted++);
  void phone.stream.connect({ address: shared.address, port }, 5000);
  await clock.advance(500);
  await right.addressHolder.add(shared);
  await right.addressHolder.announce(shared);
  await clock.advance(600);
  assert.is(accepted, 1);
});

test('an address that moves does not name a host', async () => {
  const { left, network } = await lan();
  await left.addressHolder.add(shared);
  assert.throws(() => network.host(shared.address), /it moves, and is at 10\.9\.0\.1 now/);
});

test.run();
