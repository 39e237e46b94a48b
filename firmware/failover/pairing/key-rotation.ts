import type { Clock, Timer } from '../../../hal/clock.ts';
import type { Random } from '../../../hal/random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import type { Log } from '../../log.ts';
import { FrameReader } from './frame-reader.ts';
import type { BeatKey } from './key-ring.ts';
import { frame } from './pair-channel.ts';
import { isBeatKey, type PartnerRecord } from './pair-record.ts';
import type { PartnerStore } from './partner-store.ts';

/** Stated values: a key of the heartbeat lives a day, an old one is accepted ten minutes longer than it is sent with. */
export const rotationTimes = { everyMs: 24 * 3_600_000, overlapMs: 10 * 60_000, retryMs: 60_000, answerMs: 5000 } as const;

export const rotationService = 'keys';

/** JSON in frames, over the authenticated channel. */
type KeyMessage =
  | { readonly kind: 'offer'; readonly pairId: string; readonly key: BeatKey }
  | { readonly kind: 'use'; readonly pairId: string; readonly id: number }
  | { readonly kind: 'done'; readonly good: boolean };

const longestMessage = 512;

export interface RotationParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: PartnerStore;
  /** This unit makes the new keys; the other one takes them. */
  readonly leads: boolean;
  readonly dial: () => Promise<StreamConnection>;
}

/** Renews the key of the heartbeat by the steps of `key-ring.ts`. Each attempt starts from where the stored ring stands. */
export class KeyRotation {
  readonly #parts: RotationParts;
  #timer: Timer | null = null;
  #dropTimer: Timer | null = null;
  #closed = false;
  /** Told once, not each minute that the partner is away. */
  #failing = false;

  constructor(parts: RotationParts) {
    this.#parts = parts;
  }

  /** Plans what is to be done next; also after each change of the pair. */
  plan(): void {
    this.#timer?.cancel();
    this.#dropTimer?.cancel();
    const { store, leads, clock } = this.#parts;
    const { partner } = store;
    if (partner === null || this.#closed) return;
    if (leads) this.#timer = clock.after('pair key rotation', unfinished(partner) ? 0 : this.#untilDue(partner), () => void this.rotate());
    else if (partner.ring.previous !== null) this.#dropLater(partner.pairId);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#dropTimer?.cancel();
  }

  /** One attempt, now; the next one is planned. Whether it came to its end. */
  async rotate(): Promise<boolean> {
    this.#timer?.cancel();
    const why = await this.#attempt().catch((error: unknown) => String(error));
    const good = why === null;
    if (!good && !this.#failing) this.#parts.log.write('warning', 'pair-key-rotation-failed', 'The key of the heartbeat could not be renewed; it is tried again every minute', { why });
    this.#failing = !good;
    const { partner } = this.#parts.store;
    if (this.#closed || partner === null) return good;
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after('pair key rotation', good ? this.#untilDue(partner) : rotationTimes.retryMs, () => void this.rotate());
    return good;
  }

  /** The side that is offered a key. */
  serve(connection: StreamConnection): void {
    const frames = new FrameReader(longestMessage);
    const limit = this.#parts.clock.after('pair key service', 4 * rotationTimes.answerMs, () => connection.close());
    connection.closed = () => limit.cancel();
    connection.received = (bytes) => {
      const bodies = frames.take(bytes);
      if (bodies === null) return connection.close();
      for (const body of bodies) void this.#answer(parse(body)).then((good) => connection.write(encode({ kind: 'done', good })));
    };
  }

  /** null = done; else why not. */
  async #attempt(): Promise<string | null> {
    const { store, dial, log } = this.#parts;
    const { partner } = store;
    if (partner === null) return 'there is no partner';
    const { pairId } = partner;
    if (!unfinished(partner)) await store.turn(pairId, { kind: 'offer', key: this.#freshKey(partner) });
    const connection = await dial();
    try {
      const { next } = this.#ring(pairId);
      if (next !== null && !(await this.#ask(connection, { kind: 'offer', pairId, key: next }))) return 'the partner did not take the new key';
      if (next !== null) await store.turn(pairId, { kind: 'use', id: next.id });
      const { current } = this.#ring(pairId);
      if (!(await this.#ask(connection, { kind: 'use', pairId, id: current.id }))) return 'the partner did not say that it uses the new key';
      log.write('info', 'pair-key-rotated', 'The heartbeat has a new key', { key: current.id });
      this.#dropLater(pairId);
      return null;
    } finally {
      connection.close();
    }
  }

  #ring(pairId: string): PartnerRecord['ring'] {
    const { partner } = this.#parts.store;
    if (partner?.pairId !== pairId) throw new RangeError('the pair has changed');
    return partner.ring;
  }

  async #answer(message: KeyMessage | null): Promise<boolean> {
    if (message === null || message.kind === 'done' || this.#parts.leads) return false;
    const good = await this.#parts.store.turn(message.pairId, message).catch(() => false);
    if (good && message.kind === 'use') this.#dropLater(message.pairId);
    return good;
  }

  #ask(connection: StreamConnection, message: KeyMessage): Promise<boolean> {
    return new Promise((resolve) => {
      const frames = new FrameReader(longestMessage);
      const done = (good: boolean): void => {
        timer.cancel();
        connection.received = null;
        connection.closed = null;
        resolve(good);
      };
      const timer = this.#parts.clock.after('pair key answer', rotationTimes.answerMs, () => done(false));
      connection.closed = () => done(false);
      connection.received = (bytes) => {
        const [body] = frames.take(bytes) ?? [new Uint8Array(0)];
        if (body === undefined) return;
        const answer = parse(body);
        done(answer?.kind === 'done' && answer.good);
      };
      if (!connection.write(encode(message))) done(false);
    });
  }

  #dropLater(pairId: string): void {
    this.#dropTimer?.cancel();
    const drop = (): void => void this.#parts.store.turn(pairId, { kind: 'drop-previous' }).catch(() => this.#dropLater(pairId));
    if (!this.#closed) this.#dropTimer = this.#parts.clock.after('pair old key', rotationTimes.overlapMs, drop);
  }

  #freshKey({ ring }: PartnerRecord): BeatKey {
    return { id: ring.current.id + 1, key: Buffer.from(this.#parts.random.bytes(32)).toString('base64') };
  }

  /** By the wall clock, for the unit may restart in between; one that was set wrong rotates early or a day later, not never. */
  #untilDue({ rotatedAtMs }: PartnerRecord): number {
    const agoMs = this.#parts.clock.wall() - rotatedAtMs;
    return agoMs < 0 ? rotationTimes.everyMs : Math.max(rotationTimes.retryMs, rotationTimes.everyMs - agoMs);
  }
}

const unfinished = ({ ring }: PartnerRecord): boolean => ring.next !== null || ring.previous !== null;
const encode = (message: KeyMessage): Uint8Array => frame(new TextEncoder().encode(JSON.stringify(message)));

function parse(body: Uint8Array): KeyMessage | null {
  try {
    const { kind, pairId, key, id, good } = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    if (kind === 'done') return { kind, good: good === true };
    if (typeof pairId !== 'string') return null;
    if (kind === 'offer') return isBeatKey(key) ? { kind, pairId, key } : null;
    return kind === 'use' && typeof id === 'number' ? { kind, pairId, id } : null;
  } catch {
    return null;
  }
}
