import type { Log } from '../log.ts';
import type { Says } from '../witness/lease.ts';
import { noWitness, type WitnessView } from './role.ts';

/** Reports without an answer after which the witness is taken for silent. */
const missedAnswers = 3;
const marginMs = 25;
/** A silence is told when it has lasted so long: a few lost answers are no news. */
const toldAfterMs = 3000;

const waiting: WitnessView = { says: 'wait', epoch: 0 };
const ours: WitnessView = { says: 'yours', epoch: 0 };

/** What the witness said last, and whether it still counts. */
export class WitnessEar {
  answers = 0;
  readonly #log: Log;
  readonly #place: string;
  readonly #changed: () => void;
  #says: Says | null = null;
  #view: WitnessView = waiting;
  #heardMs: number | null = null;
  /** Since when it is asked at this pace. */
  #askedMs = 0;
  #paceMs = 0;
  /** Answers to reports up to this one are about what was before. */
  #old = 0;
  #silent = false;
  #silentSinceMs: number | null = null;
  #told = false;

  constructor(log: Log, place: string, changed: () => void) {
    this.#log = log;
    this.#place = place;
    this.#changed = changed;
  }

  get view(): WitnessView {
    return this.#view;
  }

  /** null: nothing yet. */
  get says(): Says | null {
    return this.#says;
  }

  get heardMs(): number | null {
    return this.#heardMs;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** The partner is missed from now on: only answers to what is asked after `sequence` count. */
  askAnew(sequence: number, nowMs: number): void {
    this.#old = sequence;
    this.#askedMs = nowMs;
    if (!this.#silent) this.#see(waiting);
  }

  hear(says: Says, epoch: number, sequence: number, nowMs: number): void {
    this.answers++;
    this.#says = says;
    this.#heardMs = nowMs;
    this.#silent = false;
    this.#silentSinceMs = null;
    if (this.#told) this.#log.write('notice', 'pair-witness-heard', `The witness ${this.#place} answers again: it grants takeovers from now on.`);
    this.#told = false;
    if (sequence > this.#old) this.#see(viewOf(says, epoch));
  }

  /** To be called before each report; `paceMs` until the next. */
  look(nowMs: number, paceMs: number): void {
    if (paceMs !== this.#paceMs) this.#askedMs = nowMs;
    this.#paceMs = paceMs;
    const silentMs = nowMs - Math.max(this.#heardMs ?? -Infinity, this.#askedMs);
    if (silentMs < missedAnswers * paceMs + marginMs) return;
    this.#silent = true;
    this.#silentSinceMs ??= nowMs;
    this.#see(noWitness);
    if (this.#told || nowMs - this.#silentSinceMs < toldAfterMs) return;
    this.#told = true;
    const advice = this.answers === 0 ? ' It has never answered: look whether address, port, name and secret are those of the witness.' : '';
    this.#log.write('warning', 'pair-witness-lost', `The witness ${this.#place} does not answer: takeovers go by the references alone.${advice}`);
  }

  #see(view: WitnessView): void {
    if (view.says === this.#view.says && view.epoch === this.#view.epoch) return;
    this.#view = view;
    this.#changed();
  }
}

function viewOf(says: Says, epoch: number): WitnessView {
  switch (says) {
    case 'learning':
      return noWitness;
    case 'yours':
      return ours;
    case 'theirs':
      return { says: 'theirs', epoch };
    case 'free':
    case 'asking':
      return waiting;
  }
}
