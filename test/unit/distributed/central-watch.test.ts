// The watch over the central unit, and the channel that it uses, over a simulated network.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CentralWatch } from '../../../firmware/distributed/central-watch.ts';
import { answerLife, lifeService } from '../../../firmware/distributed/life-line.ts';
import { dialCentral, MemberChannel } from '../../../firmware/distributed/member-channel.ts';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { HalError } from '../../../hal/errors.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimSecureStreamNet } from '../../../hal/sim/sim-secure-stream.ts';
import { ListLog } from '../../support/store-fixture.ts';

const addresses = { one: '10.0.0.1', two: '10.0.0.2', far: '10.0.0.9' } as const;
type Name = keyof typeof addresses;
const identities = { one: makeIdentity(new SimRandom(1)), two: makeIdentity(new SimRandom(2)), far: makeIdentity(new SimRandom(3)) };
const port = 5072;

class World {
  readonly clock = new SimClock();
  readonly network = new SimNetwork(this.clock, new SimRandom(9));
  readonly serving: Record<'one' | 'two', boolean> = { one: true, two: false };
  readonly members = [identities.far.fingerprint];
  readonly logs = { one: new ListLog(), two: new ListLog() };
  readonly ends: (() => void)[] = [];
  readonly channels: MemberChannel[] = [];
  readonly told: string[] = [];
  /** What the central units do with a connection that asks whether they are there. */
  life = (connection: StreamConnection): void => void this.ends.push(answerLife(connection, this.clock));

  async open(): Promise<void> {
    for (const name of ['one', 'two'] as const) {
      const channel = new MemberChannel({ secure: this.secure(name), clock: this.clock, log: this.logs[name], identity: identities[name], local: { address: addresses[name], port }, members: () => this.members, serves: () => this.serving[name] });
      channel.serve(lifeService, (connection) => this.life(connection));
      const opening = channel.open();
      await this.clock.advance(10);
      await opening;
      this.channels.push(channel);
    }
  }

  secure(name: Name): SimSecureStreamNet {
    return new SimSecureStreamNet(this.clock, new SimRandom(name.length), this.network.host(addresses[name]).stream);
  }

  dial(address: string, service = lifeService): ReturnType<typeof dialCentral> {
    const central = [identities.one.fingerprint, identities.two.fingerprint];
    return dialCentral({ secure: this.secure('far'), clock: this.clock, own: identities.far, central, to: { address, port }, service, limitMs: 2000 });
  }

  watch(): CentralWatch {
    return new CentralWatch({
      clock: this.clock, addresses: [addresses.one, addresses.two], aliveMs: 1000, dial: (address) => this.dial(address),
      found: ({ address, unit }) => void this.told.push(`found ${address} ${unit === identities.one.fingerprint ? 'one' : 'two'}`), lost: (why) => void this.told.push(`lost: ${why}`),
    });
  }

  end(watch: CentralWatch): void {
    watch.stop();
    for (const end of this.ends) end();
    for (const channel of this.channels) channel.close();
  }
}

async function opened(): Promise<World> {
  const world = new World();
  await world.open();
  return world;
}

test('the first unit that serves is found, a standby is passed by', async () => {
  const world = await opened();
  world.serving.one = false;
  world.serving.two = true;
  const watch = world.watch();
  watch.start();
  await world.clock.advance(2000);
  assert.equal(world.told, ['found 10.0.0.2 two']);
  assert.ok(watch.silentMs <= 1000);
  world.end(watch);
  await world.clock.advance(70_000);
  assert.equal(world.clock.pending().map(({ name }) => name), []);
});

test('line-cut: given up after three questions, and found again when it heals', async () => {
  const world = await opened();
  const watch = world.watch();
  watch.start();
  await world.clock.advance(10_000);
  for (const name of ['one', 'two'] as const) world.network.partition(addresses.far, addresses[name]);
  await world.clock.advance(4500);
  assert.equal(world.told, ['found 10.0.0.1 one', 'lost: 3 questions were not answered']);
  for (const name of ['one', 'two'] as const) world.network.heal(addresses.far, addresses[name]);
  await world.clock.advance(8000);
  assert.is(world.told.at(-1), 'found 10.0.0.1 one');
  world.end(watch);
});

test('central-unit-steps-down: the other one is found at once', async () => {
  const world = await opened();
  const watch = world.watch();
  watch.start();
  await world.clock.advance(10_000);
  world.serving.one = false;
  world.serving.two = true;
  world.ends[0]?.();
  await world.clock.advance(200);
  assert.equal(world.told, ['found 10.0.0.1 one', 'lost: it closed the connection', 'found 10.0.0.2 two']);
  world.end(watch);
});

test('central-unit-closes-again-and-again: it is not asked without a pause', async () => {
  const world = await opened();
  let connections = 0;
  world.life = (connection) => {
    connections++;
    const end = answerLife(connection, world.clock);
    world.clock.after('rude', 100, end);
  };
  const watch = world.watch();
  watch.start();
  await world.clock.advance(20_000);
  assert.ok(connections >= 10 && connections <= 22, `${connections} connections in 20 s`);
  world.end(watch);
});

test('garbage-from-the-central-unit: the connection is given up', async () => {
  const world = await opened();
  world.life = (connection) => {
    connection.received = () => void connection.write(Buffer.from('HTTP/1.1 400 Bad Request'));
  };
  const watch = world.watch();
  watch.start();
  await world.clock.advance(3000);
  assert.equal(world.told, [], 'it was never there');
  assert.match(watch.problem ?? '', /not of this protocol/);
  world.end(watch);
});

test('removed-unit-tries-for-ever: it is refused, asked for no more than once a minute, and told once', async () => {
  const world = await opened();
  world.members.length = 0;
  let dials = 0;
  const watch = new CentralWatch({
    clock: world.clock, addresses: [addresses.one], aliveMs: 1000, found: () => world.told.push('found'), lost: () => undefined,
    dial: (address) => {
      dials++;
      return world.dial(address);
    },
  });
  watch.start();
  await world.clock.advance(5 * 60_000);
  assert.ok(dials >= 5 && dials <= 6, `${dials} dials in five minutes`);
  assert.equal([world.told, world.logs.one.events.map(({ event }) => event)], [[], ['member-stranger']]);
  assert.match(watch.problem ?? '', /does not accept the certificate/);
  world.end(watch);
});

test('a service that there is not is refused by name, and what is asked of the answering side is answered', async () => {
  const world = await opened();
  const dialled = world.dial(addresses.one, 'tea').then(() => 'tea', (error: unknown) => (error instanceof HalError ? error.id : 'another'));
  await world.clock.advance(200);
  assert.is(await dialled, 'unsupported');
  const reached = world.dial(addresses.one);
  await world.clock.advance(200);
  const { connection, unit } = await reached;
  assert.is(unit, identities.one.fingerprint);
  let closed = false;
  connection.closed = () => (closed = true);
  connection.write(Buffer.from('no frame of ours'));
  await world.clock.advance(200);
  await settle();
  assert.ok(closed, 'who speaks otherwise is left');
  for (const channel of world.channels) channel.close();
});

test.run();
