import { mkdtempSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ed25519Key, selfSigned } from '../../firmware/failover/identity-certificate.ts';
import { makeIdentity } from '../../firmware/failover/identity.ts';
import type { BrokerPlace } from '../../hal/broker.ts';
import { covers } from '../../hal/broker.ts';
import { MqttBrokerNet } from '../../hal/drivers/mqtt/mqtt-broker.ts';
import { SimBroker } from '../../hal/sim/sim-broker.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { Mosquitto, mosquitto } from '../support/peers/mosquitto.ts';
import { endPrograms } from '../support/peers/program.ts';
import { requires, skipTest, testWith } from '../support/skip.ts';
import { brokerContract, type BrokerWorld } from './broker-contract.ts';
import { realTime, refusal, result, until, virtualTime } from './passing.ts';

const plain = (port: number, host = '127.0.0.1'): BrokerPlace => ({ host, port, tls: null, login: null });
const session = { clientId: 'unit', keepAliveSec: 5, lastWill: null };

function sim(): SimBroker & { readonly clock: SimClock } {
  const clock = new SimClock();
  return Object.assign(new SimBroker(clock, new SimRandom(5)), { clock });
}

brokerContract('sim', async (): Promise<BrokerWorld> => {
  const broker = sim();
  const place = plain(1883, '10.0.0.9');
  return {
    net: broker.net(), place, aside: place, passing: virtualTime(broker.clock), cut: (clientId) => broker.kill(clientId), wipe: async () => broker.wipe(),
    goAway: async () => broker.goOffline(), end: async () => undefined,
  };
});

const noMosquitto = requires(mosquitto);
if (noMosquitto === undefined) brokerContract('mqtt and mosquitto', mosquittoWorld);
else skipTest('broker mqtt and mosquitto', noMosquitto);

async function mosquittoWorld(): Promise<BrokerWorld> {
  const broker = await Mosquitto.start();
  const wire = await relay(broker.port);
  return {
    net: new MqttBrokerNet(), place: plain(wire.port), aside: plain(broker.port), passing: realTime, cut: () => wire.cut(),
    wipe: async () => {
      await broker.kill();
      await broker.begin();
    },
    goAway: () => broker.stop(),
    end: async () => {
      wire.close();
      await broker.stop();
    },
  };
}

/** A wire that can be cut. */
async function relay(to: number): Promise<{ port: number; cut: () => void; close: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection({ host: '127.0.0.1', port: to });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => [near, far].forEach((other) => other.destroy()));
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => void (socket.destroyed || socket.resetAndDestroy()));
  return { port: (server.address() as AddressInfo).port, cut, close: () => [server.close(), cut()] };
}

