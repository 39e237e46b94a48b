import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeIdentity, type Identity } from '../../firmware/failover/identity.ts';
import type { Endpoint } from '../../hal/datagram.ts';
import type { SecureStreamNet } from '../../hal/secure-stream.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import type { StreamListener, StreamNet } from '../../hal/stream.ts';
import type { NetworkWorld } from './network-world.ts';
import { refusal, result, until } from './passing.ts';
import { end, streamContract } from './stream-contract.ts';

export const one = makeIdentity(new SimRandom(1));
export const other = makeIdentity(new SimRandom(2));
export const stranger = makeIdentity(new SimRandom(3));

export interface SecureWorld extends NetworkWorld {
  readonly nearSecure: SecureStreamNet;
  readonly farSecure: SecureStreamNet;
}

type Closes = { readonly closes: (string | null)[]; text(): string };

interface Listening {
  readonly listener: StreamListener;
  readonly accepted: ReturnType<typeof end>[];
  /** Whose certificate each of them had shown. */
  readonly peers: string[];
  readonly refused: string[];
}

/** What every `SecureStreamNet` does: all that a stream does, and what follows. */
export function secureStreamContract(driver: string, make: () => SecureWorld): void {
  streamContract(`secure ${driver}`, () => {
    const world = make();
    return { ...world, near: { ...world.near, stream: asStream(world.nearSecure, one, other) }, far: { ...world.far, stream: asStream(world.farSecure, other, one) } };
  });

  const check = (name: string, body: (world: SecureWorld, far: Listening) => Promise<void>): void => {
    test(`secure stream ${driver}: ${name}`, async () => {
      const world = make();
      const far = await listening(world, other, [one.fingerprint]);
      try {
        await body(world, far);
      } finally {
        far.listener.close();
        for (const { connection } of far.accepted) connection.close();
        await until(world.passing, 'accepted ones closed', () => far.accepted.every(({ closes }: Closes) => closes.length > 0));
      }
    });
  };

  check('a dialler with another certificate is refused, and learns why', async ({ nearSecure, passing }, { listener, accepted, refused }) => {
    const why = await refusal(passing, nearSecure.dial(listener.local, stranger, [other.fingerprint], 2000));
    assert.is(why, 'wrong-certificate');
    await until(passing, 'refused there too', () => refused.length === 1);
    assert.equal([accepted.length, refused], [0, ['wrong-certificate']]);
  });

  check('a listener with another certificate is refused', async ({ nearSecure, passing }, { listener, accepted }) => {
    assert.is(await refusal(passing, nearSecure.dial(listener.local, one, [stranger.fingerprint], 2000)), 'wrong-certificate');
    assert.is(await refusal(passing, nearSecure.dial(listener.local, one, [], 2000)), 'wrong-certificate', 'nobody is accepted by an empty list');
    await passing.pass(50);
    assert.ok(accepted.every(({ text }) => text() === ''));
  });

  check('a certificate without its key is of no use', async ({ nearSecure, passing }, { listener, accepted }) => {
    const thief = { certificate: one.certificate, privateKey: stranger.privateKey };
    let why = 'refused by the library';
    try {
      why = await refusal(passing, nearSecure.dial(listener.local, thief, [other.fingerprint], 2000));
    } catch (error) {
      assert.match(String(error), /key values mismatch/i, 'OpenSSL refuses to try');
    }
    assert.ok(['wrong-certificate', 'refused by the library'].includes(why), why);
    assert.is(accepted.length, 0);
  });

  check('who is accepted is asked anew for each connection', async (world, far) => {
    const accepts: string[] = [];
    const { listener } = await listening(world, other, accepts, 0);
    assert.is(await refusal(world.passing, world.nearSecure.dial(listener.local, one, [other.fingerprint], 2000)), 'wrong-certificate');
    accepts.push(one.fingerprint);
    const connection = await result(world.passing, world.nearSecure.dial(listener.local, one, [other.fingerprint], 2000));
    connection.close();
    listener.close();
    assert.is(far.accepted.length, 0);
  });

  check('the listener knows which of the accepted ones it has', async (world) => {
    const { listener, peers } = await listening(world, other, [one.fingerprint, stranger.fingerprint]);
    for (const own of [stranger, one]) {
      const connection = await result(world.passing, world.nearSecure.dial(listener.local, own, [other.fingerprint], 2000));
      connection.close();
    }
    await until(world.passing, 'both', () => peers.length === 2);
    assert.equal(peers, [stranger.fingerprint, one.fingerprint]);
    listener.close();
  });

  check('what the listener sends at once is not lost', async (world) => {
    const { listener } = await listening(world, other, [one.fingerprint], 0, 'welcome');
    const client = await result(world.passing, world.nearSecure.dial(listener.local, one, [other.fingerprint], 2000).then(end));
    await until(world.passing, 'the greeting', () => client.text() === 'welcome');
    client.connection.close();
    listener.close();
  });

  check('plain text is refused', async ({ near, passing }, { listener, accepted, refused }) => {
    const plain = end(await result(passing, near.stream.connect(listener.local, 2000)));
    plain.connection.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await until(passing, 'closed', () => plain.closes.length === 1);
    await until(passing, 'told', () => refused.length === 1);
    assert.equal([accepted.length, refused], [0, ['wrong-certificate']]);
  });

  check('a listener that speaks no TLS is refused', async ({ nearSecure, far, passing }) => {
    const plain = await result(passing, far.stream.listen({ address: far.address, port: 0 }, (connection) => void connection.write(Buffer.from('220 mail.example ESMTP\r\n'))));
    assert.is(await refusal(passing, nearSecure.dial(plain.local, one, [other.fingerprint], 2000)), 'wrong-certificate');
    plain.close();
  });

  check('a listener that says nothing is a time-out', async ({ nearSecure, far, passing }) => {
    const mute = await result(passing, far.stream.listen({ address: far.address, port: 0 }, () => {}));
    assert.is(await refusal(passing, nearSecure.dial(mute.local, one, [other.fingerprint], 300)), 'timed-out');
    mute.close();
  });

  check('a dialler that says nothing is dropped', async ({ near, passing }, { listener, refused, accepted }) => {
    const mute = end(await result(passing, near.stream.connect(listener.local, 2000)));
    await until(passing, 'dropped', () => mute.closes.length === 1, 8000);
    assert.equal([accepted.length, refused], [0, ['timed-out']]);
  });

  check('a connection that is closed in the middle of the handshake is a lost one', async ({ nearSecure, far, passing }) => {
    const rude = await result(passing, far.stream.listen({ address: far.address, port: 0 }, (connection) => connection.close()));
    assert.is(await refusal(passing, nearSecure.dial(rude.local, one, [other.fingerprint], 2000)), 'connection-lost');
    rude.close();
  });

  check('nothing passes in plain text', async ({ nearSecure, near, far, passing }, { listener, accepted }) => {
    const seen: Buffer[] = [];
    const tap = await relay(near.stream, far.stream, { address: far.address, port: 0 }, listener.local, seen);
    const client = end(await result(passing, nearSecure.dial(tap.local, one, [other.fingerprint], 2000)));
    client.connection.write(Buffer.from('the secret of the pair'.repeat(10)));
    await until(passing, 'arrival', () => accepted[0]?.text().length === 220);
    accepted[0]?.connection.write(Buffer.from('the answer of the pair'.repeat(10)));
    await until(passing, 'answer', () => client.text().length === 220);
    const wire = Buffer.concat(seen).toString('latin1');
    assert.ok(wire.length > 440 && !wire.includes('of the pair'));
    client.connection.close();
    tap.close();
  });
}

