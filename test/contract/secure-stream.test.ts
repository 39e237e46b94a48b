import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Identity } from '../../firmware/failover/identity.ts';
import { LinuxSecureStreamNet } from '../../hal/drivers/linux/linux-secure-stream.ts';
import { secureConnectionLimit } from '../../hal/secure-stream.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimSecureStreamNet } from '../../hal/sim/sim-secure-stream.ts';
import { requires, skipTest, testWith } from '../support/skip.ts';
import { ipv6Loopback } from './ipv6.ts';
import { linuxWorld, simWorld } from './network-world.ts';
import { realTime, result, until } from './passing.ts';
import { one, other, secureStreamContract, stranger, type SecureWorld } from './secure-stream-contract.ts';
import { end } from './stream-contract.ts';

const linux = (ipv6 = false): SecureWorld => ({ ...linuxWorld(ipv6), nearSecure: new LinuxSecureStreamNet(), farSecure: new LinuxSecureStreamNet() });

function sim(): SecureWorld & ReturnType<typeof simWorld> {
  const world = simWorld();
  const secure = (net: typeof world.near.stream, seed: number) => new SimSecureStreamNet(world.clock, new SimRandom(seed), net);
  return { ...world, nearSecure: secure(world.near.stream, 1), farSecure: secure(world.far.stream, 2) };
}

secureStreamContract('linux', () => linux());
secureStreamContract('sim', () => sim());
secureStreamContract('sim in pieces of 7 bytes', () => {
  const world = sim();
  world.network.faultAll({ segmentBytes: 7, jitterMs: 3, loss: 0.05 });
  return world;
});

const noIpv6 = requires(ipv6Loopback);
if (noIpv6 === undefined) secureStreamContract('linux IPv6', () => linux(true));
else skipTest('secure stream linux IPv6', noIpv6);

interface Wire {
  readonly near: Socket;
  readonly far: Socket;
  /** Done to what passes from the dialler to the listener. */
  change: (bytes: Buffer) => void;
}

/** A listener of ours behind a pipe whose wire the test can cut. */
async function throughWire(): Promise<{ client: ReturnType<typeof end>; server: ReturnType<typeof end>; wire: Wire; stop: () => void }> {
  const accepted: ReturnType<typeof end>[] = [];
  const listener = await new LinuxSecureStreamNet().listen({ address: '127.0.0.1', port: 0 }, other, () => [one.fingerprint], (connection) => accepted.push(end(connection)));
  const wires: Wire[] = [];
  const pipe = createServer({ allowHalfOpen: true }, (near) => {
    const far = createConnection({ host: '127.0.0.1', port: listener.local.port, allowHalfOpen: true });
    for (const socket of [near, far]) socket.on('error', () => {});
    const wire: Wire = { near, far, change: () => {} };
    near.on('data', (bytes) => {
      wire.change(bytes);
      far.write(bytes);
    });
    far.pipe(near, { end: false });
    wires.push(wire);
  });
  await new Promise<void>((resolve) => pipe.listen(0, '127.0.0.1', resolve));
  const client = end(await new LinuxSecureStreamNet().dial({ address: '127.0.0.1', port: (pipe.address() as AddressInfo).port }, one, [other.fingerprint], 2000));
  await until(realTime, 'accepted', () => accepted.length === 1);
  const [server] = accepted;
  const [wire] = wires;
  if (server === undefined || wire === undefined) throw new Error('nothing accepted');
  return { client, server, wire, stop: () => [wire.near.destroy(), wire.far.destroy(), pipe.close(), listener.close()] };
}

test('secure stream linux: a reset on the wire is a lost connection', async () => {
  const { client, wire, stop } = await throughWire();
  wire.near.resetAndDestroy();
  await until(realTime, 'closed', () => client.closes.length === 1);
  stop();
  assert.equal(client.closes, ['connection-lost']);
});

test('secure stream linux: bytes changed on the wire never arrive, and end the connection with an error', async () => {
  const { client, server, wire, stop } = await throughWire();
  wire.change = (bytes) => bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  client.connection.write(Buffer.from('to be changed'));
  await until(realTime, 'closed', () => server.closes.length === 1);
  stop();
  assert.is(server.text(), '');
  assert.ok(server.closes[0] !== null, 'an error');
});

