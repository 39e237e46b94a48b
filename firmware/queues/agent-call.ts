import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { CallSummary } from '../calls/call-parts.ts';
import { CallMedia } from '../calls/call-media.ts';
import { MediaChannel } from '../calls/media-channel.ts';
import type { Port } from '../calls/port-pool.ts';
import type { MediaCommand, MediaEvent, MediaSettings } from '../media/media-protocol.ts';
import type { Leg, LegEnd, LegHandlers } from '../sip/leg.ts';
import type { AgentFailure } from './queue-state.ts';

/** A port that does not tell its end is taken back after so long, in milliseconds. */
const stopLimitMs = 5000;

export interface AgentCallParts {
  readonly clock: Clock;
  readonly send: (command: MediaCommand) => void;
  /** Places the leg. */
  readonly dial: (port: Port, handlers: LegHandlers) => Leg;
  /** Silence of the agent, as `rtp.timeoutSec`. */
  readonly silenceLimitSec: number;
  readonly ringMs: number;
  /** What the console shows as their doing. */
  readonly text: string;
  /** Somebody has answered: `join`, or hang up. */
  readonly answered: () => void;
  /** Not answered; not told when the unit itself gave up the call. */
  readonly failed: (why: AgentFailure) => void;
  /** It was answered, and is over. */
  readonly over: () => void;
  /** The port may be given to another. */
  readonly released: () => void;
}

/** The call that the unit places to an agent for a caller who waits. */
export class AgentCall {
  readonly port: Port;
  readonly leg: Leg;
  readonly #media: CallMedia;
  readonly #parts: AgentCallParts;
  readonly #began: MonotonicMs;
  #timer: Timer;
  #answered = false;
  #rangOut = false;
  #givenUp = false;
  #ended = false;
  #released = false;

  constructor(parts: AgentCallParts, port: Port) {
    this.#parts = parts;
    this.port = port;
    this.#began = parts.clock.monotonic();
    const nothing = (): void => undefined;
    const channel = new MediaChannel(port, parts.send, {
      digit: nothing, played: nothing, unplayable: nothing, chunk: nothing, recorded: nothing,
      silent: (silentMs) => this.#media.silent(silentMs, parts.silenceLimitSec),
      stopped: () => this.#release(),
    });
    this.#media = new CallMedia(parts.clock, channel, (text) => this.leg.hangUp(text));
    this.leg = parts.dial(port, {
      ringing: nothing,
      established: (media) => this.#established(media),
      mediaChanged: (media) => this.#media.changed(media, this.#answered),
      digit: nothing,
      ended: (end) => this.#over(end),
    });
    this.#timer = parts.clock.after('agent-rings', parts.ringMs, () => this.#ringsOut());
  }

  get id(): string {
    return this.leg.id;
  }

  mediaEvent(event: MediaEvent): void {
    this.#media.channel.handle(event);
  }

  /** Nothing is told of it any more, unless it was answered. */
  hangUp(text: string): void {
    this.#givenUp = true;
    this.leg.hangUp(text);
  }

  summary(): CallSummary {
    const { facts } = this.leg;
    return { id: this.id, peer: facts.peer, caller: facts.caller.number, dialled: facts.dialled, mailbox: null, port: this.port.index, doing: this.#answered ? `talks as ${this.#parts.text}` : `rings ${this.#parts.text}`, elapsedMs: this.#parts.clock.monotonic() - this.#began, partner: null };
  }

  #ringsOut(): void {
    this.#rangOut = true;
    this.leg.hangUp('the agent did not answer');
  }

  #established(media: MediaSettings): void {
    this.#timer.cancel();
    this.#answered = true;
    this.#media.agreed(media);
    this.#media.start(false, null);
    this.#parts.answered();
  }

  #over({ status }: LegEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.cancel();
    if (!this.#answered) {
      this.#release();
      if (!this.#givenUp) this.#parts.failed(this.#rangOut ? 'no-answer' : failureOf(status));
      return;
    }
    this.#timer = this.#parts.clock.after('agent-call-stop', stopLimitMs, () => this.#release());
    this.#media.channel.stop();
    this.#parts.over();
  }

  #release(): void {
    if (this.#released || !this.#ended) return;
    this.#released = true;
    this.#timer.cancel();
    this.#media.end();
    this.#parts.released();
  }
}

/** 480 is what a PBX says of a telephone that is not registered (RFC 3261 21.4.18). */
function failureOf(status: number | null): AgentFailure {
  if (status === 486 || status === 600 || status === 603) return 'busy';
  return status === 408 || status === 487 ? 'no-answer' : 'unreachable';
}