async function listening(world: SecureWorld, own: Identity, partners: readonly string[], port = 0, greeting = ''): Promise<Listening> {
  const accepted: ReturnType<typeof end>[] = [];
  const peers: string[] = [];
  const refused: string[] = [];
  const listener = await result(world.passing, world.farSecure.listen({ address: world.far.address, port }, own, () => partners, (connection, peer) => {
    accepted.push(end(connection));
    peers.push(peer);
    if (greeting !== '') connection.write(Buffer.from(greeting));
  }, (_from, error) => refused.push(error.id)));
  return { listener, accepted, peers, refused };
}

function asStream(net: SecureStreamNet, own: Identity, partner: Identity): StreamNet {
  return {
    listen: (local, accepted) => net.listen(local, own, () => [partner.fingerprint], accepted),
    connect: (to, timeoutMs) => net.dial(to, own, [partner.fingerprint], timeoutMs),
  };
}

/** Somebody in between who passes everything on and keeps a copy. */
function relay(out: StreamNet, here: StreamNet, local: Endpoint, to: Endpoint, seen: Buffer[]): Promise<StreamListener> {
  return here.listen(local, (victim) => {
    const early: Buffer[] = [];
    victim.received = (bytes) => early.push(Buffer.from(bytes));
    void out.connect(to, 2000).then((onward) => {
      const pass = (target: typeof onward) => (bytes: Uint8Array): void => {
        seen.push(Buffer.from(bytes));
        target.write(bytes);
      };
      for (const bytes of early) pass(onward)(bytes);
      victim.received = pass(onward);
      onward.received = pass(victim);
      victim.closed = () => onward.close();
      onward.closed = () => victim.close();
    });
  });
}