/** Writes an identity as PEM files. */
function files(identity: { certificate: Uint8Array; privateKey: Uint8Array }): { certificate: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  const pem = (label: string, der: Uint8Array): string => [`-----BEGIN ${label}-----`, ...(Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join('\n');
  writeFileSync(join(folder, 'certificate.pem'), pem('CERTIFICATE', identity.certificate));
  writeFileSync(join(folder, 'key.pem'), pem('PRIVATE KEY', identity.privateKey));
  return { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
}

function named(name: string, seed: number): { certificate: Uint8Array; privateKey: Uint8Array } {
  const random = new SimRandom(seed);
  const privateKey = ed25519Key(random.bytes(32));
  return { certificate: selfSigned(privateKey, name, random.bytes(16)), privateKey };
}

testWith([mosquitto], 'broker mqtt: over TLS both ends show a certificate, and a stranger on either side is refused', async () => {
  const own = makeIdentity(new SimRandom(31));
  const server = files(named('localhost', 32));
  const broker = await Mosquitto.start([
    `cafile ${files(own).certificate}`, `certfile ${server.certificate}`, `keyfile ${server.key}`, 'require_certificate true', 'use_identity_as_username true',
  ]);
  const net = new MqttBrokerNet();
  const place = (change: Partial<NonNullable<BrokerPlace['tls']>> = {}, host = 'localhost'): BrokerPlace => ({ host, port: broker.port, tls: { identity: own, authorityFile: server.certificate, ...change }, login: null });
  const refused = (to: BrokerPlace): Promise<string> => refusal(realTime, net.connect(to, session, 5000));
  try {
    const connection = await net.connect(place(), session, 5000);
    await connection.publish({ topic: 'a', payload: Buffer.from('sealed'), retain: false });
    const ended = new Promise((resolve) => (connection.closed = resolve));
    connection.close();
    assert.is(await ended, null);
    assert.is(await refused(place({ authorityFile: files(named('localhost', 33)).certificate })), 'wrong-certificate', 'a broker that another authority vouches for');
    assert.is(await refused(place({ authorityFile: null })), 'wrong-certificate', 'a broker that nobody vouches for');
    assert.is(await refused(place({}, '127.0.0.1')), 'wrong-certificate', 'a broker with another name');
    assert.is(await refused(place({ authorityFile: '/nowhere/ca.pem' })), 'not-found');
    const stranger = await refused(place({ identity: makeIdentity(new SimRandom(34)) }));
    assert.ok(['wrong-certificate', 'connection-lost'].includes(stranger), stranger);
    const unknown = await refused(place({ identity: null }));
    assert.ok(['wrong-certificate', 'connection-lost'].includes(unknown), unknown);
    const clear = await refused({ ...place(), tls: null });
    assert.ok(['connection-lost', 'timed-out'].includes(clear), clear);
  } finally {
    await broker.stop();
  }
});

testWith([mosquitto], 'broker mqtt: a broker that lets nobody in without a name says so', async () => {
  const broker = await Mosquitto.start(['allow_anonymous false']);
  assert.is(await refusal(realTime, new MqttBrokerNet().connect(plain(broker.port), session, 5000)), 'permission-denied');
  assert.is(await refusal(realTime, new MqttBrokerNet().connect({ ...plain(broker.port), login: { user: 'a', password: 'b' } }, session, 5000)), 'permission-denied');
  await broker.stop();
});

testWith([mosquitto], 'broker mqtt: a topic that is closed to us is a refusal and not the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'acl-'));
  writeFileSync(join(folder, 'acl'), 'topic readwrite open/#\n');
  const broker = await Mosquitto.start(['allow_anonymous true', `acl_file ${join(folder, 'acl')}`]);
  const connection = await new MqttBrokerNet().connect(plain(broker.port), session, 5000);
  assert.is(await refusal(realTime, connection.publish({ topic: 'closed/x', payload: Buffer.from('x'), retain: false })), 'permission-denied');
  await connection.publish({ topic: 'open/x', payload: Buffer.from('x'), retain: false });
  connection.close();
  await broker.stop();
});

testWith([mosquitto], 'broker mqtt: broker-hangs: the keep-alive finds out', async () => {
  const broker = await Mosquitto.start();
  const connection = await new MqttBrokerNet().connect(plain(broker.port), { ...session, keepAliveSec: 1 }, 5000);
  const closes: (string | null)[] = [];
  connection.closed = (error) => closes.push(error?.id ?? null);
  broker.signal('SIGSTOP');
  await until(realTime, 'the end', () => closes.length === 1, 10_000);
  assert.ok(['connection-lost', 'timed-out'].includes(closes[0] ?? ''), String(closes));
  broker.signal('SIGCONT');
  await broker.stop();
});

test('broker mqtt: an attempt that is given up ends at once, in each of its stages', async () => {
  const mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  for (const tls of [null, { identity: null, authorityFile: null }]) {
    const giving = new AbortController();
    const connecting = new MqttBrokerNet().connect({ ...plain((mute.address() as AddressInfo).port), tls }, session, 60_000, giving.signal);
    setTimeout(() => giving.abort(), 100);
    assert.is(await refusal(realTime, connecting), 'closed');
  }
  assert.is(await refusal(realTime, new MqttBrokerNet().connect(plain(1), session, 60_000, AbortSignal.abort())), 'closed');
  mute.close();
});

test('broker sim: an attempt that is given up ends at once', async () => {
  const broker = sim();
  broker.goMute();
  const giving = new AbortController();
  const connecting = broker.net().connect(plain(1, 'b'), session, 60_000, giving.signal);
  giving.abort();
  assert.is(await refusal(virtualTime(broker.clock), connecting), 'closed');
});

/** Somebody who answers a connection with these bytes. */
async function impostor(answer: Uint8Array, more: Uint8Array | null = null): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(answer);
      if (more === null) return;
      const flow = setInterval(() => void (socket.destroyed ? clearInterval(flow) : socket.write(more)), 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test('broker mqtt: who answers with something else is no broker', async () => {
  for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '\xff\xff\xff\xff\xff', '220 mail.example ESMTP\r\n']) {
    const other = await impostor(Buffer.from(answer, 'latin1'));
    const why = await refusal(realTime, new MqttBrokerNet().connect(plain(other.port), session, 1000));
    assert.ok(['io', 'timed-out', 'connection-lost'].includes(why), `${JSON.stringify(answer)}: ${why}`);
    other.close();
  }
});

test('broker mqtt: a packet of 200 MB is not gathered', async () => {
  // CONNACK of MQTT 5, then a PUBLISH whose head promises 200 MB.
  const other = await impostor(Uint8Array.of(0x20, 3, 0, 0, 0, 0x30, 0x80, 0x80, 0xaf, 0x5f), new Uint8Array(16 * 1024));
  const connection = await new MqttBrokerNet().connect(plain(other.port), session, 5000);
  const closes: (string | null)[] = [];
  connection.closed = (error) => closes.push(error?.id ?? null);
  await until(realTime, 'the end', () => closes.length === 1, 5000);
  assert.equal(closes, ['too-large']);
  other.close();
});

test('broker mqtt: a name that does not exist', async () => {
  const why = await refusal(realTime, new MqttBrokerNet().connect(plain(1883, 'no-such-host.invalid'), session, 5000), 15_000);
  assert.ok(['not-found', 'timed-out'].includes(why), why);
});

test('broker sim: broker-hangs: the keep-alive finds out, and what waited is refused', async () => {
  const broker = sim();
  const passing = virtualTime(broker.clock);
  const connection = await result(passing, broker.net().connect(plain(1, 'b'), session, 5000));
  const closes: (string | null)[] = [];
  connection.closed = (error) => closes.push(error?.id ?? null);
  broker.goMute();
  const publishing = connection.publish({ topic: 'x', payload: Buffer.from('x'), retain: false });
  assert.is(await refusal(passing, publishing, 20_000), 'connection-lost');
  await passing.pass(10);
  assert.equal(closes, ['timed-out']);
  assert.is(await refusal(passing, broker.net().connect(plain(1, 'b'), session, 3000)), 'timed-out');
});

test('broker sim: refusals, duplicates, overtaking, and a client that does not keep up', async () => {
  const broker = sim();
  const passing = virtualTime(broker.clock);
  broker.faults.users = ['ada'];
  assert.is(await refusal(passing, broker.net().connect(plain(1, 'b'), session, 3000)), 'permission-denied');
  const connection = await result(passing, broker.net().connect({ ...plain(1, 'b'), login: { user: 'ada', password: '' } }, session, 3000));
  broker.faults.forbidden = (topic) => topic.startsWith('no/');
  assert.is(await refusal(passing, connection.publish({ topic: 'no/x', payload: Buffer.from(''), retain: false })), 'permission-denied');
  assert.is(await refusal(passing, connection.subscribe(['no/#'])), 'permission-denied');
  const heard: number[] = [];
  connection.received = ({ payload }) => heard.push(Number(Buffer.from(payload).toString()));
  await result(passing, connection.subscribe(['yes/#']));
  broker.faults.duplicates = 0.5;
  broker.faults.jitterMs = 100;
  for (let at = 0; at < 200; at++) broker.inject({ topic: 'yes/x', payload: Buffer.from(String(at)), retain: false });
  await passing.pass(300);
  assert.is(new Set(heard).size, 200);
  assert.ok(heard.length > 250 && heard.length < 350, `${heard.length} deliveries`);
  assert.not.equal(heard, [...heard].sort((one, other) => one - other), 'they overtook each other');
  broker.faults.duplicates = 0;
  for (let at = 0; at < 1500; at++) broker.inject({ topic: 'yes/x', payload: Buffer.from(String(at)), retain: false });
  assert.is(broker.dropped, 500);
});

test('filters cover topics as MQTT says', () => {
  const cases: [string, string, boolean][] = [
    ['a/b', 'a/b', true], ['a/b', 'a', false], ['a', 'a/b', false], ['a/+', 'a/b', true], ['a/+', 'a/b/c', false], ['+/b', 'a/b', true], ['a/#', 'a/b/c', true],
    ['a/#', 'a', true], ['#', 'a/b', true], ['a/+/c', 'a/b/c', true], ['a/+/c', 'a/b/d', false], ['a/+', 'a/', true], ['a', 'b', false],
  ];
  for (const [filter, topic, covered] of cases) assert.is(covers(filter, topic), covered, `${filter} ${topic}`);
});

test.after(endPrograms);

test.run();
