import { ArrivalModeration, lookEveryMs } from './arrival-moderation.ts';
import { EpollSet } from './epoll-set.ts';
import type { Libc } from './libc.ts';
import type { Koffi } from './native.ts';

/** Rounds of one look: a descriptor on which more waits has the rest taken at the next look, so that a flood leaves room for timers. */
const roundsPerLook = 4;

/** An `EpollSet` for sockets with much traffic: few packets wake Node's loop, many are fetched every 5 ms. */
export class ModeratedSet {
  readonly #set: EpollSet;
  readonly #moderation = new ArrivalModeration();
  /** One for good, wound up again: a timer per look would be an allocation per look. Null while packets wake. */
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** Throws too-many-open. `readable` is called once for each readable descriptor, with its number. */
  constructor(koffi: Koffi, libc: Libc, readable: (number: number) => void) {
    this.#set = new EpollSet(koffi, libc, readable, () => this.#woke());
  }

  /** Packets are fetched by the clock now, not by each one's arrival. */
  get looking(): boolean {
    return this.#timer !== null;
  }

  /** Rises with each turn in which descriptors are served. */
  get turn(): number {
    return this.#set.turns;
  }

  add(fd: number, number: number): void {
    this.#set.add(fd, number);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#set.close();
  }

  #woke(): void {
    if (this.#closed || this.#timer !== null || !this.#moderation.woke(performance.now())) return;
    this.#set.wakes(false);
    this.#timer = setTimeout(() => this.#look(), lookEveryMs);
  }

  #look(): void {
    let packets = 0;
    for (let round = 0; round < roundsPerLook && !this.#closed; round++) {
      const found = this.#set.take();
      packets += found;
      if (found === 0) break;
    }
    if (this.#closed) return;
    if (this.#moderation.looked(packets)) {
      this.#timer = null;
      this.#set.wakes(true);
    } else this.#timer?.refresh(); // only now: a look that took longer than its period must not be followed by the next one without a turn of the loop
  }
}
