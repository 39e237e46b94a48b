import type { Clock, Timer } from '../../hal/clock.ts';
import type { LocalConnection, LocalListener, LocalStreams } from '../../hal/local-stream.ts';
import type { UnitLog } from '../lifecycle/unit-log.ts';
import { ConsoleGuest } from './console-guest.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { DoorDecoder } from './door-frames.ts';
import type { DoorFrame, Window } from './door-frames.ts';
import { Outbox, socketOutbox } from './outbox.ts';
import type { Terminal } from './terminal.ts';

export interface DoorParts {
  readonly clock: Clock;
  readonly log: UnitLog;
  readonly unit: ConsoleUnit;
  readonly streams: LocalStreams;
}

/** Sessions at the same time; one more is told so and closed. */
export const mostSessions = 8;
/** A program that connects and does not say hello is no console. */
const helloMs = 5000;
/** Consoles of other terminals of this machine: a session for each connection to the unit's socket. */
export class ConsoleDoor {
  readonly #parts: DoorParts;
  readonly #guests = new Set<Guest>();
  #listener: LocalListener | null = null;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  get sessions(): number {
    return this.#guests.size;
  }

  /** Errors: those of `LocalStreams.listen`. */
  async open(path: string): Promise<void> {
    this.#listener = await this.#parts.streams.listen(path, (connection) => this.#accept(connection));
  }

  close(): void {
    this.#listener?.close();
    for (const guest of this.#guests) guest.leave('the unit stops');
  }

  #accept(connection: LocalConnection): void {
    if (this.#guests.size >= mostSessions) {
      connection.write(Buffer.from(`${mostSessions} console sessions are open already: end one of them first\r\n`));
      return connection.close();
    }
    const guest = new Guest(this.#parts, connection, () => void this.#guests.delete(guest));
    this.#guests.add(guest);
  }
}

/** One connection and who sits there, which begins with the hello. */
class Guest {
  readonly #parts: DoorParts;
  readonly #gone: () => void;
  readonly #out: Outbox;
  readonly #decoder = new DoorDecoder();
  #guest: ConsoleGuest | null = null;
  #window: Window = { columns: 0, rows: 0 };
  #hello: Timer;
  #here = true;

  constructor(parts: DoorParts, connection: LocalConnection, gone: () => void) {
    this.#parts = parts;
    this.#out = new Outbox(connection, parts.clock, () => this.#end(), socketOutbox);
    this.#gone = gone;
    this.#hello = parts.clock.after('console-hello', helloMs, () => this.leave('no console said hello'));
    connection.received = (bytes) => this.#received(bytes);
    connection.closed = () => {
      this.#out.drop();
      this.#end();
    };
  }

  leave(why: string): void {
    this.#tell(why);
    this.#end();
  }

  #received(bytes: Uint8Array): void {
    const frames = this.#decoder.take(bytes);
    if (frames === null) return this.leave('what came is not from understudy console');
    frames.forEach((frame) => this.#frame(frame));
  }

  #frame(frame: DoorFrame): void {
    if (!this.#here) return;
    if (frame.kind === 'hello') return this.#begin(frame);
    if (this.#guest === null) return this.leave('the first word must be hello');
    if (frame.kind === 'window') this.#window = frame.window;
    else if (frame.kind === 'keys') this.#guest.keys(frame.bytes);
    else this.#guest.inputEnded();
  }

  #begin({ terminal: kind, window, who }: Extract<DoorFrame, { kind: 'hello' }>): void {
    if (this.#guest !== null) return this.leave('hello was said twice');
    this.#hello.cancel();
    this.#window = window;
    const guest = this;
    const terminal: Terminal = {
      kind,
      get columns() {
        return guest.#window.columns;
      },
      get height() {
        return guest.#window.rows;
      },
      write: (text) => this.#write(text),
      octets: this.#out.octets,
    };
    const { clock, log, unit } = this.#parts;
    this.#guest = new ConsoleGuest({ clock, log, unit, terminal, place: 'the console socket', nobody: `${who} at the console socket`, ended: (why) => this.#left(why) });
  }

  #left(why: string | null): void {
    if (why !== null) this.#tell(why);
    this.#end();
  }

  #tell(why: string): void {
    this.#write(`\r\nthe session ends: ${why}\r\n`);
  }

  /** A terminal that does not read must not hold the unit's memory. */
  #write(text: string): void {
    if (this.#here && !this.#out.write(text)) this.#end();
  }

  #end(): void {
    if (!this.#here) return;
    this.#here = false;
    this.#hello.cancel();
    this.#guest?.leave(null);
    this.#out.close();
    this.#gone();
  }
}
