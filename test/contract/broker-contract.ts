import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BrokerConnection, BrokerMessage, BrokerNet, BrokerPlace } from '../../hal/broker.ts';
import { payloadLimitBytes, publishesAtATime } from '../../hal/broker.ts';
import { refusal, result, until, type Passing } from './passing.ts';

export interface BrokerWorld {
  readonly net: BrokerNet;
  /** The way that `cut` cuts. */
  readonly place: BrokerPlace;
  /** Another one. */
  readonly aside: BrokerPlace;
  readonly passing: Passing;
  /** The machine of this client dies without a word. */
  cut(clientId: string): void;
  /** Restarts the broker with an empty memory. */
  wipe(): Promise<void>;
  /** Nobody listens any more. */
  goAway(): Promise<void>;
  end(): Promise<void>;
}

/** A connection and all that came. */
interface Client {
  readonly connection: BrokerConnection;
  readonly heard: BrokerMessage[];
  readonly closes: (string | null)[];
  texts(): string[];
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);

/** What every `BrokerNet` with a broker behind it does. */
export function brokerContract(driver: string, make: () => Promise<BrokerWorld>): void {
  const check = (name: string, body: (world: BrokerWorld, client: (id: string, options?: { filters?: string[]; lastWill?: BrokerMessage; aside?: boolean }) => Promise<Client>) => Promise<void>): void => {
    test(`broker ${driver}: ${name}`, async () => {
      const world = await make();
      const clients: Client[] = [];
      try {
        await body(world, async (id, options = {}) => {
          const one = await connected(world, id, options);
          clients.push(one);
          return one;
        });
      } finally {
        for (const { connection } of clients) connection.close();
        await until(world.passing, 'all closed', () => clients.every(({ closes }) => closes.length === 1));
        await world.end();
      }
    });
  };

  check('a message reaches those whose filter covers its topic, once', async ({ passing }, client) => {
    const one = await client('one', { filters: ['a/+/x'] });
    const all = await client('all', { filters: ['a/#'] });
    const none = await client('none', { filters: ['a/+', 'b'] });
    const from = await client('from');
    await result(passing, from.connection.publish({ topic: 'a/1/x', payload: bytes('hello'), retain: false }));
    await until(passing, 'arrival', () => one.heard.length === 1 && all.heard.length === 1);
    await passing.pass(50);
    assert.equal([one.texts(), all.texts(), none.texts()], [['a/1/x hello'], ['a/1/x hello'], []]);
  });

  check('who subscribes later gets what is kept, marked as kept; empty takes it away', async ({ passing }, client) => {
    const from = await client('from');
    await result(passing, from.connection.publish({ topic: 'k/1', payload: bytes('old'), retain: true }));
    await result(passing, from.connection.publish({ topic: 'k/1', payload: bytes('new'), retain: true }));
    await result(passing, from.connection.publish({ topic: 'k/2', payload: bytes('not kept'), retain: false }));
    const late = await client('late', { filters: ['k/#'] });
    await until(passing, 'what is kept', () => late.heard.length === 1);
    assert.equal([late.texts(), late.heard[0]?.retain], [['k/1 new'], true]);
    await result(passing, from.connection.publish({ topic: 'k/1', payload: bytes(''), retain: true }));
    await until(passing, 'the removal', () => late.heard.length === 2);
    const later = await client('later', { filters: ['k/#'] });
    await passing.pass(50);
    assert.equal(later.texts(), []);
  });

  check('a message to oneself comes too', async ({ passing }, client) => {
    const one = await client('one', { filters: ['self'] });
    await result(passing, one.connection.publish({ topic: 'self', payload: bytes('echo'), retain: false }));
    await until(passing, 'the echo', () => one.heard.length === 1);
  });

  check('the last will is told when a machine dies, and kept', async ({ passing, cut }, client) => {
    const lastWill = { topic: 'will/1', payload: bytes('gone'), retain: true };
    const watcher = await client('watcher', { filters: ['will/#'], aside: true });
    const victim = await client('victim', { lastWill });
    cut('victim');
    await until(passing, 'the last will', () => watcher.heard.length === 1, 10_000);
    await until(passing, 'the end', () => victim.closes.length === 1, 10_000);
    assert.equal(watcher.texts(), ['will/1 gone']);
    assert.equal(victim.closes, ['connection-lost']);
    const late = await client('late', { filters: ['will/#'], aside: true });
    await until(passing, 'the last will that is kept', () => late.heard.length === 1);
  });

  check('who leaves in good order has no last will', async ({ passing }, client) => {
    const watcher = await client('watcher', { filters: ['will/#'] });
    const leaver = await client('leaver', { lastWill: { topic: 'will/1', payload: bytes('gone'), retain: true } });
    leaver.connection.close();
    await until(passing, 'the end', () => leaver.closes.length === 1);
    await passing.pass(200);
    assert.equal([watcher.texts(), leaver.closes], [[], [null]]);
    assert.is(await refusal(passing, leaver.connection.publish({ topic: 'x', payload: bytes(''), retain: false })), 'closed');
    assert.is(await refusal(passing, leaver.connection.subscribe(['x'])), 'closed');
  });

  check('another client with the same id throws the older one out', async ({ passing }, client) => {
    const first = await client('same');
    const second = await client('same');
    await until(passing, 'the end of the first', () => first.closes.length === 1);
    assert.equal([first.closes, second.closes], [['connection-lost'], []]);
    await result(passing, second.connection.publish({ topic: 'x', payload: bytes('still here'), retain: false }));
  });

  check('payloads have a limit, to the byte', async ({ passing }, client) => {
    const one = await client('one', { filters: ['big'] });
    await result(passing, one.connection.publish({ topic: 'big', payload: new Uint8Array(payloadLimitBytes).fill(7), retain: false }));
    await until(passing, 'the largest', () => one.heard.length === 1);
    assert.is(one.heard[0]?.payload.length, payloadLimitBytes);
    assert.is(await refusal(passing, one.connection.publish({ topic: 'big', payload: new Uint8Array(payloadLimitBytes + 1), retain: false })), 'too-large');
  });

  check('messages that wait for the broker have a limit', async ({ passing }, client) => {
    const one = await client('one');
    const sent = Array.from({ length: publishesAtATime }, (_, at) => one.connection.publish({ topic: 'x', payload: bytes(String(at)), retain: false }));
    assert.is(await refusal(passing, one.connection.publish({ topic: 'x', payload: bytes('one more'), retain: false })), 'busy');
    await result(passing, Promise.all(sent));
    await result(passing, one.connection.publish({ topic: 'x', payload: bytes('now'), retain: false }));
  });

  check('broker-wiped: connections are lost and nothing is kept', async (world, client) => {
    const one = await client('one');
    await result(world.passing, one.connection.publish({ topic: 'k/1', payload: bytes('old'), retain: true }));
    await world.wipe();
    await until(world.passing, 'the loss', () => one.closes.length === 1);
    assert.equal(one.closes, ['connection-lost']);
    assert.is(await refusal(world.passing, one.connection.publish({ topic: 'x', payload: bytes(''), retain: false })), 'closed');
    const late = await client('late', { filters: ['k/#'] });
    await world.passing.pass(50);
    assert.equal(late.texts(), []);
  });

  check('broker-away: nobody listens', async (world) => {
    await world.goAway();
    assert.is(await refusal(world.passing, world.net.connect(world.aside, { clientId: 'x', keepAliveSec: 5, lastWill: null }, 2000)), 'connection-refused');
  });

  async function connected({ net, place, aside, passing }: BrokerWorld, clientId: string, options: { filters?: string[]; lastWill?: BrokerMessage; aside?: boolean }): Promise<Client> {
    const heard: BrokerMessage[] = [];
    const closes: (string | null)[] = [];
    const connecting = net.connect(options.aside === true ? aside : place, { clientId, keepAliveSec: 5, lastWill: options.lastWill ?? null }, 5000).then((connection) => {
      connection.received = (message) => heard.push(message);
      connection.closed = (error) => closes.push(error?.id ?? null);
      return connection;
    });
    const connection = await result(passing, connecting);
    if (options.filters !== undefined) await result(passing, connection.subscribe(options.filters));
    return { connection, heard, closes, texts: () => heard.map(({ topic, payload }) => `${topic} ${text(payload)}`) };
  }
}
