export interface QueueCounters {
  readonly arrived: number;
  readonly answered: number;
  readonly left: number;
  readonly overflowed: number;
}

const none: QueueCounters = { arrived: 0, answered: 0, left: 0, overflowed: 0 };

/** What has become of the callers of each queue since the start. */
export class QueueCounts {
  readonly #counters = new Map<string, QueueCounters>();

  of(queue: string): QueueCounters {
    return this.#counters.get(queue) ?? none;
  }

  add(queue: string, what: keyof QueueCounters): void {
    const before = this.of(queue);
    this.#counters.set(queue, { ...before, [what]: before[what] + 1 });
  }
}
