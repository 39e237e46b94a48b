import type { ThreadPort } from '../worker.ts';
import { movable } from '../worker.ts';
import type { Clock } from '../clock.ts';

/** Two ends of a pipe inside one thread, so that what runs beside the control thread can be tested in virtual time. */
export interface SimThread<ToFar, ToNear> {
  readonly near: ThreadPort<ToNear, ToFar>;
  readonly far: ThreadPort<ToFar, ToNear>;
  /** The far side ends without being asked: nothing passes any more, and the near side is told. */
  crash(reason: string): void;
  /** The near side is busy with something else for so long, and hears what comes only then. */
  standStill(ms: number): void;
}

export function simThread<ToFar, ToNear>(clock: Clock): SimThread<ToFar, ToNear> {
  const near = new SimThreadPort<ToNear, ToFar>(clock);
  const far = new SimThreadPort<ToFar, ToNear>(clock);
  near.peer = far;
  far.peer = near;
  return {
    near,
    far,
    crash: (reason) => {
      far.end();
      near.lose(reason);
    },
    standStill: (ms) => near.standStill(ms),
  };
}

class SimThreadPort<In, Out> implements ThreadPort<In, Out> {
  received: ((message: In) => void) | null = null;
  lost: ((reason: string) => void) | null = null;
  peer: SimThreadPort<Out, In> | null = null;
  readonly #clock: Clock;
  #open = true;
  /** What came meanwhile; null: it is heard at once. */
  #waiting: In[] | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  send(message: Out, moved?: Uint8Array): void {
    if (!this.#open) return;
    const copy = structuredClone(message, { transfer: movable(moved) });
    this.#clock.after('thread message', 0, () => this.peer?.take(copy));
  }

  close(): void {
    if (!this.#open) return;
    this.end();
    this.peer?.lose('the other end closed the pipe');
  }

  /** @internal */
  take(message: In): void {
    if (!this.#open) return;
    if (this.#waiting === null) this.received?.(message);
    else this.#waiting.push(message);
  }

  /** @internal */
  standStill(ms: number): void {
    this.#waiting ??= [];
    this.#clock.after('thread stands still', ms, () => this.#goOn());
  }

  #goOn(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const message of waiting) this.take(message);
  }

  /** @internal */
  end(): void {
    this.#open = false;
  }

  /** @internal */
  lose(reason: string): void {
    if (!this.#open) return;
    this.#clock.after('thread lost', 0, () => {
      if (!this.#open) return;
      this.#open = false;
      this.lost?.(reason);
    });
  }
}
