import type { Timer } from '../../hal/clock.ts';
import type { Flow, FlowEffect, FlowInput, FlowState } from '../callflow/flow.ts';
import type { Phrase, StoredAudio } from '../callflow/phrase.ts';
import { renderPhrases } from '../callflow/phrase.ts';
import type { CodecName, PlayItem } from '../media/media-protocol.ts';
import type { DiversionReason } from '../sip/leg.ts';
import { FlowRecorder } from './flow-recorder.ts';
import type { FlowServices } from './flow-services.ts';
import type { AudioSource, MediaChannel } from './media-channel.ts';
import { audioOfMessage } from './stored-audio.ts';

/** The call that a flow serves. */
export interface FlowCall {
  readonly id: string;
  /** The mailbox that a message would be for; null in Collect. */
  readonly mailbox: string | null;
  readonly callerNumber: string;
  readonly callerName: string;
  readonly reason: DiversionReason;
  readonly codec: CodecName;
  readonly channel: MediaChannel;
  /** Language to begin with; null = the unit's. */
  readonly language: string | null;
  hangUp(text: string): void;
  /** The owner logged in from the greeting: Collect takes over, for this mailbox. */
  collect(mailbox: string): Flow<FlowState>;
  /** The flow has nothing left to do. */
  done(): void;
}

/** Chunks handed over by the media thread: what a kill can cost at most, with the time of a sync, stays under a second. */
const chunkMs = 500;

/** Executes a flow's effects on a call and feeds it what happens, one input at a time. */
export class FlowRunner {
  readonly #services: FlowServices;
  readonly #call: FlowCall;
  readonly #recorder: FlowRecorder;
  readonly #timers = new Map<string, Timer>();
  readonly #inputs: FlowInput[] = [];
  #machine: Machine;
  #running = false;
  #over = false;
  #playing = 0;
  #bargeIn = false;
  #storeFailed = false;
  #language: string | null;

  constructor(services: FlowServices, call: FlowCall, flow: Flow<FlowState>) {
    this.#services = services;
    this.#call = call;
    this.#recorder = new FlowRecorder(services);
    this.#machine = new Machine(flow);
    this.#language = call.language;
  }

  /** A word for the console: the state the flow is in. */
  get doing(): string {
    return this.#machine.doing;
  }

  input(input: FlowInput): void {
    if (this.#over) return;
    if (input.type === 'digit' && this.#bargeIn) this.#silence();
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#inputs.shift(); next !== undefined && !this.#over; next = this.#inputs.shift()) {
      for (const effect of this.#machine.advance(next)) this.#execute(effect);
    }
    this.#running = false;
  }

  /** Recorded audio from the media thread. */
  chunk(bytes: Uint8Array, lostPackets: number): void {
    if (this.#recorder.append(bytes, lostPackets) || this.#storeFailed) return;
    this.#storeFailed = true;
    this.input({ type: 'store-failed' });
  }

  #execute(effect: FlowEffect): void {
    const { channel } = this.#call;
    switch (effect.type) {
      case 'play':
        return this.#play(effect.phrases, effect.bargeIn);
      case 'stop-play':
        return this.#silence();
      case 'seek':
        return channel.seek(effect.deltaMs);
      case 'record':
        this.#storeFailed = false;
        return channel.record({ maxMs: effect.maxMs, silenceMs: effect.silenceMs, silenceDbm0: this.#services.settings().messages.silenceDbm0, stopDigits: effect.stopDigits, chunkMs });
      case 'stop-record':
        return channel.stopRecord();
      case 'timer':
        return this.#wait(effect.name, effect.ms);
      case 'cancel-timer':
        return this.#cancel(effect.name);
      case 'hang-up':
        return this.#call.hangUp(effect.text);
      case 'become-collect':
        this.#machine = new Machine(this.#call.collect(effect.mailbox));
        return void this.#inputs.push({ type: 'start' });
      case 'done':
        return this.#finish();
      default:
        return void this.#store(effect);
    }
  }

  /** Effects on the store: each is answered by one input; a store that throws is answered for. */
  async #store(effect: StoreEffect): Promise<void> {
    try {
      this.input(await this.#perform(effect));
    } catch (error) {
      this.#services.log.write('error', 'flow-effect-failed', `${effect.type} failed in call ${this.#call.id}: ${String(error)}`, { call: this.#call.id });
      this.input(failureOf(effect));
    }
  }

  async #perform(effect: StoreEffect): Promise<FlowInput> {
    const { store, owners, greetings, clock } = this.#services;
    switch (effect.type) {
      case 'admit':
        return { type: 'admitted', admission: await store.admission(this.#call.mailbox ?? '') };
      case 'open-message':
        return this.#recorder.openMessage({ ...this.#messageFacts(), startedMs: clock.wall() });
      case 'finish-message':
        return this.#recorder.finishMessage(effect.reason, effect.keepMs);
      case 'abandon-message':
        return this.#recorder.abandonMessage();
      case 'login':
        return this.#login(effect.mailbox, effect.pin);
      case 'list':
        return { type: 'listed', listing: this.#listing(effect.mailbox, effect.category) };
      case 'mark':
        await store.mark(effect.mailbox, effect.id, effect.state);
        return { type: 'marked', ok: true };
      case 'open-greeting':
        return this.#recorder.openGreeting(effect.mailbox, this.#call.codec);
      case 'finish-greeting':
        return this.#recorder.finishGreeting(effect.keepMs);
      case 'commit-greeting':
        return this.#recorder.commitGreeting();
      case 'abandon-greeting':
        return this.#recorder.abandonGreeting();
      case 'remove-greeting':
        await greetings.remove(effect.mailbox);
        return { type: 'stored', ok: true };
      case 'change-pin':
        return { type: 'pin-changed', outcome: (await owners.setPin(effect.mailbox, effect.pin)) === null ? 'ok' : 'too-simple' };
    }
  }

  async #login(mailbox: string, pin: string): Promise<FlowInput> {
    const outcome = await this.#services.owners.login(mailbox, pin);
    if (outcome === 'ok') this.#language = languageOf(this.#services, mailbox);
    return { type: 'logged-in', outcome, mailbox };
  }

  #listing(mailbox: string, category: 'new' | 'old' | 'saved'): Extract<FlowInput, { type: 'listed' }>['listing'] {
    const counts = this.#services.store.counts(mailbox);
    const messages = this.#services.store.list(mailbox).filter((message) => message.state === category);
    return { counts: { new: counts.new, old: counts.old, saved: counts.saved }, messages };
  }

  #messageFacts(): { mailbox: string; callerNumber: string; callerName: string; reason: DiversionReason; codec: CodecName } {
    const { mailbox, callerNumber, callerName, reason, codec } = this.#call;
    return { mailbox: mailbox ?? '', callerNumber, callerName, reason, codec };
  }

  #play(phrases: readonly Phrase[], bargeIn: boolean): void {
    const mine = ++this.#playing;
    this.#bargeIn = bargeIn;
    const wanted = phrases.filter((phrase) => 'greetingOf' in phrase || 'pendingGreeting' in phrase);
    if (wanted.length === 0) return this.#call.channel.play(this.#render(phrases, []), bargeIn);
    void this.#openGreetings(wanted).then((greetings) => {
      if (mine === this.#playing) return this.#call.channel.play(this.#render(phrases, greetings), bargeIn);
      greetings.forEach((greeting) => void greeting?.close());
    });
  }

  /** A greeting has to be opened before it can play; one that cannot be read is as good as none. */
  #openGreetings(wanted: readonly Phrase[]): Promise<(AudioSource | null)[]> {
    const open = (phrase: Phrase): Promise<AudioSource | null> =>
      'greetingOf' in phrase ? this.#services.greetings.current(phrase.greetingOf) : this.#recorder.pendingGreeting();
    return Promise.all(wanted.map((phrase) => open(phrase).catch(() => null)));
  }

