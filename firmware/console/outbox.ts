import type { Clock, Timer } from '../../hal/clock.ts';
import type { TerminalOctets } from './terminal.ts';

/** Where output goes: a connection or a serial port. */
export interface OutputChannel {
  /** false = it takes nothing now. */
  write(bytes: Uint8Array): boolean;
  close(): unknown;
}

export interface OutboxLimits {
  /** What may wait for a terminal that reads slowly. */
  readonly mostBytes: number;
  /** What the channel is given at a time; it must be able to take that. */
  readonly pieceBytes: number;
  /** A terminal that takes nothing for so long is gone. */
  readonly stalledMs: number;
}

/** The settings of 2000 mailboxes are 400 KB. */
export const socketOutbox: OutboxLimits = { mostBytes: 4 * 1024 * 1024, pieceBytes: 16 * 1024, stalledMs: 30_000 };
/** Half a minute at 115200 baud. Without flow control a serial line always takes; with it, a terminal may be stopped for long. */
export const serialOutbox: OutboxLimits = { mostBytes: 512 * 1024, pieceBytes: 1024, stalledMs: 300_000 };

const retryMs = 10;

/** Output on its way to one terminal, in order. */
export class Outbox {
  readonly #channel: OutputChannel;
  readonly #clock: Clock;
  readonly #stalled: () => void;
  readonly #limits: OutboxLimits;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #timer: Timer | null = null;
  #movedMs: number;
  #closing = false;

  constructor(channel: OutputChannel, clock: Clock, stalled: () => void, limits: OutboxLimits) {
    this.#channel = channel;
    this.#clock = clock;
    this.#stalled = stalled;
    this.#limits = limits;
    this.#movedMs = clock.monotonic();
  }

  /** For a terminal whose output this is. */
  readonly octets: TerminalOctets = { write: (bytes) => this.writeBytes(Uint8Array.from(bytes)), waiting: () => this.#bytes, drop: () => this.clear() };

  get waitingBytes(): number {
    return this.#bytes;
  }

  /** false = too much waits, and it was not taken. */
  write(text: string): boolean {
    return this.writeBytes(Buffer.from(text));
  }

  /** As `write`; `bytes` must stay as they are. */
  writeBytes(bytes: Uint8Array): boolean {
    const { mostBytes, pieceBytes } = this.#limits;
    if (this.#closing || this.#bytes + bytes.length > mostBytes) return false;
    if (this.#bytes === 0) this.#movedMs = this.#clock.monotonic();
    for (let at = 0; at < bytes.length; at += pieceBytes) this.#pieces.push(bytes.subarray(at, at + pieceBytes));
    this.#bytes += bytes.length;
    if (this.#timer === null) this.#move();
    return true;
  }

  /** Closes the channel once all has left; at once when the other end is gone. */
  close(): void {
    this.#closing = true;
    if (this.#pieces.length === 0) this.#channel.close();
  }

  /** What waits is not sent any more. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#pieces.length = 0;
    this.#bytes = 0;
  }

  /** The channel has ended by itself. */
  drop(): void {
    this.clear();
    this.#channel.close();
  }

  #move(): void {
    this.#timer = null;
    for (let piece = this.#pieces[0]; piece !== undefined && this.#channel.write(piece); piece = this.#pieces[0]) {
      this.#pieces.shift();
      this.#bytes -= piece.length;
      this.#movedMs = this.#clock.monotonic();
    }
    if (this.#pieces.length === 0) return this.#closing ? void this.#channel.close() : undefined;
    if (this.#clock.monotonic() - this.#movedMs >= this.#limits.stalledMs) {
      this.drop();
      return this.#stalled();
    }
    this.#timer = this.#clock.after('console-out', retryMs, () => this.#move());
  }
}
