import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import { collectFlow } from '../callflow/collect/collect-flow.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import { leaveFlow } from '../callflow/leave-flow.ts';
import type { Settings } from '../config/settings.ts';
import type { MediaCommand, MediaDirection, MediaEvent, MediaSettings, MediaStats } from '../media/media-protocol.ts';
import type { Leg, LegEnd, LegHandlers } from '../sip/leg.ts';
import type { CallEffect, CallInput, CallState } from './call-machine.ts';
import { callStep } from './call-machine.ts';
import type { FlowServices } from './flow-services.ts';
import { FlowRunner, languageOf } from './flow-runner.ts';
import { heldMedia } from './held-media.ts';
import { MediaChannel } from './media-channel.ts';
import type { Port } from './port-pool.ts';
import type { Route } from './route-call.ts';

/** What a call needs of the unit. */
export interface CallParts {
  readonly services: FlowServices;
  readonly send: (command: MediaCommand) => void;
  /** Where the peer can send RTP for this port. */
  readonly mediaOf: (port: Port, leg: Leg) => Promise<{ address: string; rtpPort: number }>;
  /** The call is over; its port may be given to another. */
  readonly released: (call: Call) => void;
}

/** What the console shows of a call. */
export interface CallSummary {
  readonly id: string;
  readonly peer: string;
  readonly caller: string;
  readonly dialled: string;
  readonly mailbox: string | null;
  readonly port: number | null;
  /** The flow's state while it runs, else the call's. */
  readonly doing: string;
  readonly elapsedMs: number;
}

/** A flow that has not finished storing after this long is reported and let go, in milliseconds. */
const drainLimitMs = 60_000;

/** The longest greeting, in milliseconds. */
const maxGreetingMs = 120_000;

/** A caller may be put on hold for so long before the port is taken back, in milliseconds. */
const holdLimitMs = 15 * 60_000;

/** One call: the leg, its port's media channel and its flow, held together by the call machine. */
export class Call {
  readonly leg: Leg;
  readonly port: Port | null;
  readonly #began: MonotonicMs;
  readonly #parts: CallParts;
  readonly #clock: Clock;
  readonly #route: Route;
  readonly #channel: MediaChannel | null;
  #state: CallState = { name: 'offered' };
  #flow: FlowRunner | null = null;
  #media: MediaSettings | null = null;
  #directionAtFirst: MediaDirection = 'sendrecv';
  #drain: Timer | null = null;
  #hold: Timer | null = null;
  #digitSource: 'media' | 'info' | null = null;

  constructor(parts: CallParts, leg: Leg, route: Route, port: Port | null) {
    this.#parts = parts;
    this.#clock = parts.services.clock;
    this.leg = leg;
    this.port = port;
    this.#route = route;
    this.#began = this.#clock.monotonic();
    this.#channel = port === null ? null : this.#makeChannel(port);
  }

  /** To be called right after construction, once the leg's handlers are in place. */
  begin(): void {
    this.#input({ type: 'routed', route: this.#route, portFree: this.port !== null });
  }