  #render(phrases: readonly Phrase[], greetings: readonly (AudioSource | null)[]): PlayItem[] {
    const { channel } = this.#call;
    const opened = [...greetings];
    const greeting = (): PlayItem | null => {
      const source = opened.shift() ?? null;
      return source === null ? null : channel.stream(source.codec, source.bytes, async () => source);
    };
    const audio: StoredAudio = {
      message: (mailbox, id) => audioOfMessage(this.#services.store, channel, mailbox, id),
      greeting,
      pendingGreeting: greeting,
    };
    const { settings, clock, language } = this.#services;
    return renderPhrases(phrases, { language: language(this.#language), timeZone: settings().unit.timeZone, nowMs: clock.wall(), audio });
  }

  #silence(): void {
    this.#playing += 1;
    this.#bargeIn = false;
    this.#call.channel.stopPlay();
  }

  #wait(name: string, ms: number): void {
    this.#cancel(name);
    const fire = (): void => {
      this.#timers.delete(name);
      this.input({ type: 'timer', name });
    };
    this.#timers.set(name, this.#services.clock.after(`flow-${name}`, ms, fire));
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  #finish(): void {
    this.#over = true;
    this.#timers.forEach((timer) => timer.cancel());
    this.#timers.clear();
    this.#call.done();
  }
}

type StoreEffect = Exclude<
  FlowEffect,
  { type: 'play' | 'stop-play' | 'seek' | 'record' | 'stop-record' | 'timer' | 'cancel-timer' | 'hang-up' | 'become-collect' | 'done' }
>;

function failureOf(effect: StoreEffect): FlowInput {
  switch (effect.type) {
    case 'admit':
      return { type: 'admitted', admission: 'store-failed' };
    case 'open-message':
    case 'open-greeting':
      return { type: 'opened', ok: false };
    case 'login':
      return { type: 'logged-in', outcome: 'wrong', mailbox: effect.mailbox };
    case 'list':
      return { type: 'listed', listing: { counts: { new: 0, old: 0, saved: 0 }, messages: [] } };
    case 'mark':
      return { type: 'marked', ok: false };
    case 'change-pin':
      return { type: 'pin-changed', outcome: 'failed' };
    default:
      return { type: 'stored', ok: false };
  }
}

/** A flow and the state it is in, which only the flow itself looks into. */
class Machine {
  readonly #flow: Flow<FlowState>;
  #state: FlowState;

  constructor(flow: Flow<FlowState>) {
    this.#flow = flow;
    this.#state = flow.initial;
  }

  advance(input: FlowInput): readonly FlowEffect[] {
    const step = this.#flow.step(this.#state, input);
    this.#state = step.state;
    return step.effects;
  }

  get doing(): string {
    return this.#state.name;
  }
}

export const languageOf = (services: FlowServices, mailbox: string): string | null =>
  services.settings().mailboxes.find((one) => one.number === mailbox)?.language ?? null;
