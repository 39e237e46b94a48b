import type { Clock, MonotonicMs } from '../../hal/clock.ts';
import type { MessageReader } from './message-store.ts';

/** An owner who has heard a message decides about it within this time, or listens to the next one. */
export const handMs = 60_000;

interface Hand {
  readers: number;
  touchedMs: MonotonicMs;
}

/**
 * Which mailboxes an owner has in hand on this unit: one of the messages is open, or was open or changed within the last minute.
 * One entry for each mailbox that was ever used in this run.
 */
export class Hands {
  readonly #clock: Clock;
  readonly #hands = new Map<string, Hand>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isHeld(mailbox: string): boolean {
    const hand = this.#hands.get(mailbox);
    return hand !== undefined && (hand.readers > 0 || this.#clock.monotonic() - hand.touchedMs < handMs);
  }

  touched(mailbox: string): void {
    this.#change(mailbox, 0);
  }

  /** Held from before the message is open until a minute after it is closed. Errors: those of `open`. */
  async reading(mailbox: string, open: () => Promise<MessageReader>): Promise<MessageReader> {
    this.#change(mailbox, 1);
    try {
      return new HeldReader(await open(), () => this.#change(mailbox, -1));
    } catch (error) {
      this.#change(mailbox, -1);
      throw error;
    }
  }

  #change(mailbox: string, readers: number): void {
    const before = this.#hands.get(mailbox)?.readers ?? 0;
    this.#hands.set(mailbox, { readers: before + readers, touchedMs: this.#clock.monotonic() });
  }
}

class HeldReader implements MessageReader {
  readonly #reader: MessageReader;
  #released: (() => void) | null;

  constructor(reader: MessageReader, released: () => void) {
    this.#reader = reader;
    this.#released = released;
  }

  get codec(): MessageReader['codec'] {
    return this.#reader.codec;
  }

  get bytes(): number {
    return this.#reader.bytes;
  }

  get damaged(): boolean {
    return this.#reader.damaged;
  }

  read(offset: number, length: number, into?: Uint8Array | null): Promise<Uint8Array> {
    return this.#reader.read(offset, length, into);
  }

  async close(): Promise<void> {
    this.#released?.();
    this.#released = null;
    await this.#reader.close();
  }
}
