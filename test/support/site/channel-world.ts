import { Channel } from '../../../firmware/site/channel/channel.ts';
import type { Answer, ChannelParts, Peer } from '../../../firmware/site/channel/channel.ts';
import { ChannelError } from '../../../firmware/site/channel/channel-error.ts';
import type { Data } from '../../../firmware/site/channel/frame.ts';
import { noBody } from '../../../firmware/site/channel/frame.ts';
import { TokenBucket } from '../../../firmware/site/channel/token-bucket.ts';
import { SimClock, settle } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';

export const here = '10.0.0.1';
export const there = '10.0.0.2';
const port = 5058;

/** Two hosts, and raw connections between them. */
export class ChannelWorld {
  readonly clock = new SimClock();
  readonly network: SimNetwork;

  constructor(seed = 1) {
    this.network = new SimNetwork(this.clock, new SimRandom(seed));
    this.network.faultAll({ delayMs: 20 });
  }

  async connections(): Promise<[StreamConnection, StreamConnection]> {
    let accepted: StreamConnection | null = null;
    const listener = await this.network.host(there).stream.listen({ address: there, port }, (connection) => (accepted = connection));
    const connecting = this.network.host(here).stream.connect({ address: there, port }, 5000);
    await this.clock.until(() => accepted !== null, 5000);
    const connection = await connecting;
    listener.close();
    return [connection, accepted as unknown as StreamConnection];
  }

  /** Two channels that have said hello. */
  async pair(near: Partial<ChannelParts> = {}, far: Partial<ChannelParts> = {}): Promise<[End, End]> {
    const [one, other] = await this.connections();
    const ends: [End, End] = [new End(this.clock, one, 'a', near), new End(this.clock, other, 'b', far)];
    await this.clock.until(() => ends.every((end) => end.peer !== null || end.error !== null), 2000);
    return ends;
  }
}

/** A channel that answers 'echo', refuses 'refuse' and keeps what it is told. */
export class End {
  readonly channel: Channel;
  peer: Peer | null = null;
  error: ChannelError | null = null;
  readonly pushes: { readonly kind: string; readonly data: Data; readonly body: readonly number[] }[] = [];
  asked = 0;

  constructor(clock: SimClock, connection: StreamConnection, unit: string, parts: Partial<ChannelParts> = {}) {
    this.channel = new Channel({
      clock,
      connection,
      bucket: new TokenBucket(() => 1_000_000, 200_000, clock.monotonic()),
      site: 'house',
      unit,
      answer: (kind, data) => this.#answer(kind, data),
      pushed: (kind, data, body) => this.pushes.push({ kind, data, body: [...body] }),
      ready: (peer) => (this.peer = peer),
      ended: (error) => (this.error = error),
      ...parts,
    });
  }

  async #answer(kind: string, data: Data): Promise<Answer> {
    this.asked++;
    await settle();
    if (kind === 'echo') return { data, body: new Uint8Array(Number(data['bytes'] ?? 0)).fill(7) };
    if (kind === 'silent') return new Promise(() => undefined);
    if (kind === 'refuse') throw new ChannelError('refused', 'no such thing', 'not-found');
    if (kind === 'break') throw new TypeError('a defect');
    return { data: {}, body: noBody };
  }
}

/** What a request comes to, when the clock is moved until then. */
export async function outcome(clock: SimClock, work: Promise<Answer>, limitMs = 300_000): Promise<Answer | ChannelError> {
  let result: Answer | ChannelError | null = null;
  work.then(
    (answer) => (result = answer),
    (error: unknown) => (result = error as ChannelError),
  );
  await clock.until(() => result !== null, limitMs, 100);
  if (result === null) throw new Error('nothing came of it');
  return result;
}
