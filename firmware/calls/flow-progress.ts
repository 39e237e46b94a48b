import type { MonotonicMs } from '../../hal/clock.ts';
import type { FlowEffect, FlowInput, StoreEffect } from '../callflow/flow.ts';
import { isAnswer } from '../callflow/flow.ts';

export type { StoreEffect } from '../callflow/flow.ts';

type Effect<Type extends FlowEffect['type']> = Extract<FlowEffect, { type: Type }>;

/**
 * What a flow has asked for and is not done: what plays, waits, records and is under way in the store. So another unit can ask for it anew.
 * Bounded by what flows do: one play, one recording, a timer per name, one request of the store at a time.
 */
export class FlowProgress {
  readonly #timers = new Map<string, { readonly dueMs: MonotonicMs }>();
  readonly #store: StoreEffect[] = [];
  #play: { readonly effect: Effect<'play'>; readonly sinceMs: MonotonicMs; movedMs: number; pausedMs: number | null } | null = null;
  #record: Effect<'record'> | null = null;
  #stopping = false;

  /** `effect` is being carried out. `playedMs`: what of a play was heard before. */
  asked(effect: FlowEffect, nowMs: MonotonicMs, playedMs = 0): void {
    switch (effect.type) {
      case 'play':
        this.#unarm();
        this.#play = { effect, sinceMs: nowMs, movedMs: playedMs, pausedMs: null };
        return;
      case 'stop-play':
        this.#unarm();
        this.#play = null;
        return;
      case 'seek':
        if (this.#play !== null) this.#play.movedMs = Math.max(this.#play.sinceMs - nowMs, this.#play.movedMs + effect.deltaMs);
        return;
      case 'pause':
        return this.#pause(effect.paused, nowMs);
      case 'speed':
        return;
      case 'record':
        [this.#record, this.#stopping] = [effect, false];
        return;
      case 'stop-record':
        this.#unarm();
        this.#stopping = this.#record !== null;
        return;
      case 'timer':
        this.#timers.set(effect.name, { dueMs: (nowMs + effect.ms) as MonotonicMs });
        return;
      case 'cancel-timer':
        this.#timers.delete(effect.name);
        return;
      case 'hang-up':
      case 'become-collect':
      case 'become-queue':
      case 'speak-language':
      case 'done':
        return;
      default:
        this.#store.push(effect);
    }
  }

  /** What was to be recorded after it never begins, or had begun before that was known: either way its end is waited for. */
  #unarm(): void {
    if (this.#play?.effect.then === undefined) return;
    const { phrases, bargeIn, then } = this.#play.effect;
    [this.#record, this.#stopping] = [{ type: 'record', ...then }, true];
    this.#play = { ...this.#play, effect: { type: 'play', phrases, bargeIn } };
  }

  /** What stands still is not heard. */
  #pause(paused: boolean, nowMs: number): void {
    const play = this.#play;
    if (play === null || paused === (play.pausedMs !== null)) return;
    if (play.pausedMs !== null) play.movedMs -= nowMs - play.pausedMs;
    play.pausedMs = paused ? nowMs : null;
  }

  /** `input` is about to be told to the flow. */
  happened(input: FlowInput): void {
    if (isAnswer(input)) this.#store.shift();
    else if (input.type === 'played' || input.type === 'unplayable') this.#heard();
    else if (input.type === 'digit' && this.#play?.effect.bargeIn === true) this.#play = null;
    else if (input.type === 'recorded') this.#recorded();
    else if (input.type === 'timer') this.#timers.delete(input.name);
  }

  #recorded(): void {
    this.#unarm();
    this.#record = null;
  }

  #heard(): void {
    const then = this.#play?.effect.then;
    if (then !== undefined) [this.#record, this.#stopping] = [{ type: 'record', ...then }, false];
    this.#play = null;
  }

  /** To be asked for anew, in this order. */
  effects(nowMs: MonotonicMs): readonly FlowEffect[] {
    return [
      ...this.#store,
      ...(this.#record === null ? [] : [this.#record]),
      ...(this.#record !== null && this.#stopping ? [{ type: 'stop-record' } as const] : []),
      ...(this.#play === null ? [] : [this.#play.effect]),
      ...[...this.#timers].map(([name, { dueMs }]) => ({ type: 'timer', name, ms: Math.max(0, Math.round(dueMs - nowMs)) }) as const),
    ];
  }

  /** How much of what plays has been heard, at most. */
  playedMs(nowMs: MonotonicMs): number {
    if (this.#play === null) return 0;
    const { sinceMs, movedMs, pausedMs } = this.#play;
    return Math.max(0, Math.round((pausedMs ?? nowMs) - sinceMs + movedMs));
  }
}
