import type { Clock, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { AlarmOutbox, WaitingAlarm } from './alarm-outbox.ts';

export interface AlarmTellerParts {
  readonly clock: Clock;
  readonly outbox: AlarmOutbox;
  /** Errors: HalError. */
  readonly publish: (alarm: WaitingAlarm) => Promise<void>;
  /** The broker is there, and this unit serves: a standby is mute. */
  readonly allowed: () => boolean;
  readonly failed: (error: HalError) => void;
}

const retryMs = 10_000;

/** Tells the alarms that wait, one after another, oldest first. */
export class AlarmTeller {
  readonly #parts: AlarmTellerParts;
  #telling = false;
  #retry: Timer | null = null;
  told = 0;

  constructor(parts: AlarmTellerParts) {
    this.#parts = parts;
  }

  /** Something may have come to be told; a failed one waits for its turn. */
  go(): void {
    if (this.#telling || this.#retry !== null) return;
    this.#telling = true;
    void this.#all().finally(() => (this.#telling = false));
  }

  /** A new connection: what failed on the old one may go. */
  afresh(): void {
    this.stop();
    this.go();
  }

  stop(): void {
    this.#retry?.cancel();
    this.#retry = null;
  }

  async #all(): Promise<void> {
    const { outbox, allowed } = this.#parts;
    for (let alarm = allowed() ? outbox.next() : null; alarm !== null; alarm = allowed() ? outbox.next() : null) {
      if (!(await this.#tell(alarm))) return;
    }
    outbox.kept();
  }

  async #tell(alarm: WaitingAlarm): Promise<boolean> {
    const { outbox, publish, failed, clock } = this.#parts;
    try {
      await publish(alarm);
      outbox.told(alarm.id);
      this.told += 1;
      return true;
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      outbox.kept();
      failed(error);
      this.#retry = clock.after('estate-alarm', retryMs, () => {
        this.#retry = null;
        this.go();
      });
      return false;
    }
  }
}
