import type { RunningUnit } from '../support/peers/running-unit.ts';
import { sleep } from '../support/peers/program.ts';
import type { ObservedDisk } from './logged-disk.ts';

const everyMs = 20;

/** The length of the write log at a time of the monotonic clock; never shorter than it was then. */
export interface Moment {
  readonly atMs: number;
  readonly logBytes: number;
}

/** Watches a unit at work: how its disk's log grows, and when it says of which message that it is stored. */
export class UnitWatch {
  readonly moments: Moment[] = [];
  /** By id; a little later than the unit knew. */
  readonly stored = new Map<string, Moment>();
  /** The longest that the machine kept this watch from looking. */
  latestMs = 0;
  readonly #unit: RunningUnit;
  readonly #disk: ObservedDisk;
  #over = false;

  constructor(unit: RunningUnit, disk: ObservedDisk) {
    this.#unit = unit;
    this.#disk = disk;
  }

  /** Runs while `work` runs, and looks once more after it. */
  async during(work: () => Promise<void>): Promise<void> {
    const watching = this.#watch();
    try {
      await work();
    } finally {
      this.#over = true;
      await watching;
    }
    this.#look();
  }

  async #watch(): Promise<void> {
    for (let due = performance.now(); !this.#over; due = performance.now() + everyMs) {
      this.#look();
      await sleep(everyMs);
      this.latestMs = Math.max(this.latestMs, performance.now() - due - everyMs);
    }
  }

  #look(): void {
    const atMs = performance.now();
    const ids = this.#unit.logged('message-stored').map((line) => /\bmessage=(\S+)/.exec(line)?.[1] ?? '');
    const moment = { atMs, logBytes: this.#disk.logBytes() };
    this.moments.push(moment);
    for (const id of ids) if (!this.stored.has(id)) this.stored.set(id, moment);
  }
}
