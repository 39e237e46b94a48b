import type { Beat } from './beat.ts';

/** Why a datagram was not taken for a sign of life. */
export type BeatRefusal =
  | 'malformed'
  | 'foreign-key'
  /** Our own, thrown back by the network. */
  | 'reflected'
  /** Does not echo this incarnation: from before one of the two started, or recorded then. */
  | 'not-for-us'
  /** Not newer than what came on this path, or far older than what came on another. */
  | 'replayed'
  /** More in one beat's time than are looked at. */
  | 'too-many';

/** Restarts of the partner that are remembered. */
const maxOver = 256;

/**
 * Tells beats that prove life from those that only look like it. A recorded beat proves nothing: it echoes an incarnation that
 * is over, or its sequence was there before.
 *
 *   A ── incarnation a, echo 0 ──> B        B knows of a, which may be a recording
 *   A <── incarnation b, echo a ── B        A believes: whoever made this has the key and has heard a, which is new
 *   A ── incarnation a, echo b ──> B        B believes
 */
export class BeatJudge {
  readonly #own: bigint;
  readonly #window: number;
  readonly #newest: number[];
  #highest = 0;
  /** The incarnation whose beats have echoed ours. */
  #proven = 0n;
  /** Another that came since: the partner after a restart, or a recording. */
  #candidate = 0n;
  #turn = false;
  /** Incarnations that were believed and replaced; a recording of them would have our echo in it. Oldest first. */
  readonly #over = new Set<bigint>();

  /** `window`: a path may lag behind the others by so many beats; what is older is a recording played on another path. */
  constructor(own: bigint, paths: number, window: number) {
    this.#own = own;
    this.#window = window;
    this.#newest = new Array<number>(paths).fill(0);
  }

  judge(beat: Beat, path: number): BeatRefusal | null {
    if (beat.incarnation === this.#own) return 'reflected';
    if (this.#over.has(beat.incarnation)) return 'replayed';
    if (beat.incarnation !== this.#proven) this.#candidate = beat.incarnation;
    if (beat.echo !== this.#own) return 'not-for-us';
    if (beat.incarnation !== this.#proven) this.#believe(beat.incarnation);
    if (beat.sequence <= (this.#newest[path] as number) || beat.sequence <= this.#highest - this.#window) return 'replayed';
    this.#newest[path] = beat.sequence;
    this.#highest = Math.max(this.#highest, beat.sequence);
    return null;
  }

  /** What the next beat echoes. While there is a candidate, both have their turn: half of the beats keep either one alive. */
  echo(): bigint {
    if (this.#candidate === 0n) return this.#proven;
    this.#turn = !this.#turn;
    return this.#turn || this.#proven === 0n ? this.#candidate : this.#proven;
  }

  get partner(): bigint {
    return this.#proven;
  }

  #believe(incarnation: bigint): void {
    if (this.#proven !== 0n) this.#over.add(this.#proven);
    for (const oldest of this.#over) if (this.#over.size > maxOver) this.#over.delete(oldest);
    this.#proven = incarnation;
    this.#candidate = 0n;
    this.#highest = 0;
    this.#newest.fill(0);
  }
}
