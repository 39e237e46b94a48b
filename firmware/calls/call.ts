import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Severity } from '../log.ts';
import type { MediaEvent, MediaStats } from '../media/media-protocol.ts';
import type { Leg, LegEnd, LegHandlers } from '../sip/leg.ts';
import { collect, firstFlow, sourceOf, waiting } from './call-flows.ts';
import type { FollowableCall } from './call-follower.ts';
import type { CallEffect, CallInput, CallState } from './call-machine.ts';
import { callStep } from './call-machine.ts';
import { CallMedia } from './call-media.ts';
import type { CallParts, CallSummary, CarriedCall } from './call-parts.ts';
import { callerOf } from './flow-call.ts';
import { FlowRunner } from './flow-runner.ts';
import { languageOf } from './flow-services.ts';
import type { FollowedCall } from './followed-call.ts';
import { followedId } from './followed-call.ts';
import { MediaChannel } from './media-channel.ts';
import type { Refusal } from './port-classes.ts';
import { noPort, portClassOf } from './port-classes.ts';
import type { Port } from './port-pool.ts';
import type { Route } from './route-call.ts';
import { mailboxOf, needsPort } from './route-call.ts';

/** A flow that has not finished storing after this long is reported and let go, in milliseconds. */
const drainLimitMs = 60_000;

/** One call: the leg, its port's media channel and its flow, held together by the call machine. */
export class Call implements FollowableCall {
  readonly leg: Leg;
  readonly port: Port | null;
  readonly #began: MonotonicMs;
  readonly #parts: CallParts;
  readonly #clock: Clock;
  readonly #route: Route;
  /** null: it has no port. */
  readonly #media: CallMedia | null;
  #state: CallState = { name: 'offered' };
  #flow: FlowRunner | null = null;
  #drain: Timer | null = null;
  #digitSource: 'media' | 'info' | null = null;
  #carried: CarriedCall | null = null;
  #trailingToneMs = 0;
  /** The partner has it: what is known there of its recording. */
  #kept: Promise<number | null> | null = null;

  constructor(parts: CallParts, leg: Leg, route: Route, port: Port | null) {
    this.#parts = parts;
    this.#clock = parts.services.clock;
    this.leg = leg;
    this.port = port;
    this.#route = route;
    this.#began = this.#clock.monotonic();
    this.#media = port === null ? null : new CallMedia(this.#clock, this.#makeChannel(port), (text) => this.leg.hangUp(text));
  }

  /** To be called right after construction, once the leg's handlers are in place. */
  begin(): void {
    this.#input({ type: 'routed', route: this.#route, noPort: this.#refusal() });
  }

  /** Instead of `begin`: it stands already. */
  carryOn(carried: CarriedCall): void {
    this.#carried = carried;
    this.#media?.carryOn(carried.followed.media);
    this.#input({ type: 'adopted' });
  }

  get id(): string {
    return this.leg.id;
  }

  get moves(): boolean {
    return this.#state.name === 'running' && this.leg.sharedAddress !== null;
  }

