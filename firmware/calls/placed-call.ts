import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { MediaCommand, MediaEvent, MediaSettings, MediaStats } from '../media/media-protocol.ts';
import type { Leg, LegEnd, LegHandlers } from '../sip/leg.ts';
import { CallMedia } from './call-media.ts';
import type { CallSummary, OwnCall } from './call-parts.ts';
import { MediaChannel } from './media-channel.ts';
import type { Port } from './port-pool.ts';

/** A phone that nobody picks up is left after so long, in milliseconds. */
const ringLimitMs = 60_000;
/** Nothing that is played lasts longer. */
const callLimitMs = 30 * 60_000;
/** A port that does not tell its end is taken back after so long. */
const stopLimitMs = 5000;
/** From the answer until it begins, so that nobody misses the first word. */
const breathMs = 600;

export interface PlacedCallParts {
  readonly clock: Clock;
  readonly send: (command: MediaCommand) => void;
  /** Places the leg. */
  readonly dial: (handlers: LegHandlers) => Leg;
  /** Begins to play on the channel of the call that stands. */
  readonly play: (channel: MediaChannel) => void;
  readonly tell: (line: string) => void;
  readonly over: (end: PlacedCallEnd) => void;
  readonly released: () => void;
}

export interface PlacedCallEnd {
  readonly answered: boolean;
  /** A sentence: who ended it and why. */
  readonly text: string;
  /** From the answer on. */
  readonly durationMs: number;
  readonly stats: MediaStats | null;
}

/** A call that the unit places to let somebody hear something: dial, play, hang up, give the port back. */
export class PlacedCall implements OwnCall {
  readonly leg: Leg;
  readonly port: Port;
  readonly #parts: PlacedCallParts;
  readonly #media: CallMedia;
  readonly #began: MonotonicMs;
  #limit: Timer;
  #answeredMs: MonotonicMs | null = null;
  #end: PlacedCallEnd | null = null;

  constructor(parts: PlacedCallParts, port: Port) {
    this.#parts = parts;
    this.port = port;
    this.#began = parts.clock.monotonic();
    const channel = new MediaChannel(port, parts.send, {
      digit: (digit) => parts.tell(`heard key ${digit}`),
      played: () => this.leg.hangUp('all was played'),
      unplayable: () => parts.tell('a part of it cannot be read'),
      chunk: () => undefined,
      recorded: () => undefined,
      silent: () => undefined,
      stopped: (stats) => this.#stopped(stats),
    });
    this.#media = new CallMedia(parts.clock, channel, (text) => this.leg.hangUp(text));
    this.#limit = this.#hangUpAfter(ringLimitMs, 'nobody answered');
    this.leg = parts.dial({
      ringing: () => parts.tell('rings'),
      established: (agreed) => this.#established(agreed),
      mediaChanged: (agreed) => this.#media.changed(agreed, this.#answeredMs !== null && this.#end === null),
      digit: (digit) => parts.tell(`heard key ${digit}`),
      ended: (end) => this.#ended(end),
    });
  }

  get id(): string {
    return this.leg.id;
  }

  mediaEvent(event: MediaEvent): void {
    this.#media.channel.handle(event);
  }

  hangUp(text: string): void {
    this.leg.hangUp(text);
  }

  summary(): CallSummary {
    const { facts, id } = this.leg;
    const doing = this.#answeredMs === null ? 'calling' : 'playing';
    return { id, peer: facts.peer, caller: facts.caller.number, dialled: facts.dialled, mailbox: null, port: this.port.index, doing, elapsedMs: this.#parts.clock.monotonic() - this.#began, partner: null };
  }

  #established(agreed: MediaSettings): void {
    const { clock, tell, play } = this.#parts;
    this.#answeredMs = clock.monotonic();
    tell(`answered, ${agreed.codec}`);
    this.#media.agreed(agreed);
    this.#media.start(false, null);
    this.#limit.cancel();
    this.#limit = clock.after('placed-call-breath', breathMs, () => {
      this.#limit = this.#hangUpAfter(callLimitMs, 'it took too long');
      play(this.#media.channel);
    });
  }

  #ended(end: LegEnd): void {
    const { clock } = this.#parts;
    this.#limit.cancel();
    const answered = this.#answeredMs !== null;
    this.#end = { answered, text: end.text, durationMs: answered ? clock.monotonic() - (this.#answeredMs as MonotonicMs) : 0, stats: null };
    if (!answered) return this.#over();
    this.#limit = clock.after('placed-call-stop', stopLimitMs, () => this.#over());
    this.#media.channel.stop();
  }

  #stopped(stats: MediaStats): void {
    if (this.#end === null) return;
    this.#limit.cancel();
    this.#end = { ...this.#end, stats };
    this.#over();
  }

  #over(): void {
    this.#media.end();
    this.#parts.released();
    if (this.#end !== null) this.#parts.over(this.#end);
  }

  #hangUpAfter(ms: number, text: string): Timer {
    return this.#parts.clock.after('placed-call-limit', ms, () => this.leg.hangUp(text));
  }
}
