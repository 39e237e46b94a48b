import type { Clock, MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../log.ts';
import type { MediaCommand, MediaEvent, MediaSettings } from '../../media/media-protocol.ts';
import type { DiversionReason, Leg, LegEnd, LegHandlers, LocalMedia } from '../../sip/leg.ts';
import type { CallSummary } from '../call-parts.ts';
import type { Port } from '../port-pool.ts';
import type { Route } from '../route-call.ts';
import type { BridgeEffect, BridgeInput, BridgeState } from './bridge-machine.ts';
import { bridgeStep } from './bridge-machine.ts';
import { BridgeMedia, toPortAt } from './bridge-media.ts';
import type { BridgeTarget } from './bridge-target.ts';
import { isEmergency, targetText } from './bridge-target.ts';

/** The media thread has let go of a session long before, or never will; in milliseconds. */
const drainLimitMs = 60_000;

export type BridgeRoute = Extract<Route, { to: 'bridge' }>;

/** A leg that the unit placed, or the SIP status and the sentence of why there is none. */
export type PlacedLeg = Leg | { readonly status: number; readonly text: string };

/** What a bridged call needs of the unit. */
export interface BridgeParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly send: (command: MediaCommand) => void;
  /** Where the SIP side of a port sends RTP. Errors: HalError of the network. */
  readonly mediaOf: (port: Port, offered: Leg, target: BridgeTarget) => Promise<LocalMedia>;
  /** Where another port of the unit sends RTP. */
  readonly mediaWithin: (port: Port) => { readonly address: string; readonly rtpPort: number };
  readonly place: (target: BridgeTarget, offered: Leg, media: LocalMedia, handlers: LegHandlers) => PlacedLeg;
  /** The offered leg leaves a message; whoever takes it is told what becomes of the leg from now on. */
  readonly handOver: (offered: Leg, mailbox: string, reason: DiversionReason) => LegHandlers;
  /** Its ports may be given to others. */
  readonly released: (call: BridgedCall) => void;
}

/** One call between two legs, of which at least one is a line. */
export class BridgedCall {
  readonly offered: Leg;
  readonly ports: readonly Port[];
  readonly #parts: BridgeParts;
  readonly #route: BridgeRoute;
  readonly #media: BridgeMedia;
  readonly #began: MonotonicMs;
  #state: BridgeState = { name: 'placing' };
  #placed: Leg | null = null;
  #local: LocalMedia | null = null;
  #noAnswer: Timer | null = null;
  #drain: Timer | null = null;
  #digitSource: 'media' | 'info' | null = null;
  /** Has the offered leg after us. */
  #successor: LegHandlers | null = null;