  record(): FollowedCall | null {
    const leg = this.moves && this.#kept === null ? this.leg.record() : null;
    const media = leg === null ? null : (this.#media?.record(leg.rtpPort) ?? null);
    if (leg === null || media === null || this.#flow === null || this.#flow.bound || this.#route.to === 'refuse') return null;
    return { id: followedId(leg), leg, media, flow: { route: this.#route, ...this.#flow.record() } };
  }

  get recordedBytes(): number {
    return this.#flow?.recordedBytes ?? 0;
  }

  freshen(): Promise<void> {
    return this.#media !== null && this.moves ? this.#media.freshen() : Promise.resolve();
  }

  giveAway(kept: Promise<number | null>): void {
    if (this.#state.name !== 'running') return;
    this.#kept = kept;
    this.#log('notice', 'call-given-away', `Call ${this.leg.id} goes on at the partner.`);
    this.leg.release();
    this.#input({ type: 'given-away' });
  }

  readonly handlers: LegHandlers = {
    changed: () => this.#changed(),
    established: (agreed) => {
      this.#media?.agreed(agreed);
      this.#input({ type: 'established' });
    },
    mediaChanged: (agreed) => {
      this.#media?.changed(agreed, this.#state.name === 'running');
      this.#changed();
    },
    digit: (digit) => this.#digit('info', digit),
    ended: (end) => this.#ended(end),
  };

  mediaEvent(event: MediaEvent): void {
    this.#media?.channel.handle(event);
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
      mailbox: mailboxOf(this.#route),
      port: this.port?.index ?? null,
      doing: this.#state.name === 'running' && this.#flow !== null ? this.#flow.doing : this.#state.name,
      elapsedMs: this.#clock.monotonic() - this.#began,
      partner: this.#parts.follower()?.standing(this) ?? null,
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
      case 'redirect':
        return this.leg.redirect(effect.contact);
      case 'start-media':
        if (this.leg.line !== null) return this.#media?.startLine(this.leg.line);
        return this.#media?.start(this.leg.sharedAddress !== null, this.#carried);
      case 'start-flow':
        return this.#startFlow();
      case 'stop-media':
        this.#drain = this.#clock.after('call-drain', drainLimitMs, () => this.#input({ type: 'drain-timeout' }));
        return this.#media?.channel.stop(this.#kept !== null);
      case 'tell-flow-hung-up':
        return this.#flow?.input({ type: 'hung-up', ...(this.#trailingToneMs > 0 ? { trailingToneMs: this.#trailingToneMs } : {}) });
      case 'give-flow-away':
        return this.#flow?.giveAway();
      case 'report-stuck':
        return this.#log('error', 'call-stuck', `Call ${this.leg.id} did not finish within ${drainLimitMs / 1000} s of its end; its port is taken back.`);
      case 'release':
        this.#drain?.cancel();
        this.#media?.end();
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
    const { channel = null, settings = null } = this.#media ?? {};
    const { facts } = this.leg;
    if (channel === null || settings === null) return;
    const mailbox = mailboxOf(this.#route);
    const reason = ('reason' in this.#route && this.#route.to !== 'refuse' ? this.#route.reason : undefined) ?? facts.reason;
    const carried = this.#carried?.followed.flow ?? null;
    const first = { route: this.#route, facts, reason, collectsHere: (this.#parts.collectElsewhere?.(facts) ?? null) === null, carried };
    this.#flow = new FlowRunner(
      this.#parts.services,
      {
        id: this.leg.id,
        leg: this.leg,
        ...callerOf(facts, mailbox), reason,
        codec: settings.codec,
        channel,
        language: mailbox === null ? null : languageOf(this.#parts.services, mailbox),
        hangUp: (text, back) => this.leg.hangUp(text, this.#queueResult(back)),
        collect: (known) => collect(this.#parts.services, { knownMailbox: known, ownMailbox: null, source: sourceOf(facts) }),
        queue: (number, priority) => waiting(this.#parts.services, first, number, priority),
        done: () => this.#input({ type: 'flow-done' }),
        changed: () => this.#changed(),
        recorded: (id, offset, bytes, lostPackets) => this.#parts.follower()?.audio(this, id, offset, bytes, lostPackets),
      },
      firstFlow(this.#parts.services, first),
    );
    return carried === null ? this.#flow.input({ type: 'start' }) : this.#flow.carryOn({ record: carried, recording: this.#carried?.recording ?? null });
  }

  /** A PBX that has the caller in a queue of its own is told what becomes of them. */
  #queueResult(back: boolean): readonly { readonly name: string; readonly value: string }[] {
    const { queued, peer } = this.leg.facts;
    const names = queued === undefined ? null : (this.#settings().peers.find(({ name }) => name === peer)?.queued ?? null);
    return names === null ? [] : [{ name: names.result, value: back ? 'back' : 'end' }];
  }

  #makeChannel(port: Port): MediaChannel {
    return new MediaChannel(port, this.#parts.send, {
      digit: (digit) => this.#digit('media', digit),
      faxTone: () => this.#flow?.input({ type: 'fax-tone' }),
      played: () => this.#flow?.input({ type: 'played' }),
      unplayable: () => this.#flow?.input({ type: 'unplayable' }),
      chunk: (bytes, lost) => this.#flow?.chunk(bytes, lost),
      recorded: ({ reason, recordedMs, trailingSilenceMs }) => this.#flow?.input({ type: 'recorded', end: reason, recordedMs, trailingSilenceMs }),
      silent: (silentMs) => this.#media?.silent(silentMs, this.#settings().rtp.timeoutSec),
      stopped: (stats) => this.#stopped(stats),
      reported: (stream) => this.#media?.reported(stream) === true && this.#changed(),
    });
  }

  /** A phone may send one key press both as RTP and as INFO: the way that came first in this call is the one that counts. */
  #digit(source: 'media' | 'info', digit: string): void {
    this.#digitSource ??= source;
    if (source !== this.#digitSource) return;
    this.#flow?.input({ type: 'digit', digit });
    if (source === 'info') this.#media?.channel.key(digit);
  }

  #stopped(stats: MediaStats): void {
    this.#log('debug', 'media-stopped', `Media of call ${this.leg.id} ended.`, { ...stats });
    this.#input({ type: 'media-stopped' });
    // The last chunk came before.
    void this.#kept?.then((kept) => this.#flow?.settle(kept));
  }

  #ended(end: LegEnd): void {
    this.#log('info', 'call-ended', `Call ${this.leg.id} ended by ${end.by}: ${end.text}`, { ageMs: Math.round(this.#clock.monotonic() - this.#began) });
    this.#trailingToneMs = end.trailingToneMs ?? 0;
    this.#input({ type: 'leg-ended' });
    this.#parts.follower()?.ended(this);
  }

  /** What the caller is told where no port was left; null = there is one, or none is needed. */
  #refusal(): Refusal | null {
    if (this.port !== null || !needsPort(this.#route)) return null;
    return noPort(portClassOf(this.#route, this.leg.facts, this.#settings()));
  }

  #changed(): void {
    if (this.moves) this.#parts.follower()?.changed(this);
  }

  #settings(): Settings {
    return this.#parts.services.settings();
  }

  #log(severity: Severity, event: string, text: string, facts: Record<string, string | number | null> = {}): void {
    this.#parts.services.log.write(severity, event, text, { call: this.leg.id, ...facts });
  }
}
