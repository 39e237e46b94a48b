import type { PartnerView } from './role.ts';

export interface Way {
  /** Every so many of the partner's beats one goes this way. */
  readonly every: number;
  /** The network tells when nothing listens at its end; a serial line does not. */
  readonly refuses: boolean;
}

export interface WatchOptions {
  readonly ways: readonly Way[];
  readonly beatMs: number;
  readonly misses: number;
}

/** What `show link` prints of one path. */
export interface PathStatistics {
  readonly up: boolean;
  /** Since the last beat that counted; null = there was none. */
  readonly silentMs: number | null;
  readonly received: number;
  /** Beats that came on no account between two that came, out of all the partner sent meanwhile. */
  readonly lost: number;
  readonly longestGapMs: number;
  readonly carrier: boolean;
}

interface Path {
  readonly way: Way;
  heardMs: number | null;
  received: number;
  lost: number;
  sequence: number;
  longestGapMs: number;
  carrier: boolean;
  refused: boolean;
}

/** A look that comes later than this part of the dead time means that this thread itself did not run. */
const latePart = 4;
/** Own pauses in a row for which a silent partner is given another dead time: a receiver that pauses for ever must not wait for ever. */
const maxGrants = 4;
/** A refusal (ICMP port unreachable, which anybody can forge) counts only when no beat has come for so many beats. */
const refusedAfterBeats = 4;

/**
 * Is the partner there? Looked at once a beat, in milliseconds of this thread's monotonic clock, whatever its origin.
 *
 *   alive ── half the dead time silent ──> suspect ── the dead time silent on all paths ──> dead
 *     └── carrier lost or refused on each path that is not silent ──> dead, refused           └── a beat ──> alive
 *         (where one path is refused, a serial line that has missed as many beats is taken for refused too)
 *     └── goodbye ──> goodbye
 *
 * Own deafness: while this thread does not run it hears nothing, and its timers fire before its sockets are read. So a look
 * that is late by more than a quarter of the dead time gives the partner one whole dead time from now.
 */
export class PartnerWatch {
  readonly #paths: Path[];
  readonly #options: WatchOptions;
  #deadMs: number;
  #life: PartnerView['life'] = 'unheard';
  #lookedMs: number | null = null;
  #heardMs = 0;
  #graceUntilMs = -Infinity;
  #grants = 0;
  #pauses = 0;
  #deaths = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#deadMs = options.beatMs * options.misses;
    this.#paths = options.ways.map((way) => ({ way, heardMs: null, received: 0, lost: 0, sequence: 0, longestGapMs: 0, carrier: true, refused: false }));
  }

  get life(): PartnerView['life'] {
    return this.#life;
  }

  /** Since the last beat on any path. */
  silentMs(nowMs: number): number {
    return nowMs - this.#heardMs;
  }

  get counters(): { readonly pauses: number; readonly deaths: number } {
    return { pauses: this.#pauses, deaths: this.#deaths };
  }

  /** A beat that counts. `beatMs`: as the partner has it; where the two disagree, the slower decides when it is dead. */
  heard(index: number, nowMs: number, beat: { readonly sequence: number; readonly goodbye: boolean; readonly beatMs: number; readonly fresh: boolean }): void {
    const path = this.#paths[index] as Path;
    if (beat.fresh) for (const one of this.#paths) one.sequence = 0;
    count(path, beat.sequence, nowMs);
    path.carrier = true;
    path.refused = false;
    this.#heardMs = nowMs;
    this.#grants = 0;
    this.#graceUntilMs = -Infinity;
    this.#deadMs = Math.max(this.#options.beatMs, beat.beatMs) * this.#options.misses;
    this.#life = beat.goodbye ? 'goodbye' : 'alive';
  }

  refused(index: number): void {
    (this.#paths[index] as Path).refused = true;
  }

  carrier(index: number, up: boolean): void {
    const path = this.#paths[index];
    if (path !== undefined) path.carrier = up;
  }

  /** To be called once a beat, and when `refused` or `carrier` has told something. */
  look(nowMs: number): void {
    this.#noticeOwnPause(nowMs);
    this.#lookedMs = nowMs;
    if (this.#life !== 'alive' && this.#life !== 'suspect') return;
    const verdict = this.#verdict(nowMs);
    if (verdict === 'dead' || verdict === 'refused') this.#deaths++;
    this.#life = verdict;
  }

  statistics(nowMs: number): PathStatistics[] {
    return this.#paths.map((path) => {
      const silentMs = path.heardMs === null ? null : nowMs - path.heardMs;
      return {
        up: silentMs !== null && silentMs < this.#deadMs && path.carrier,
        silentMs,
        received: path.received,
        lost: path.lost,
        longestGapMs: Math.max(path.longestGapMs, silentMs ?? 0),
        carrier: path.carrier,
      };
    });
  }

  #verdict(nowMs: number): PartnerView['life'] {
    if (nowMs < this.#graceUntilMs) return 'suspect';
    const silentMs = nowMs - this.#heardMs;
    const refused = this.#paths.some((path) => path.refused && this.#missedBeats(path, nowMs) >= refusedAfterBeats);
    const ended = this.#paths.map((path) => this.#ended(path, nowMs, refused));
    if (!ended.includes(null)) return ended.includes('refused') ? 'refused' : 'dead';
    return silentMs * 2 >= this.#deadMs ? 'suspect' : 'alive';
  }

  /** Why nothing more is to be expected on the path now; null = something is. */
  #ended(path: Path, nowMs: number, refused: boolean): 'dead' | 'refused' | null {
    const told = path.refused || (refused && !path.way.refuses);
    if (told && this.#missedBeats(path, nowMs) >= refusedAfterBeats) return 'refused';
    return !path.carrier || nowMs - (path.heardMs ?? -Infinity) >= this.#deadMs ? 'dead' : null;
  }

  #missedBeats({ heardMs, way }: Path, nowMs: number): number {
    return (nowMs - (heardMs ?? -Infinity)) / (way.every * this.#options.beatMs);
  }

  #noticeOwnPause(nowMs: number): void {
    if (this.#lookedMs === null || nowMs - this.#lookedMs <= Math.max(this.#deadMs / latePart, 2 * this.#options.beatMs)) return;
    this.#pauses++;
    if (this.#life !== 'alive' && this.#life !== 'suspect') return;
    if (this.#grants++ < maxGrants) this.#graceUntilMs = nowMs + this.#deadMs;
  }
}

function count(path: Path, sequence: number, nowMs: number): void {
  if (path.sequence > 0 && sequence > path.sequence) path.lost += Math.max(0, Math.round((sequence - path.sequence) / path.way.every) - 1);
  path.sequence = sequence;
  if (path.heardMs !== null) path.longestGapMs = Math.max(path.longestGapMs, nowMs - path.heardMs);
  path.heardMs = nowMs;
  path.received++;
}
