import type { WallMs } from '../../hal/clock.ts';
import type { CollectContext } from '../../firmware/callflow/collect/collect-context.ts';
import { collectFlow } from '../../firmware/callflow/collect/collect-flow.ts';
import type { CollectState } from '../../firmware/callflow/collect/collect-state.ts';
import type { Flow, FlowEffect, FlowInput, OwnerAtLogIn, RecordPlan } from '../../firmware/callflow/flow.ts';
import type { FlowRequest } from '../../firmware/callflow/requests/requests.ts';
import type { Phrase } from '../../firmware/callflow/phrase.ts';
import type { MenuMode } from '../../firmware/config/telephone-settings.ts';
import type { Message, MessageState } from '../../firmware/mailbox/message.ts';
import { isNew } from '../../firmware/mailbox/message.ts';
import { standardOptions } from '../../firmware/mailbox/owner-choices.ts';

export const message = (id: string, more: Partial<Message> = {}): Message => ({
  id, mailbox: '201', callerNumber: '301', callerName: '', startedMs: 0 as WallMs, reason: 'default', codec: 'PCMU', durationMs: 9000, bytes: 72_000, state: 'new', interrupted: false, lostPackets: 0, ...more,
});

export interface MenuWorld {
  readonly mode: MenuMode;
  readonly messages?: readonly Message[];
  readonly owner?: Partial<OwnerAtLogIn>;
  readonly context?: Partial<CollectContext>;
  /** null = it could not be done. */
  readonly answer?: (request: FlowRequest) => unknown;
  /** false: every change of the stores fails. */
  readonly works?: boolean;
}

/** Answers of a unit where all goes well. */
export const goodAnswers: Readonly<Record<string, unknown>> = {
  'send-message': { accepted: 1, refused: [], fault: null, id: 's1' },
  'mailbox-options': standardOptions,
  'greetings-of': { recorded: [], temporaryUntilMs: null, use: { greeting: 'greeting-3' } },
  'deleted-messages': { messages: [{ id: 'gone', deletedMs: 0 }] },
  'read-list': { list: { number: 1, public: false, size: 1 }, entries: ['202'] },
  'change-list': { fault: null, list: { number: 1, public: false, size: 2 } },
  'delete-list': { ok: true },
  'email-all': { outcome: 'ok', messages: 2 },
  'set-email': { outcome: 'ok' },
  'get-outcalling': { on: true, destinations: { mobile: { number: '0170', ringSec: 15 } }, escalation: ['mobile'], retries: 5, intervalsMin: [5], window: 'any', own: { days: [], from: '07:30', to: '19:30' } },
  'set-outcalling': { outcome: 'ok' },
  transfer: { outcome: 'busy', text: 'busy' },
  talk: { ended: 'target', talkedMs: 1000 },
};

/** An owner in a menu, with a store and a unit that answer at once. `trace` has what was said, asked and done since `take`. */
export class MenuProbe {
  readonly flow: Flow<CollectState>;
  state: CollectState;
  playing = false;
  recording: RecordPlan | null = null;
  over = false;
  done = 0;
  readonly timers = new Set<string>();
  readonly marks = new Map<string, MessageState>();
  /** As the flow asked for them. */
  readonly requests: FlowRequest[] = [];
  trace: string[] = [];
  readonly #world: MenuWorld;
  readonly #inputs: FlowInput[] = [];

  constructor(world: MenuWorld) {
    this.#world = world;
    const book = { mode: () => world.mode, has: (number: string) => /^20[0-9]$/.test(number), isGroup: () => false, named: (keys: string) => (keys === '236' ? ['202'] : keys === '2' ? ['201', '202'] : []) };
    const calendar = { now: () => 1000 as WallMs, next: (month: number, day: number) => (month > 12 || day > 31 ? null : (5_000_000 as WallMs)) };
    this.flow = collectFlow({ ownMailbox: null, knownMailbox: null, triesPerCall: 3, maxGreetingMs: 60_000, book, calendar, ...world.context });
    this.state = this.flow.initial;
  }

  /** Logged in, after what is said then. */
  static inside(world: MenuWorld): MenuProbe {
    const probe = new MenuProbe(world);
    probe.feed({ type: 'start' });
    probe.keys('201#4711#');
    return probe;
  }

  feed(input: FlowInput): this {
    this.#inputs.push(input);
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#step(next);
    return this;
  }

  /** Digits, as the media thread tells them: a key that ends a recording comes before its end. */
  keys(keys: string): this {
    for (const digit of keys) {
      const ends = this.recording?.stopDigits.includes(digit) === true;
      this.feed({ type: 'digit', digit });
      if (ends) this.speak(4000, 'digit');
    }
    return this;
  }

  /** What plays is heard to its end, `times` times. */
  heard(times = 1): this {
    for (let count = 0; count < times && this.playing; count += 1) this.feed({ type: 'played' });
    return this;
  }

  /** Nothing is pressed. */
  waits(): this {
    return this.timers.has('patience') ? this.feed({ type: 'timer', name: 'patience' }) : this;
  }

  speak(recordedMs: number, end: 'digit' | 'max' | 'stopped' = 'max'): this {
    return this.recording === null ? this : this.feed({ type: 'recorded', end, recordedMs, trailingSilenceMs: 0 });
  }

