import type { Clock, Timer } from '../../hal/clock.ts';
import type { Power } from '../../hal/power.ts';
import { atMost } from '../unit/at-most.ts';
import { wordsOf } from './update-words.ts';

export interface MachineRestartParts {
  readonly clock: Clock;
  /** null: the board does not let the unit restart the machine. */
  readonly power: Power | null;
  /** Ends calls in good order. There is no way back from it: the unit takes no call after that. */
  readonly leave: (cause: string) => Promise<void>;
  /** Ends the program for its supervisor to start it again; null = nobody would. */
  readonly endProgram: ((cause: string) => void) | null;
  /** `reason`: a sentence without its full stop. */
  readonly failed: (reason: string) => void;
}

/** An order that is not taken (a parent that is just being started anew) is given again after this. */
const againMs = 10_000;
/** Whoever is asked answers, or counts as one who does not. */
const answerMs = 15_000;
/** From the first order on, the machine has so long to end this program. */
export const restartLimitMs = 60_000;

/** Restarts the machine. Where that cannot be had the program ends itself, for it takes no calls any more: the next one does. */
export class MachineRestart {
  readonly #parts: MachineRestartParts;
  #pause: Timer | null = null;
  #stopped = false;

  constructor(parts: MachineRestartParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#stopped = true;
    this.#pause?.cancel();
  }

  /** Never rejects. */
  async begin(cause: string): Promise<void> {
    const { clock, power, leave, endProgram, failed } = this.#parts;
    if (power === null) return failed('this board does not let the unit restart the machine');
    let reason = await leave(cause).then(() => '', wordsOf);
    for (const untilMs = clock.monotonic() + restartLimitMs; clock.monotonic() < untilMs; ) {
      reason = await atMost(clock, answerMs, power.reboot(cause)).then(() => 'it was asked to, and runs on', wordsOf);
      if (this.#stopped) return;
      await new Promise<void>((resolve) => (this.#pause = clock.after('machine restart', againMs, resolve)));
      if (this.#stopped) return;
    }
    failed(reason);
    endProgram?.(`the machine could not be restarted: ${reason}`);
  }
}
