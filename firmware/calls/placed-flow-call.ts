import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import type { MediaCommand, MediaEvent, MediaSettings } from '../media/media-protocol.ts';
import type { Leg, LegEnd, LegHandlers } from '../sip/leg.ts';
import { collect, waiting } from './call-flows.ts';
import { CallMedia } from './call-media.ts';
import type { CallSummary, OwnCall } from './call-parts.ts';
import type { FlowCall } from './flow-call.ts';
import { FlowRunner } from './flow-runner.ts';
import type { FlowServices } from './flow-services.ts';
import { MediaChannel } from './media-channel.ts';
import type { Port } from './port-pool.ts';

/** From the answer until the flow begins, so that nobody misses the first word. */
const breathMs = 600;
/** Whoever is called may talk to the unit for so long. */
const callLimitMs = 60 * 60_000;
/** After its end: for what is recorded to be stored, and the port to tell its end. */
const drainLimitMs = 60_000;

export interface PlacedFlowParts {
  readonly services: FlowServices;
  readonly send: (command: MediaCommand) => void;
  readonly dial: (handlers: LegHandlers) => Leg;
  /** Made for the call that stands. */
  readonly flow: (leg: Leg) => Flow<FlowState>;
  readonly language: string | null;
  readonly ringMs: number;
  readonly over: (end: PlacedFlowEnd) => void;
  readonly released: () => void;
}

export interface PlacedFlowEnd {
  readonly answered: boolean;
  /** A sentence: who ended it and why. */
  readonly text: string;
  /** Of the final response, where there was one. */
  readonly status: number | null;
}

/** A call that the unit places and lets a flow serve once it is answered: dial, run the flow, hang up, give the port back. */
export class PlacedFlowCall implements OwnCall {
  readonly leg: Leg;
  readonly port: Port;
  readonly #parts: PlacedFlowParts;
  readonly #clock: Clock;
  readonly #media: CallMedia;
  readonly #began: MonotonicMs;
  #limit: Timer;
  #flow: FlowRunner | null = null;
  #answered = false;
  #end: LegEnd | null = null;
  #mediaStopped = false;
  #flowDone = true;
  #isOver = false;
  #digitSource: 'media' | 'info' | null = null;

  constructor(parts: PlacedFlowParts, port: Port) {
    this.#parts = parts;
    this.#clock = parts.services.clock;
    this.port = port;
    this.#began = this.#clock.monotonic();
    this.#media = new CallMedia(this.#clock, this.#makeChannel(), (text) => this.leg.hangUp(text));
    this.#limit = this.#hangUpAfter(parts.ringMs, 'nobody answered');
    this.leg = parts.dial({
      established: (agreed) => this.#established(agreed),
      mediaChanged: (agreed) => this.#media.changed(agreed, this.#answered && this.#end === null),
      digit: (digit) => this.#digit('info', digit),
      ended: (end) => this.#ended(end),
    });
  }

  #makeChannel(): MediaChannel {
    return new MediaChannel(this.port, this.#parts.send, {
      digit: (digit) => this.#digit('media', digit),
      faxTone: () => this.#flow?.input({ type: 'fax-tone' }),
      played: () => this.#flow?.input({ type: 'played' }),
      unplayable: () => this.#flow?.input({ type: 'unplayable' }),
      chunk: (bytes, lost) => this.#flow?.chunk(bytes, lost),
      recorded: ({ reason, recordedMs, trailingSilenceMs }) => this.#flow?.input({ type: 'recorded', end: reason, recordedMs, trailingSilenceMs }),
      silent: (silentMs) => this.#media.silent(silentMs, this.#parts.services.settings().rtp.timeoutSec),
      stopped: () => this.#stopped(),
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
    const doing = this.#answered ? (this.#flow?.doing ?? 'answered') : 'calling';
    return { id, peer: facts.peer, caller: facts.caller.number, dialled: facts.dialled, mailbox: null, port: this.port.index, doing, elapsedMs: this.#clock.monotonic() - this.#began, partner: null };
  }

  #established(agreed: MediaSettings): void {
    this.#answered = true;
    this.#limit.cancel();
    this.#media.agreed(agreed);
    this.#media.start(false, null);
    this.#limit = this.#clock.after('placed-flow-breath', breathMs, () => {
      this.#limit = this.#hangUpAfter(callLimitMs, 'it took too long');
      this.#startFlow();
    });
  }

  #startFlow(): void {
    const { services, flow, language } = this.#parts;
    const { channel, settings } = this.#media;
    if (settings === null) return;
    this.#flowDone = false;
    const first = { route: { to: 'collect' as const, ownMailbox: null }, facts: this.leg.facts, reason: 'default' as const, collectsHere: true, carried: null };
    const call: FlowCall = {
      id: this.leg.id, leg: this.leg, mailbox: null, callerNumber: this.leg.facts.dialled, callerName: '', reason: first.reason,
      codec: settings.codec, channel, language,
      hangUp: (text: string) => this.leg.hangUp(text),
      collect: (known: string) => collect(services, { knownMailbox: known, ownMailbox: null, source: null }),
      queue: (number, priority) => waiting(services, first, number, priority),
      done: () => {
        this.#flowDone = true;
        this.#released();
      },
      changed: () => undefined,
      recorded: () => undefined,
    };
    this.#flow = new FlowRunner(services, call, { name: 'placed', flow: flow(this.leg) });
    this.#flow.input({ type: 'start' });
  }

  /** As in a call that came: the way that a key came by first is the one that counts. */
  #digit(source: 'media' | 'info', digit: string): void {
    this.#digitSource ??= source;
    if (source !== this.#digitSource) return;
    this.#flow?.input({ type: 'digit', digit });
    if (source === 'info') this.#media.channel.key(digit);
  }

  #ended(end: LegEnd): void {
    this.#limit.cancel();
    this.#end = end;
    if (!this.#answered) return this.#over();
    this.#limit = this.#clock.after('placed-flow-drain', drainLimitMs, () => this.#over());
    this.#flow?.input({ type: 'hung-up' });
    this.#media.channel.stop();
  }

  #stopped(): void {
    this.#mediaStopped = true;
    this.#released();
  }

  #released(): void {
    if (this.#end !== null && this.#mediaStopped && this.#flowDone) this.#over();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#limit.cancel();
    this.#media.end();
    this.#parts.released();
    this.#parts.over({ answered: this.#answered, text: this.#end?.text ?? '', status: this.#end?.status ?? null });
  }

  #hangUpAfter(ms: number, text: string): Timer {
    return this.#clock.after('placed-flow-limit', ms, () => this.leg.hangUp(text));
  }
}
