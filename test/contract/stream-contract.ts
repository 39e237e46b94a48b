import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HalError } from '../../hal/errors.ts';
import type { StreamConnection, StreamListener } from '../../hal/stream.ts';
import type { NetworkWorld } from './network-world.ts';
import { refusal, result, until } from './passing.ts';

/** A connection and what was heard of it. */
interface End {
  readonly connection: StreamConnection;
  /** Everything received, in order. */
  text(): string;
  /** Each call of `closed`. */
  readonly closes: (string | null)[];
}

interface Pair {
  readonly client: End;
  readonly server: End;
  readonly listener: StreamListener;
}

/** What every `StreamNet` does. */
export function streamContract(driver: string, make: () => NetworkWorld): void {
  const check = (name: string, body: (world: NetworkWorld, pair: Pair) => Promise<void>): void => {
    test(`stream ${driver}: ${name}`, async () => {
      const world = make();
      const pair = await joined(world);
      try {
        await body(world, pair);
      } finally {
        pair.listener.close();
        pair.client.connection.close();
        pair.server.connection.close();
        await until(world.passing, 'both ends closed', () => pair.client.closes.length > 0 && pair.server.closes.length > 0);
      }
    });
  };

  check('both ends know each other', async (world, { client, server, listener }) => {
    assert.equal(client.connection.remote, listener.local);
    assert.equal(server.connection.local, listener.local);
    assert.equal(server.connection.remote, client.connection.local);
    assert.is(listener.local.address, world.far.address);
  });

  check('bytes arrive in order, both ways, never inside the call', async ({ passing }, { client, server }) => {
    assert.ok(client.connection.write(Buffer.from('one ')));
    assert.ok(client.connection.write(Buffer.from('two')));
    assert.ok(server.connection.write(Buffer.from('answer')));
    assert.is(server.text() + client.text(), '');
    await until(passing, 'arrival', () => server.text() === 'one two' && client.text() === 'answer');
  });

  check('the writer may reuse its buffer at once', async ({ passing }, { client, server }) => {
    const buffer = Buffer.from('before');
    client.connection.write(buffer);
    buffer.fill('x');
    await until(passing, 'arrival', () => server.text().length === 6);
    assert.is(server.text(), 'before');
  });

  check('what is written in any pieces arrives as the same bytes', async ({ passing }, { client, server }) => {
    const sent = Buffer.alloc(150_000, 'abcdefghijklmnopqrstuvwxyz0123456789\r\n');
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 7) % 4999) client.connection.write(sent.subarray(at, at + size));
    await until(passing, 'all of it', () => server.text().length >= sent.length);
    assert.ok(server.text() === sent.toString('latin1'));
  });

  check('beyond the limit writing is refused, and what was taken arrives whole', async ({ passing }, { client, server }) => {
    assert.not(client.connection.write(Buffer.alloc(256 * 1024 + 1)));
    const piece = Buffer.alloc(16 * 1024, 'x');
    let taken = 0;
    while (taken < 64 * 1024 * 1024 && client.connection.write(piece)) taken += piece.length;
    assert.ok(taken > 0 && taken < 64 * 1024 * 1024, `${taken} bytes taken`);
    await until(passing, 'all that was taken', () => server.text().length === taken);
    assert.ok(client.connection.write(Buffer.from('again')), 'usable again');
    await until(passing, 'the rest', () => server.text().endsWith('again'));
  });

  check('close lets what is queued leave, and each end hears of it once', async ({ passing }, { client, server }) => {
    client.connection.write(Buffer.from('last words'));
    client.connection.close();
    client.connection.close();
    assert.is(client.closes.length, 0, 'not inside the call');
    assert.not(client.connection.write(Buffer.from('after close')));
    await until(passing, 'both ends closed', () => client.closes.length + server.closes.length === 2);
    await passing.pass(20);
    assert.is(server.text(), 'last words');
    assert.equal([client.closes, server.closes], [[null], [null]]);
    assert.not(server.connection.write(Buffer.from('after close')));
  });

  check('both ends may close at the same time', async ({ passing }, { client, server }) => {
    client.connection.close();
    server.connection.close();
    await until(passing, 'both ends closed', () => client.closes.length + server.closes.length === 2);
    assert.equal([client.closes, server.closes], [[null], [null]]);
  });

  check('after close nothing more is received', async ({ passing }, { client, server }) => {
    client.connection.close();
    server.connection.write(Buffer.from('crossing'));
    await until(passing, 'closed', () => client.closes.length === 1);
    assert.is(client.text(), '');
  });

  check('closing the listener leaves connections alone and frees the port', async (world, { client, server, listener }) => {
    listener.close();
    client.connection.write(Buffer.from('still here'));
    await until(world.passing, 'arrival', () => server.text() === 'still here');
    assert.is(await refusal(world.passing, world.near.stream.connect(listener.local, 1000)), 'connection-refused');
    (await result(world.passing, world.far.stream.listen(listener.local, () => {}))).close();
  });

  check('a taken port and a foreign address are refused', async ({ far: { stream, address }, passing }, { listener }) => {
    assert.is(await refusal(passing, stream.listen(listener.local, () => {})), 'address-in-use');
    const foreign = address.includes(':') ? '2001:db8::77' : '203.0.113.77';
    assert.is(await refusal(passing, stream.listen({ address: foreign, port: 0 }, () => {})), 'address-unavailable');
  });

  check('connections do not mix', async (world, first) => {
    const second = await joined(world);
    first.client.connection.write(Buffer.from('first'));
    second.client.connection.write(Buffer.from('second'));
    await until(world.passing, 'both', () => first.server.text() === 'first' && second.server.text() === 'second');
    second.listener.close();
    second.client.connection.close();
    await until(world.passing, 'closed', () => second.server.closes.length + second.client.closes.length === 2);
    assert.is(first.server.closes.length, 0);
  });
}

async function joined({ near, far, passing }: NetworkWorld): Promise<Pair> {
  const accepted: End[] = [];
  const listener = await result(passing, far.stream.listen({ address: far.address, port: 0 }, (connection) => accepted.push(end(connection))));
  const client = end(await result(passing, near.stream.connect(listener.local, 2000)));
  await until(passing, 'accepted', () => accepted.length === 1);
  const [server] = accepted;
  if (server === undefined) throw new Error('nothing accepted');
  return { client, server, listener };
}

export function end(connection: StreamConnection): End {
  const pieces: Buffer[] = [];
  const closes: (string | null)[] = [];
  connection.received = (bytes) => pieces.push(Buffer.from(bytes));
  connection.closed = (error: HalError | null) => closes.push(error === null ? null : error.id);
  return { connection, closes, text: () => Buffer.concat(pieces).toString('latin1') };
}
