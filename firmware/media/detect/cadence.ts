/** Cadences: what sounded for how long, and whether that is a tone of the zone (ITU-T E.180 section 5). */
import type { LineTone } from '../../../hal/line.ts';
import type { TonePattern } from './tone-notation.ts';

const tolerance = 0.15;
/** Edges are known to 20 ms, so short times may be this far off. */
const leastToleranceMs = 30;
const remembered = 16;

/** The last runs of one class, each ended by another. */
export class RunHistory {
  readonly #classes = new Int8Array(remembered);
  readonly #ms = new Int32Array(remembered);
  #next = 0;
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  push(soundClass: number, ms: number): void {
    this.#classes[this.#next] = soundClass;
    this.#ms[this.#next] = ms;
    this.#next = (this.#next + 1) % remembered;
    this.#count = Math.min(remembered, this.#count + 1);
  }

  /** Takes back the last run: it goes on. */
  pop(): void {
    this.#next = (this.#next + remembered - 1) % remembered;
    this.#count = Math.max(0, this.#count - 1);
  }

  get count(): number {
    return this.#count;
  }

  /** `back` = 0: the last. */
  classAt(back: number): number {
    return this.#classes[(this.#next + remembered - 1 - back) % remembered] ?? 0;
  }

  msAt(back: number): number {
    return this.#ms[(this.#next + remembered - 1 - back) % remembered] ?? 0;
  }
}

export class Cadence {
  readonly tone: LineTone;
  readonly #classes: Int8Array;
  readonly #ms: Int32Array;
  readonly #runs: number;

  /** `classes`: of the segments that repeat. */
  constructor(tone: LineTone, classes: readonly number[], ms: readonly number[]) {
    const [joinedClasses, joinedMs] = joinAlike(classes, ms);
    this.tone = tone;
    this.#classes = Int8Array.from(joinedClasses);
    this.#ms = Int32Array.from(joinedMs);
    this.#runs = Math.min(remembered, joinedMs.length * periodsOf(joinedMs.reduce((sum, value) => sum + value, 0)));
  }

  /** Whether the last runs are as many periods as are asked for, beginning anywhere in one. */
  matches(history: RunHistory): boolean {
    if (history.count < this.#runs) return false;
    for (let start = 0; start < this.#ms.length; start++) if (this.#matchesFrom(start, history)) return true;
    return false;
  }

  #matchesFrom(start: number, history: RunHistory): boolean {
    for (let run = 0; run < this.#runs; run++) {
      const segment = (start + run) % this.#ms.length;
      const back = this.#runs - 1 - run;
      if (history.classAt(back) !== this.#classes[segment] || !isNear(history.msAt(back), this.#ms[segment] ?? 0)) return false;
    }
    return true;
  }

  /** Whether a run that has lasted `ms` by now can be part of it. */
  allows(soundClass: number, ms: number): boolean {
    for (let segment = 0; segment < this.#ms.length; segment++) {
      if (this.#classes[segment] === soundClass && ms <= (this.#ms[segment] ?? 0) * (1 + tolerance) + 2 * leastToleranceMs) return true;
    }
    return false;
  }

  /** Longest time for which a class sounds without a break; 0 = never. */
  longest(soundClass: number): number {
    return this.#ms.reduce((most, ms, segment) => (this.#classes[segment] === soundClass ? Math.max(most, ms) : most), 0);
  }
}

/** Short cadences must be heard more often: two to four seconds and a half in all. */
const periodsOf = (ms: number): number => (ms < 1200 ? 3 : ms < 2000 ? 2 : 1);

function isNear(ms: number, expected: number): boolean {
  return Math.abs(ms - expected) <= Math.max(leastToleranceMs, tolerance * expected);
}

/** Segments of one class that follow each other are one run. */
function joinAlike(classes: readonly number[], ms: readonly number[]): [number[], number[]] {
  const joined: [number[], number[]] = [[], []];
  for (const [segment, soundClass] of classes.entries()) {
    const last = joined[0].length - 1;
    if (joined[0][last] === soundClass) joined[1][last] = (joined[1][last] ?? 0) + (ms[segment] ?? 0);
    else {
      joined[0].push(soundClass);
      joined[1].push(ms[segment] ?? 0);
    }
  }
  return joined;
}

/** The cadence of a pattern; null where it has none: a tone without end, or one that does not repeat. */
export function cadenceOf(tone: LineTone, pattern: TonePattern, classes: readonly number[]): Cadence | null {
  const ms = pattern.repeated.map((segment) => segment.ms);
  return ms.length < 2 || ms.includes(Infinity) ? null : new Cadence(tone, classes.slice(pattern.once.length), ms);
}