  constructor(parts: BridgeParts, offered: Leg, route: BridgeRoute, ports: readonly Port[]) {
    this.#parts = parts;
    this.offered = offered;
    this.ports = ports;
    this.#route = route;
    this.#began = parts.clock.monotonic();
    this.#media = new BridgeMedia({
      ports,
      send: parts.send,
      digit: () => (this.#digitSource ??= 'media'),
      silent: (silentMs) => this.#silent(silentMs),
      clock: parts.clock,
      heldTooLong: (text) => this.hangUp(text),
      stopped: () => this.#input({ type: 'media-stopped' }),
    });
  }

  /** To be called right after construction, once the offered leg's handlers are in place. Never rejects. */
  async begin(): Promise<void> {
    const [port] = this.ports;
    if (port === undefined || this.#state.name !== 'placing') return;
    this.#noAnswer = this.#parts.clock.after('bridge-no-answer', this.#route.noAnswerMs, () => this.#input({ type: 'no-answer' }));
    try {
      this.#local = await this.#parts.mediaOf(port, this.offered, this.#route.target);
    } catch (error) {
      this.#log('error', 'bridge-unplaceable', `Call ${this.id} cannot be placed: ${String(error)}`);
      return this.#input({ type: 'placed-ended', status: 503 });
    }
    if (this.#state.name === 'placing') this.#place(this.#local);
  }

  /** Of the offered leg. */
  readonly handlers: LegHandlers = {
    established: (agreed) => {
      if (this.#successor !== null) return this.#successor.established(agreed);
      if (this.offered.line === null) this.#media.agreed(agreed);
      this.#input({ type: 'offered-established' });
    },
    mediaChanged: (agreed) => (this.#successor === null ? this.#changed(this.offered, agreed) : this.#successor.mediaChanged(agreed)),
    digit: (digit, durationMs) => (this.#successor === null ? this.#digit(digit) : this.#successor.digit(digit, durationMs)),
    changed: () => this.#successor?.changed?.(),
    ended: (end) => {
      if (this.#successor !== null) return this.#successor.ended(end);
      this.#log('info', 'call-ended', `Call ${this.id} ended by ${end.by}: ${end.text}`);
      this.#input({ type: 'offered-ended' });
    },
  };

  get id(): string {
    return this.offered.id;
  }

  get emergency(): boolean {
    return isEmergency(this.#route);
  }

  mediaEvent(event: MediaEvent): void {
    this.#media.handle(event);
  }

  hangUp(text: string): void {
    this.offered.hangUp(text);
  }

  summary(): CallSummary {
    const { facts } = this.offered;
    const doing = this.#state.name === 'joined' ? 'talks to' : this.#state.name === 'ringing' ? 'rings' : this.#state.name;
    return {
      id: this.id,
      peer: facts.peer,
      caller: facts.caller.number,
      dialled: facts.dialled,
      mailbox: this.#route.mailbox,
      port: this.ports[0]?.index ?? null,
      ports: this.ports.map(({ index }) => index),
      doing: `${doing} ${targetText(this.#route.target)}`,
      elapsedMs: this.#parts.clock.monotonic() - this.#began,
      partner: null,
    };
  }

  #place(local: LocalMedia): void {
    const placed = this.#parts.place(this.#route.target, this.offered, local, {
      ringing: (media) => {
        if (media !== null && this.#route.early) this.#media.agreed(media);
        this.#input({ type: 'placed-rings', earlyAudio: media !== null });
      },
      established: (agreed) => {
        if (this.#placed?.line === null) this.#media.agreed(agreed);
        this.#input({ type: 'placed-answered' });
      },
      mediaChanged: (agreed) => this.#changed(this.#placed, agreed),
      digit: (digit) => this.#digit(digit),
      ended: (end) => this.#placedEnded(end),
    });
    if (!('text' in placed)) this.#placed = placed;
    else {
      this.#log('notice', 'bridge-refused', `Call ${this.id} does not reach ${targetText(this.#route.target)}: ${placed.text}.`);
      this.#input({ type: 'placed-ended', status: placed.status });
    }
  }

  #placedEnded(end: LegEnd): void {
    this.#log('info', 'bridge-leg-ended', `Leg ${this.#placed?.id ?? '?'} of call ${this.id} ended by ${end.by}: ${end.text}`);
    this.#input({ type: 'placed-ended', status: end.status });
  }

  #input(input: BridgeInput): void {
    const step = bridgeStep(this.#state, input, { mailbox: this.#route.mailbox !== null, early: this.#route.early });
    if (step.state.name !== 'placing' && step.state.name !== 'ringing') this.#noAnswer?.cancel();
    this.#state = step.state;
    for (const effect of step.effects) this.#execute(effect);
  }

  #execute(effect: BridgeEffect): void {
    switch (effect.type) {
      case 'ring-offered':
        return this.offered.ring();
      case 'answer-offered':
        return void (this.#local !== null && this.offered.answer(this.#local));
      case 'reject-offered':
        return this.offered.reject(effect.status, 'The far end cannot be had');
      case 'hang-up-offered':
        return this.offered.hangUp('the far end hung up');
      case 'hang-up-placed':
        return this.#placed?.hangUp('the caller hung up, or nobody answered');
      case 'start-media':
        return this.#startMedia();
      case 'stop-media':
        this.#drain = this.#parts.clock.after('bridge-drain', drainLimitMs, () => this.#input({ type: 'drain-timeout' }));
        return this.#media.stop();
      case 'hand-over':
        return this.#handOver(effect.reason);
      case 'report-stuck':
        return this.#log('error', 'call-stuck', `Bridged call ${this.id} did not finish within ${drainLimitMs / 1000} s of its end; its port is taken back.`);
      case 'release':
        this.#drain?.cancel();
        this.#media.end();
        return this.#parts.released(this);
    }
  }

  #startMedia(): void {
    const [one, other] = this.ports;
    const lines = [this.offered.line, this.#placed?.line ?? null].filter((line) => line !== null);
    const [first, second] = lines;
    if (first === undefined || one === undefined) return;
    if (second === undefined || other === undefined) return this.#media.start(first);
    const codec = this.#parts.settings().rtp.codecs[0] ?? 'PCMU';
    const [near, far] = [this.#parts.mediaWithin(one), this.#parts.mediaWithin(other)];
    this.#media.startBoth([first, second], [toPortAt(near.address, near.rtpPort, codec), toPortAt(far.address, far.rtpPort, codec)]);
  }

  #handOver(reason: DiversionReason): void {
    const { mailbox } = this.#route;
    if (mailbox !== null) this.#successor = this.#parts.handOver(this.offered, mailbox, reason);
  }

  /** Hold, resume, another address: of the SIP leg only. */
  #changed(leg: Leg | null, agreed: MediaSettings): void {
    if (leg?.line === null) this.#media.agreed(agreed);
  }

  /** A phone may send one key press both as RTP and as INFO: the way that came first in this call is the one that counts. */
  #digit(digit: string): void {
    this.#digitSource ??= 'info';
    if (this.#digitSource === 'info') this.#media.key(digit);
  }

  #silent(silentMs: number): void {
    const limitSec = this.#parts.settings().rtp.timeoutSec;
    if (limitSec > 0 && silentMs >= limitSec * 1000) this.hangUp(`no audio came for ${Math.round(silentMs / 1000)} s`);
  }

  #log(severity: 'info' | 'notice' | 'error', event: string, text: string): void {
    this.#parts.log.write(severity, event, text, { call: this.id });
  }
}