  readonly handlers: LegHandlers = {
    established: (media) => {
      this.#media = media;
      this.#directionAtFirst = media.direction;
      this.#input({ type: 'established' });
    },
    mediaChanged: (agreed) => {
      const media = heldMedia(agreed, this.#directionAtFirst);
      this.#media = media;
      this.#boundHold(media);
      if (this.#state.name === 'running') this.#channel?.update(media);
    },
    digit: (digit) => this.#digit('info', digit),
    ended: (end) => this.#ended(end),
  };

  mediaEvent(event: MediaEvent): void {
    this.#channel?.handle(event);
  }

  hangUp(text: string): void {
    this.leg.hangUp(text);
  }

  summary(): CallSummary {
    const { facts, id } = this.leg;
    return {
      id,
      peer: facts.peer,
      caller: facts.caller.number,
      dialled: facts.dialled,
      mailbox: this.#route.to === 'leave' ? this.#route.mailbox : null,
      port: this.port?.index ?? null,
      doing: this.#state.name === 'running' && this.#flow !== null ? this.#flow.doing : this.#state.name,
      elapsedMs: this.#clock.monotonic() - this.#began,
    };
  }

  #input(input: CallInput): void {
    const step = callStep(this.#state, input);
    this.#state = step.state;
    for (const effect of step.effects) this.#execute(effect);
  }

  #execute(effect: CallEffect): void {
    switch (effect.type) {
      case 'answer':
        return void this.#answer();
      case 'reject':
        return this.leg.reject(effect.status, effect.reason, effect.retryAfterSec ?? undefined);
      case 'start-media':
        return this.#media === null ? undefined : this.#channel?.start(this.#media);
      case 'start-flow':
        return this.#startFlow();
      case 'stop-media':
        this.#drain = this.#clock.after('call-drain', drainLimitMs, () => this.#input({ type: 'drain-timeout' }));
        return this.#channel?.stop();
      case 'tell-flow-hung-up':
        return this.#flow?.input({ type: 'hung-up' });
      case 'report-stuck':
        return this.#log('error', 'call-stuck', `Call ${this.leg.id} did not finish within ${drainLimitMs / 1000} s of its end; its port is taken back.`);
      case 'release':
        this.#drain?.cancel();
        this.#hold?.cancel();
        return this.#parts.released(this);
    }
  }

  async #answer(): Promise<void> {
    if (this.port === null) return;
    try {
      const media = await this.#parts.mediaOf(this.port, this.leg);
      this.leg.answer({ ...media, codecs: this.#settings().rtp.codecs });
    } catch (error) {
      this.#log('error', 'call-unanswerable', `Call ${this.leg.id} cannot be answered: ${String(error)}`);
      this.leg.reject(500, 'No media address');
    }
  }

  #startFlow(): void {
    if (this.#channel === null || this.#media === null) return;
    const { facts } = this.leg;
    const mailbox = this.#route.to === 'leave' ? this.#route.mailbox : null;
    this.#flow = new FlowRunner(
      this.#parts.services,
      {
        id: this.leg.id,
        mailbox,
        callerNumber: facts.caller.number,
        callerName: facts.caller.name,
        reason: facts.reason,
        codec: this.#media.codec,
        channel: this.#channel,
        language: mailbox === null ? null : languageOf(this.#parts.services, mailbox),
        hangUp: (text) => this.leg.hangUp(text),
        collect: (known) => this.#collect(known, null),
        done: () => this.#input({ type: 'flow-done' }),
      },
      this.#firstFlow(),
    );
    this.#flow.input({ type: 'start' });
  }

  #firstFlow(): Flow<FlowState> {
    if (this.#route.to !== 'leave') return this.#collect(null, this.#route.to === 'collect' ? this.#route.ownMailbox : null);
    const { minSec, maxSec, silenceSec } = this.#settings().messages;
    const limits = { minMs: minSec * 1000, maxMs: maxSec * 1000, silenceMs: silenceSec * 1000 };
    return erased(leaveFlow({ mailbox: this.#route.mailbox, reason: this.leg.facts.reason, ...limits }));
  }

  #collect(knownMailbox: string | null, ownMailbox: string | null): Flow<FlowState> {
    return erased(collectFlow({ knownMailbox, ownMailbox, triesPerCall: this.#settings().pins.triesPerCall, maxGreetingMs }));
  }

  #makeChannel(port: Port): MediaChannel {
    return new MediaChannel(port, this.#parts.send, {
      digit: (digit) => this.#digit('media', digit),
      played: () => this.#flow?.input({ type: 'played' }),
      unplayable: () => this.#flow?.input({ type: 'unplayable' }),
      chunk: (bytes, lost) => this.#flow?.chunk(bytes, lost),
      recorded: ({ reason, recordedMs, trailingSilenceMs }) =>
        this.#flow?.input({ type: 'recorded', end: reason, recordedMs, trailingSilenceMs }),
      silent: (silentMs) => this.#silent(silentMs),
      stopped: (stats) => this.#stopped(stats),
    });
  }

  /** A phone may send one key press both as RTP and as INFO: the way that came first in this call is the one that counts. */
  #digit(source: 'media' | 'info', digit: string): void {
    this.#digitSource ??= source;
    if (source !== this.#digitSource) return;
    this.#flow?.input({ type: 'digit', digit });
    if (source === 'info') this.#channel?.key(digit);
  }

  #silent(silentMs: number): void {
    const limit = this.#settings().rtp.timeoutSec * 1000;
    if (limit > 0 && silentMs >= limit) this.leg.hangUp(`no audio came for ${Math.round(silentMs / 1000)} s`);
  }

  /** Recording stands still on hold, so nothing else would ever end a call that is never resumed. */
  #boundHold(media: MediaSettings): void {
    const held = media.direction === 'inactive' || media.direction === 'sendonly';
    if (held === (this.#hold !== null)) return;
    this.#hold?.cancel();
    this.#hold = held ? this.#clock.after('call-hold', holdLimitMs, () => this.leg.hangUp(`on hold for ${holdLimitMs / 60_000} minutes`)) : null;
  }

  #stopped(stats: MediaStats): void {
    this.#log('debug', 'media-stopped', `Media of call ${this.leg.id} ended.`, { ...stats });
    this.#input({ type: 'media-stopped' });
  }

  #ended(end: LegEnd): void {
    this.#log('info', 'call-ended', `Call ${this.leg.id} ended by ${end.by}: ${end.text}`, { ageMs: Math.round(this.#clock.monotonic() - this.#began) });
    this.#input({ type: 'leg-ended' });
  }

  #settings(): Settings {
    return this.#parts.services.settings();
  }

  #log(severity: 'error' | 'info' | 'debug', event: string, text: string, facts: Record<string, string | number | null> = {}): void {
    this.#parts.services.log.write(severity, event, text, { call: this.leg.id, ...facts });
  }
}

/** The runner keeps a flow's state without looking at it. */
const erased = <State extends FlowState>(flow: Flow<State>): Flow<FlowState> => flow as unknown as Flow<FlowState>;