  /** What has been said, asked and done since the last time. */
  take(): string[] {
    const taken = this.trace;
    this.trace = [];
    return taken;
  }

  /** Nothing will ever happen any more, though the call goes on. */
  get stuck(): boolean {
    return !this.over && !this.playing && this.recording === null && this.timers.size === 0;
  }

  #step(input: FlowInput): void {
    if (this.over) return;
    if (input.type === 'played' || input.type === 'unplayable') this.playing = false;
    if (input.type === 'played' && this.#then !== null) this.#record(this.#then);
    if (input.type === 'digit' && this.#bargeIn) this.playing = false;
    if (input.type === 'timer') this.timers.delete(input.name);
    if (input.type === 'recorded') this.recording = null;
    const step = this.flow.step(this.state, input);
    this.state = JSON.parse(JSON.stringify(step.state)) as CollectState;
    for (const effect of step.effects) this.#execute(effect);
  }

  #bargeIn = false;
  /** What is recorded when that has been heard. */
  #then: RecordPlan | null = null;

  #record(plan: RecordPlan): void {
    [this.recording, this.#then] = [plan, null];
    this.trace.push('record');
  }

  #execute(effect: FlowEffect): void {
    switch (effect.type) {
      case 'play':
        this.playing = true;
        this.#bargeIn = effect.bargeIn;
        this.#then = effect.then ?? null;
        this.trace.push(...effect.phrases.flatMap(words));
        return;
      case 'stop-play':
        [this.playing, this.#then] = [false, null];
        return;
      case 'seek':
        return void this.trace.push(`seek ${effect.deltaMs}`);
      case 'pause':
        return void this.trace.push(effect.paused ? 'pause' : 'resume');
      case 'speed':
        return void this.trace.push(effect.faster ? 'faster' : 'slower');
      case 'record':
        return this.#record(effect);
      case 'stop-record':
        return void this.#inputs.push({ type: 'recorded', end: 'stopped', recordedMs: 3000, trailingSilenceMs: 0 });
      case 'timer':
        return void this.timers.add(effect.name);
      case 'cancel-timer':
        return void this.timers.delete(effect.name);
      case 'hang-up':
        return void this.trace.push('hang-up');
      case 'done':
        this.over = true;
        this.done += 1;
        return;
      default:
        this.#inputs.push(this.#answer(effect));
    }
  }

  #answer(effect: FlowEffect): FlowInput {
    const ok = this.#world.works !== false;
    switch (effect.type) {
      case 'login':
        return { type: 'logged-in', outcome: effect.pin === null ? 'wrong' : 'ok', mailbox: effect.mailbox, owner: { named: true, options: standardOptions, ...this.#world.owner } };
      case 'list':
        return { type: 'listed', listing: this.#listing(effect.category) };
      case 'mark':
        if (ok) this.marks.set(effect.id, effect.state);
        this.trace.push(`mark ${effect.id} ${effect.state}`);
        return { type: 'marked', ok };
      case 'open-draft':
      case 'open-greeting':
        this.trace.push('kind' in effect && effect.kind !== undefined ? `${effect.type} ${effect.kind}` : effect.type);
        return { type: 'opened', ok };
      case 'change-pin':
        this.trace.push(`change-pin ${effect.pin}`);
        return { type: 'pin-changed', outcome: ok ? 'ok' : 'failed' };
      case 'ask': {
        this.requests.push(effect.request);
        this.trace.push(`ask ${effect.request.kind}`);
        const answer = this.#world.answer?.(effect.request) ?? goodAnswers[effect.request.kind] ?? null;
        return { type: 'answered', kind: effect.request.kind, answer: ok ? answer : null } as unknown as FlowInput;
      }
      default:
        this.trace.push('kind' in effect && effect.kind !== undefined ? `${effect.type} ${effect.kind}` : effect.type);
        return { type: 'stored', ok };
    }
  }

  #listing(category: 'new' | 'old' | 'saved' | 'deleted'): Extract<FlowInput, { type: 'listed' }>['listing'] {
    const messages = (this.#world.messages ?? []).map((one) => ({ ...one, state: this.marks.get(one.id) ?? one.state }));
    const count = (wanted: string): number => messages.filter(({ state }) => (wanted === 'new' ? isNew(state) : state === wanted)).length;
    return { counts: { new: count('new'), old: count('old'), saved: count('saved') }, messages: messages.filter(({ state }) => (category === 'new' ? isNew(state) : state === category)) };
  }
}

/** Prompts by their ids, other things by what they are; pauses are not told. */
function words(phrase: Phrase): string[] {
  if ('say' in phrase) return [phrase.say];
  if ('message' in phrase) return [`message ${phrase.message.id}`];
  if ('recordedGreeting' in phrase) return [`greeting ${phrase.recordedGreeting}`];
  if ('nameOf' in phrase) return [`name ${phrase.nameOf}`];
  if ('count' in phrase) return [`${phrase.of} ${phrase.count}`];
  if ('number' in phrase) return [`number ${phrase.number}`];
  if ('digits' in phrase) return [`digits ${phrase.digits}`];
  if ('pauseMs' in phrase) return [];
  return [Object.keys(phrase)[0] as string];
}
