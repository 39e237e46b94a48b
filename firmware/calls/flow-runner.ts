import type { FlowEffect, FlowInput, RecordPlan } from '../callflow/flow.ts';
import type { GreetedCall } from '../callflow/phrase.ts';
import { bytesPerMs } from '../mailbox/recording.ts';
import type { CarriedFlow, FlowCall } from './flow-call.ts';
import type { NamedFlow } from './flow-machine.ts';
import { FlowMachine } from './flow-machine.ts';
import { FlowPlayer } from './flow-player.ts';
import type { StoreEffect } from './flow-progress.ts';
import { FlowProgress } from './flow-progress.ts';
import type { FlowRecord } from './flow-record.ts';
import { FlowRecorder } from './flow-recorder.ts';
import type { FlowServices } from './flow-services.ts';
import { languageOf } from './flow-services.ts';
import { FlowStore } from './flow-store.ts';
import { FlowTimers } from './flow-timers.ts';
import type { RecordWish } from './media-channel.ts';
import { storeFailure } from './store-failure.ts';

/** A caller is one of the house whose number is a mailbox here. */
const greetedCall = (services: FlowServices, { reason, callerNumber }: FlowCall): GreetedCall => ({ reason, internal: services.settings().mailboxes.some(({ number }) => number === callerNumber) });

/** Chunks handed over by the media thread: what a kill can cost at most, with the time of a sync, stays under a second. */
const chunkMs = 500;

/** Executes a flow's effects on a call and feeds it what happens, one input at a time. */
export class FlowRunner {
  readonly #services: FlowServices;
  readonly #call: FlowCall;
  readonly #recorder: FlowRecorder;
  readonly #timers: FlowTimers;
  readonly #player: FlowPlayer;
  readonly #store: FlowStore;
  readonly #inputs: FlowInput[] = [];
  readonly #progress = new FlowProgress();
  #machine: FlowMachine;
  #running = false;
  #over = false;
  #storeFailed = false;
  #listens = false;
  #becameCollect: string | null = null;
  /** Of the running recording, what another unit recorded. */
  #carriedMs = 0;

  constructor(services: FlowServices, call: FlowCall, flow: NamedFlow) {
    this.#services = services;
    this.#call = call;
    this.#recorder = new FlowRecorder(services, call.id);
    this.#machine = new FlowMachine(flow);
    this.#timers = new FlowTimers(services.clock, (name) => this.input({ type: 'timer', name }));
    const played = { pendingGreeting: () => this.#recorder.pendingGreeting(), draft: () => services.drafts.audio(call.id), greeted: () => greetedCall(services, call) };
    this.#player = new FlowPlayer({ services, channel: call.channel, call: played, language: call.language });
    this.#store = new FlowStore(services, call, this.#recorder, (mailbox) => (this.#player.language = languageOf(services, mailbox)));
  }

  /** A word for the console: the state the flow is in. */
  get doing(): string {
    return this.#machine.doing;
  }

  input(input: FlowInput): void {
    if (this.#over) return;
    if (input.type === 'digit') this.#player.bargeIn();
    if (input.type === 'hung-up') this.#store.gone();
    this.#inputs.push(input.type === 'recorded' ? { ...input, recordedMs: input.recordedMs + this.#carriedMs } : input);
    this.#run(() => undefined);
  }

  /** Instead of `start`: goes on where another unit was. */
  carryOn({ record, recording }: CarriedFlow): void {
    this.#machine.enter(record.state);
    this.#player.language = record.language;
    this.#store.carryOn(record.entered ?? []);
    if (record.name === 'collect' && record.route.to !== 'collect') this.#becameCollect = record.knownMailbox;
    if (recording !== null) this.#recorder.carryOn(recording.writer, recording.facts, recording.bytes);
    this.#carriedMs = Math.floor((recording?.bytes ?? 0) / bytesPerMs);
    this.#run(() => {
      for (const effect of record.effects) this.#carry(effect, record.playedMs);
    });
  }

  /** It cannot be carried on: queues are of one unit, and who waits in one calls again when it is gone. */
  get bound(): boolean {
    return this.#machine.name === 'queue' || this.#machine.name === 'announce';
  }

  /** What another unit needs to carry the flow on. */
  record(): Omit<FlowRecord, 'route'> {
    const nowMs = this.#services.clock.monotonic();
    const carried = this.#machine.carriedOn();
    const { entered } = this.#store;
    return {
      name: this.#machine.name,
      knownMailbox: this.#becameCollect,
      state: carried?.state ?? this.#machine.state,
      language: this.#player.language,
      effects: carried?.effects ?? this.#progress.effects(nowMs),
      playedMs: carried === null ? this.#progress.playedMs(nowMs) : 0,
      recording: this.#recorder.record(this.#call.mailbox),
      ...(entered.length === 0 ? {} : { entered }),
    };
  }

  get recordedBytes(): number {
    return this.#recorder.bytes;
  }