test('secure stream linux: a peer that shuts down its half still gets what is queued', async () => {
  const { client, server, stop } = await throughWire();
  server.connection.write(Buffer.alloc(200_000, 'x'));
  client.connection.write(Buffer.from('bye'));
  server.connection.close();
  await until(realTime, 'all', () => client.text().length === 200_000);
  await until(realTime, 'closed', () => client.closes.length + server.closes.length === 2);
  stop();
  assert.equal([client.closes, server.closes], [[null], [null]]);
});

test('secure stream sim: a firewall that forgets its state loses the connection for both ends', async () => {
  const world = sim();
  const accepted: ReturnType<typeof end>[] = [];
  const listener = await result(world.passing, world.farSecure.listen({ address: world.far.address, port: 7000 }, other, () => [one.fingerprint], (connection) => accepted.push(end(connection))));
  const client = end(await result(world.passing, world.nearSecure.dial(listener.local, one, [other.fingerprint], 1000)));
  world.network.resetStreams(world.near.address, world.far.address);
  await world.passing.pass(5);
  assert.equal([client.closes, accepted[0]?.closes], [['connection-lost'], ['connection-lost']]);
  assert.equal(world.clock.pending().map(({ name }) => name), []);
});

test('secure stream sim: strangers cannot take more places than the limit, and give them back', async () => {
  const world = sim();
  const refused: string[] = [];
  const listener = await result(world.passing, world.farSecure.listen({ address: world.far.address, port: 7000 }, other, () => [one.fingerprint], () => {}, (_from, error) => refused.push(error.id)));
  const mute = await Promise.all(Array.from({ length: secureConnectionLimit + 8 }, () => result(world.passing, world.near.stream.connect(listener.local, 1000).then(end))));
  await world.passing.pass(100);
  assert.is(mute.filter(({ closes }) => closes.length > 0).length, 8);
  await world.passing.pass(7000);
  assert.is(refused.length, secureConnectionLimit);
  (await result(world.passing, world.nearSecure.dial(listener.local, one, [other.fingerprint], 1000))).close();
});

/** What an `openssl s_client` with this identity has to say, 1.5 s after its start or when it ends. */
async function sClient(port: number, identity: Identity | null, ...options: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'secure-stream-'));
  try {
    const file = (name: string, label: string, der: Uint8Array): string => {
      writeFileSync(join(folder, name), [`-----BEGIN ${label}-----`, ...(Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join('\n'));
      return join(folder, name);
    };
    const proof = identity === null ? [] : ['-cert', file('cert.pem', 'CERTIFICATE', identity.certificate), '-key', file('key.pem', 'PRIVATE KEY', identity.privateKey)];
    const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-ign_eof', ...proof, ...options], { stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('latin1').on('data', (text: string) => (output += text));
    child.stdin.on('error', () => {});
    const over = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.stdin.write('hello from openssl\n');
    const late = setTimeout(() => child.kill('SIGKILL'), 1500);
    await over;
    clearTimeout(late);
    return output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function forOpenssl(body: (port: number, accepted: ReturnType<typeof end>[]) => Promise<void>): Promise<void> {
  const accepted: ReturnType<typeof end>[] = [];
  const listener = await new LinuxSecureStreamNet().listen({ address: '127.0.0.1', port: 0 }, other, () => [one.fingerprint], (connection) => {
    accepted.push(end(connection));
    connection.write(Buffer.from('hello from the unit\n'));
  });
  try {
    await body(listener.local.port, accepted);
  } finally {
    listener.close();
    for (const { connection } of accepted) connection.close();
  }
}

testWith(['openssl'], 'secure stream linux: openssl with the right certificate speaks TLS 1.3 with us', () =>
  forOpenssl(async (port, accepted) => {
    const said = await sClient(port, one);
    assert.match(said, /TLSv1\.3/);
    assert.match(said, /\x01[^]*hello from the unit/);
    assert.is(accepted[0]?.text(), 'hello from openssl\n');
  }));

testWith(['openssl'], 'secure stream linux: openssl with another certificate, or none, gets nothing but the refusal', () =>
  forOpenssl(async (port, accepted) => {
    for (const identity of [stranger, null]) assert.not.match(await sClient(port, identity), /hello from the unit/);
    assert.is(accepted.length, 0);
  }));

testWith(['openssl'], 'secure stream linux: TLS 1.2 is refused', () =>
  forOpenssl(async (port, accepted) => {
    assert.match(await sClient(port, one, '-tls1_2'), /protocol version|alert number 70/);
    assert.is(accepted.length, 0);
  }));

test.run();
