import { HalError } from '../../hal/errors.ts';
import type { CallOutCall, CallOutWish } from '../calls/call-out.ts';
import { outgoingRule } from '../calls/outgoing-rules.ts';
import type { BudgetLedger } from './budget-ledger.ts';
import type { NotifyParts } from './notify-parts.ts';

/** Types of calls with a limit of their own; they are not counted against the ports of any class. */
export type OutgoingType = 'outcall' | 'callback' | 'alarm';

export interface OutgoingWish {
  readonly type: OutgoingType;
  readonly number: string;
  /** For whose budget; null = nobody's. */
  readonly mailbox: string | null;
  readonly ringMs: number;
  readonly language: string | null;
  readonly flow: CallOutWish['flow'];
}

/**
 * heard: what the hearer did, as the flow told it. unanswered: also who did nothing. not-placed: the rules, the budget, a network or a port
 * that was not to be had.
 */
export type OutgoingResult = { readonly kind: 'heard'; readonly what: 'reached' | 'stop' | 'cancelled' } | { readonly kind: 'answered' | 'unanswered' | 'not-placed'; readonly why: string };

export interface OutgoingRow {
  readonly type: OutgoingType;
  readonly number: string;
  readonly mailbox: string | null;
  /** null = it waits. */
  readonly call: string | null;
}

interface Waiting {
  readonly wish: OutgoingWish;
  readonly done: (result: OutgoingResult) => void;
}

/** Calls that wait for their turn, of all types together. */
const mostWaiting = 64;
/** A port that is not free is asked for again. */
const portPauseMs = 5000;
const portTries = 24;

/** The one place that places calls which the unit makes by itself: rules, budgets, limits, and silence on a standby. */
export class OutgoingDesk {
  readonly #parts: NotifyParts;
  readonly #ledger: BudgetLedger;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<OutgoingWish, CallOutCall | null>();
  readonly #heard = new Map<string, 'reached' | 'stop' | 'cancelled'>();
  #stopped = false;

  constructor(parts: NotifyParts, ledger: BudgetLedger) {
    this.#parts = parts;
    this.#ledger = ledger;
  }

  /** Whether the number may be called at all. */
  allows(number: string): boolean {
    return outgoingRule(this.#parts.settings(), number) !== 'forbidden';
  }

  /** Never rejects. Resolves when the call is over, or will not be. */
  place(wish: OutgoingWish): Promise<OutgoingResult> {
    if (!this.allows(wish.number)) return this.#refused(wish, `${wish.number} may not be called: no pattern of outgoing.allow covers it, and no mailbox has it; or it is an emergency number`);
    if (this.#limit(wish.type) === 0) return this.#refused(wish, `calls of this type are off: outgoing.${limits[wish.type]} is 0`);
    if (this.#waiting.length >= mostWaiting) return this.#refused(wish, `${mostWaiting} calls wait already`);
    return new Promise((done) => {
      this.#waiting.push({ wish, done });
      this.#next();
    });
  }

  /** A flow tells what the hearer of its call did. */
  heard(call: string, what: 'reached' | 'stop' | 'cancelled'): void {
    if ([...this.#running.values()].some((one) => one?.id === call)) this.#heard.set(call, what);
  }

  rows(): readonly OutgoingRow[] {
    const row = ({ type, number, mailbox }: OutgoingWish, call: string | null): OutgoingRow => ({ type, number, mailbox, call });
    return [...[...this.#running].map(([wish, call]) => row(wish, call?.id ?? null)), ...this.#waiting.map(({ wish }) => row(wish, null))];
  }

  /** The unit does not serve any more: what waits is not placed, what stands is ended. */
  silence(text: string): void {
    for (const { done } of this.#waiting.splice(0)) done({ kind: 'not-placed', why: text });
    for (const call of this.#running.values()) call?.hangUp(text);
  }

  stop(): void {
    this.#stopped = true;
    this.silence('the unit stops');
  }

  #next(): void {
    const at = this.#waiting.findIndex(({ wish }) => this.#count(wish.type) < this.#limit(wish.type));
    const found = at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
    if (found === undefined) return;
    this.#running.set(found.wish, null);
    void this.#call(found.wish)
      .catch((error: unknown) => (error instanceof HalError ? this.#refused(found.wish, error.message) : Promise.reject(error)))
      .catch((error: unknown): OutgoingResult => ({ kind: 'not-placed', why: String(error) }))
      .then((result) => {
        this.#running.delete(found.wish);
        found.done(result);
        this.#next();
      });
    this.#next();
  }

  async #call(wish: OutgoingWish): Promise<OutgoingResult> {
    const { settings, clock, callOut } = this.#parts;
    const { outgoing, unit } = settings();
    if (outgoingRule(settings(), wish.number) === 'outside' && !(await this.#ledger.spend(outgoing, wish.mailbox, clock.wall(), unit.timeZone))) {
      return this.#refused(wish, `the calls to numbers outside for today are spent (outgoing.mostPerDay ${outgoing.mostPerDay}, mostPerMailboxPerDay ${outgoing.mostPerMailboxPerDay})`);
    }
    for (let tries = 1; this.#mayCall(); tries++) {
      const call = await callOut({ ...wish, via: outgoing.peer });
      if (call !== null) return this.#follow(wish, call);
      if (tries >= portTries) return this.#refused(wish, 'no port became free');
      await new Promise<void>((resolve) => clock.after('outgoing-port', portPauseMs, resolve));
    }
    return { kind: 'not-placed', why: 'the unit does not serve' };
  }

  async #follow(wish: OutgoingWish, call: CallOutCall): Promise<OutgoingResult> {
    this.#running.set(wish, call);
    if (!this.#mayCall()) call.hangUp('the unit does not serve any more');
    const end = await call.ended;
    const what = this.#heard.get(call.id);
    this.#heard.delete(call.id);
    if (what !== undefined) return { kind: 'heard', what };
    return { kind: end.answered ? 'answered' : 'unanswered', why: end.text };
  }

  #mayCall(): boolean {
    return !this.#stopped && this.#parts.serves();
  }

  #count(type: OutgoingType): number {
    return [...this.#running.keys()].filter((wish) => wish.type === type).length;
  }

  #limit(type: OutgoingType): number {
    return this.#parts.settings().outgoing[limits[type]];
  }

  async #refused({ type, number, mailbox }: OutgoingWish, why: string): Promise<OutgoingResult> {
    this.#parts.log.write('warning', 'call-not-placed', `A call to ${number} (${type}) was not placed: ${why}.`, { mailbox });
    return { kind: 'not-placed', why };
  }
}

const limits = { outcall: 'outcalls', callback: 'callbacks', alarm: 'alarms' } as const;
