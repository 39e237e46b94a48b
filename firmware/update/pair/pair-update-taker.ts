import { ChannelError, refusal } from '../../site/channel/channel-error.ts';
import type { Answer, Channel } from '../../site/channel/channel.ts';
import type { Data } from '../../site/channel/frame.ts';
import { noBody } from '../../site/channel/frame.ts';
import { readRequest } from '../../failover/homecoming/home-protocol.ts';
import { incomingPlace } from '../bundle-fetcher.ts';
import type { IncomingBundle } from '../incoming-bundle.ts';
import type { UpdateDesk } from '../update-desk.ts';
import { wordsOf } from '../update-words.ts';
import { requests, type PartnerFirmware } from './pair-update-protocol.ts';

export interface PairUpdateTakerParts {
  readonly desk: UpdateDesk;
  readonly serves: () => boolean;
}

interface Taking {
  readonly id: string;
  readonly by: string;
  readonly bytes: number;
  incoming: IncomingBundle | null;
  had: number;
  fault: string | null;
}

/** The side of a pair that is updated first: takes the bundle from its partner, then does with it as with any other. */
export class PairUpdateTaker {
  readonly #parts: PairUpdateTakerParts;
  #taking: Taking | null = null;
  /** The connection that pieces come over; a newer one takes its place. */
  #channel: Channel | null = null;

  constructor(parts: PairUpdateTakerParts) {
    this.#parts = parts;
  }

  async answer(kind: string, data: Data, channel: Channel): Promise<Answer> {
    if (kind === 'status') return { data: { ...this.#status() }, body: noBody };
    if (kind === 'take') return this.#take(readRequest(requests.take, data), channel);
    throw refusal('unknown', `there is no request ${kind.slice(0, 64)}`);
  }

  #status(): PartnerFirmware {
    const { desk, serves } = this.#parts;
    const { version, phase, percent, slots, record: { outcomes: [last] } } = desk.status();
    const taking = this.#taking;
    return {
      version, phase, percent: Math.floor(percent), good: slots?.booted.good === true, serves: serves(),
      taking: taking === null ? null : { id: taking.id, bytes: taking.had, fault: taking.fault },
      outcome: last === undefined ? null : { atMs: last.atMs, end: last.end, version: last.version, reason: last.reason },
    };
  }

  async #take({ id, bytes, by }: { readonly id: string; readonly bytes: number; readonly by: string }, channel: Channel): Promise<Answer> {
    if (this.#parts.serves()) throw refusal('refused', 'that unit serves: give the command there');
    if (this.#taking?.id !== id) {
      await this.#taking?.incoming?.abandon();
      this.#taking = null;
      try {
        const incoming = await this.#parts.desk.receive();
        if (bytes > incoming.mostBytes) {
          await incoming.abandon();
          throw refusal('refused', `the bundle has ${bytes} bytes, and there is room for ${incoming.mostBytes}`);
        }
        this.#taking = { id, by, bytes, incoming, had: 0, fault: null };
      } catch (error) {
        throw error instanceof ChannelError ? error : refusal('refused', wordsOf(error));
      }
    }
    const taking = this.#taking;
    if (this.#channel !== channel && taking.incoming !== null) void this.#pull(taking, channel);
    return { data: { bytes: taking.had }, body: noBody };
  }

  /** Piece after piece, until all is there or the connection ends; who offers it again makes it go on. */
  async #pull(taking: Taking, channel: Channel): Promise<void> {
    const { incoming } = taking;
    this.#channel = channel;
    if (incoming === null) return;
    try {
      while (taking.had < taking.bytes && this.#channel === channel && this.#taking === taking) {
        const { body } = await channel.ask('piece', { id: taking.id, offset: taking.had });
        if (this.#channel !== channel || this.#taking !== taking) return;
        if (body.length === 0) throw new ChannelError('malformed', 'the bundle is shorter than it was said to be');
        await incoming.add(body);
        taking.had += body.length;
      }
      if (taking.had < taking.bytes || this.#taking !== taking) return;
      taking.incoming = null;
      await incoming.finish();
      const { ok, text } = await this.#parts.desk.order(incomingPlace, taking.by, 'idle');
      if (!ok) taking.fault = text;
    } catch (error) {
      // A connection that broke is made again by the other side.
      if (error instanceof ChannelError && error.id !== 'malformed') return;
      taking.fault = wordsOf(error);
      taking.incoming = null;
      await incoming.abandon();
    } finally {
      if (this.#channel === channel) this.#channel = null;
    }
  }
}
