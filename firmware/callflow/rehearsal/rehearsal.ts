import type { RecordingEnd, RecordPlan, Flow, FlowEffect, FlowInput, FlowState } from '../flow.ts';
import type { Language } from '../language/language.ts';
import type { RequestKind } from '../requests/requests.ts';
import { wordsOf } from './phrase-words.ts';
import { askedWords, rehearsedAnswer } from './rehearsed-answers.ts';

export interface RehearsalParts {
  readonly flow: Flow<FlowState>;
  readonly language: Language;
  /** What the caller hears, and what the unit is asked to do, as it happens. */
  tell(line: string): void;
  /** Answers to what flows ask of the unit; null = it cannot be done here. */
  request?(kind: RequestKind, ask: unknown): unknown;
}

/** Inputs in a row that nobody gave: more is a flow that never comes to rest. */
const mostInputs = 2000;

/**
 * A flow without a telephone: whatever is played is heard to its end at once, whatever is asked of the store is answered at once, and time passes
 * only when the caller waits. Keys are pressed when nothing plays.
 */
export class Rehearsal {
  readonly #parts: RehearsalParts;
  readonly #timers = new Map<string, number>();
  #state: FlowState;
  #nowMs = 0;
  #plays = false;
  /** What is recorded when that has been heard. */
  #then: RecordPlan | null = null;
  #record: { readonly sinceMs: number; readonly plan: RecordPlan } | null = null;
  #inputs: FlowInput[] = [];
  #over = false;

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
    this.#state = parts.flow.initial;
  }

  get over(): boolean {
    return this.#over;
  }

  get state(): FlowState {
    return this.#state;
  }

  /** Since the start. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get records(): boolean {
    return this.#record !== null;
  }

  start(): void {
    this.#run({ type: 'start' });
  }

  key(digit: string): void {
    if (this.#over) return;
    this.#run({ type: 'digit', digit });
    if (this.#record?.plan.stopDigits.includes(digit) === true) this.#recorded('digit');
  }

  faxTone(): void {
    this.#run({ type: 'fax-tone' });
  }

  hangUp(): void {
    if (!this.#over) this.#run({ type: 'hung-up' });
  }

  /** Time passes; who is being recorded speaks all the while. */
  wait(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#nextMs(); !this.#over && next !== null && next <= untilMs; next = this.#nextMs()) this.#passTo(next);
    this.#nowMs = untilMs;
  }

  /** To the next moment at which something happens by itself; false: nothing would. */
  waitOn(): boolean {
    const next = this.#over ? null : this.#nextMs();
    if (next !== null) this.#passTo(next);
    return next !== null;
  }

  #nextMs(): number | null {
    const dues = [...this.#timers.values()];
    if (this.#record !== null) dues.push(this.#record.sinceMs + this.#record.plan.maxMs);
    return dues.length === 0 ? null : Math.min(...dues);
  }

  #passTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
    const timer = [...this.#timers].find(([, dueMs]) => dueMs <= this.#nowMs);
    if (timer === undefined) return this.#recorded('max');
    this.#timers.delete(timer[0]);
    this.#run({ type: 'timer', name: timer[0] });
  }

  #recorded(end: RecordingEnd): void {
    if (this.#record === null) return;
    const recordedMs = this.#nowMs - this.#record.sinceMs;
    this.#record = null;
    this.#parts.tell(`(you have spoken for ${(recordedMs / 1000).toFixed(1)} s)`);
    this.#run({ type: 'recorded', end, recordedMs, trailingSilenceMs: 0 });
  }

  #run(input: FlowInput): void {
    this.#inputs.push(input);
    for (let count = 0; !this.#over; count += 1) {
      const next = this.#inputs.shift() ?? this.#heard();
      if (next === null) return;
      if (count >= mostInputs) return this.#stuck();
      const step = this.#parts.flow.step(this.#state, next);
      this.#state = step.state;
      for (const effect of step.effects) this.#execute(effect);
    }
  }

  #heard(): FlowInput | null {
    if (!this.#plays) return null;
    this.#plays = false;
    if (this.#then !== null) this.#begin(this.#then);
    return { type: 'played' };
  }

  #begin(plan: RecordPlan): void {
    this.#then = null;
    this.#record = { sinceMs: this.#nowMs, plan };
    this.#parts.tell('(you are being recorded)');
  }

  #stuck(): void {
    this.#parts.tell('(the flow goes on and on without waiting for anybody; the rehearsal ends)');
    this.#over = true;
  }

  #execute(effect: FlowEffect): void {
    const { tell, language } = this.#parts;
    switch (effect.type) {
      case 'play':
        this.#plays = true;
        this.#then = effect.then ?? null;
        return tell(wordsOf(effect.phrases, language));
      case 'stop-play':
        this.#plays = false;
        return;
      case 'seek':
      case 'pause':
      case 'speed':
        return;
      case 'record':
        return this.#begin(effect);
      case 'stop-record':
        return this.#stopRecord();
      case 'timer':
        return void this.#timers.set(effect.name, this.#nowMs + effect.ms);
      case 'cancel-timer':
        return void this.#timers.delete(effect.name);
      case 'speak-language':
        return tell(`(from now on it speaks ${effect.code ?? "the unit's language"})`);
      case 'hang-up':
        return tell(`(the call ends: ${effect.text})`);
      case 'become-collect':
        tell(`(the owner of mailbox ${effect.mailbox} logs in: here the rehearsal ends)`);
        this.#over = true;
        return;
      case 'become-queue':
        tell(`(the caller waits in queue ${effect.queue}: here the rehearsal ends)`);
        this.#over = true;
        return;
      case 'done':
        this.#over = true;
        return;
      default:
        if (effect.type === 'ask') tell(`(the unit is asked to ${askedWords(effect)})`);
        this.#inputs.push(rehearsedAnswer(effect, (kind, ask) => this.#parts.request?.(kind, ask) ?? null));
    }
  }

  /** The recorder answers. */
  #stopRecord(): void {
    if (this.#record === null && this.#then === null) return;
    const recordedMs = this.#nowMs - (this.#record?.sinceMs ?? this.#nowMs);
    [this.#record, this.#then] = [null, null];
    this.#inputs.push({ type: 'recorded', end: 'stopped', recordedMs, trailingSilenceMs: 0 });
  }
}