  /** Recorded audio from the media thread. */
  chunk(bytes: Uint8Array, lostPackets: number): void {
    const message = this.#recorder.record(this.#call.mailbox);
    const offset = this.#recorder.bytes;
    const taken = this.#recorder.append(bytes, lostPackets);
    if (taken && message !== null) this.#call.recorded(message.id, offset, bytes, lostPackets);
    if (taken || this.#storeFailed || this.#over) return;
    this.#storeFailed = true;
    this.input({ type: 'store-failed' });
  }

  /** Another unit carries the call on: nothing is done any more, but chunks are still taken until `settle`. */
  giveAway(): void {
    this.#stop();
  }

  /** `kept`: what the other unit has of the recording, durably, in bytes; null: it has not said so. */
  async settle(kept: number | null): Promise<void> {
    await this.#recorder.settle(kept).catch((error: unknown) => {
      this.#services.log.write('error', 'flow-effect-failed', `The recording of call ${this.#call.id}, which went to the partner, could not be settled: ${String(error)}`, { call: this.#call.id });
    });
    this.#recorder.forget();
    this.#call.done();
  }

  #run(first: () => void): void {
    if (this.#running) return;
    this.#running = true;
    first();
    for (let next = this.#inputs.shift(); next !== undefined && !this.#over; next = this.#inputs.shift()) {
      this.#progress.happened(next);
      for (const effect of this.#machine.advance(next)) this.#execute(effect);
    }
    this.#running = false;
    this.#listen(!this.#over && this.#machine.hearsFax);
    if (!this.#over) this.#call.changed();
  }

  /** For a fax tone. */
  #listen(on: boolean): void {
    if (on !== this.#listens) this.#call.channel.listenForFax((this.#listens = on));
  }

  /** As `execute`, of what another unit began. The record tone is not given twice. */
  #carry(effect: FlowEffect, playedMs: number): void {
    if (effect.type !== 'play') return this.#execute(effect);
    const phrases = effect.phrases.filter((phrase) => !('beep' in phrase));
    this.#progress.asked(effect, this.#services.clock.monotonic(), playedMs);
    if (phrases.length > 0) return this.#player.play(phrases, effect.bargeIn, playedMs, this.#recordedAfter(effect));
    if (effect.then !== undefined) this.#call.channel.record(this.#recordSettings(effect.then));
    this.#inputs.push({ type: 'played' });
  }

  #execute(effect: FlowEffect): void {
    const { channel } = this.#call;
    this.#progress.asked(effect, this.#services.clock.monotonic());
    switch (effect.type) {
      case 'play':
        return this.#player.play(effect.phrases, effect.bargeIn, 0, this.#recordedAfter(effect));
      case 'stop-play':
        return this.#player.silence();
      case 'seek':
        return channel.seek(effect.deltaMs);
      case 'pause':
        return channel.pause(effect.paused);
      case 'speed':
        return channel.speed(effect.faster);
      case 'record':
        return channel.record(this.#recordSettings(effect));
      case 'stop-record':
        if (!channel.stopRecord()) this.#inputs.push({ type: 'recorded', end: 'stopped', recordedMs: this.#carriedMs, trailingSilenceMs: 0 });
        return;
      case 'timer':
        return this.#timers.start(effect.name, effect.ms);
      case 'cancel-timer':
        return this.#timers.cancel(effect.name);
      case 'speak-language':
        this.#player.language = effect.code;
        return;
      case 'hang-up':
        return this.#call.hangUp(effect.text, effect.back === true);
      case 'become-collect':
        this.#machine = new FlowMachine({ name: 'collect', flow: this.#call.collect(effect.mailbox) });
        this.#becameCollect = effect.mailbox;
        return void this.#inputs.push({ type: 'start' });
      case 'become-queue':
        this.#machine = new FlowMachine({ name: 'queue', flow: this.#call.queue(effect.queue, effect.priority) });
        return void this.#inputs.push({ type: 'start' });
      case 'done':
        return this.#finish();
      default:
        return void this.#ask(effect);
    }
  }

  #recordedAfter({ then }: Extract<FlowEffect, { type: 'play' }>): RecordWish | undefined {
    return then === undefined ? undefined : this.#recordSettings(then);
  }

  /** A recording begins now, or where what plays ends. */
  #recordSettings({ maxMs, silenceMs, stopDigits }: RecordPlan): RecordWish {
    this.#storeFailed = false;
    if (this.#recorder.bytes === 0) this.#carriedMs = 0;
    return { maxMs: Math.max(1, maxMs - this.#carriedMs), silenceMs, silenceDbm0: this.#services.settings().messages.silenceDbm0, stopDigits, chunkMs };
  }

  /** Effects on the store: each is answered by one input; a store that throws is answered for. */
  async #ask(effect: StoreEffect): Promise<void> {
    try {
      this.input(await this.#store.perform(effect));
    } catch (error) {
      this.#services.log.write('error', 'flow-effect-failed', `${effect.type} failed in call ${this.#call.id}: ${String(error)}`, { call: this.#call.id });
      this.input(storeFailure(effect));
    }
  }

  #finish(): void {
    this.#stop();
    this.#recorder.forget();
    this.#call.done();
  }

  #stop(): void {
    this.#over = true;
    void this.#services.drafts.drop(this.#call.id);
    this.#store.gone();
    this.#timers.cancelAll();
  }
}
