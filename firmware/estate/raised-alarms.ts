import type { AlarmEvent } from './alarm-events.ts';

/** Raised alarms that are remembered; beyond it the oldest is forgotten. */
export const maxRaised = 64;

/** What stands: raised and not cleared since the start. */
export class RaisedAlarms {
  readonly #raised = new Map<string, AlarmEvent>();
  /** What is still to be told of it. */
  readonly #untold = new Map<string, AlarmEvent>();

  /** A clearance of what was never raised is nothing. */
  note(alarm: AlarmEvent): void {
    const key = keyOf(alarm);
    if (alarm.state === 'raised') {
      this.#raised.delete(key);
      this.#raised.set(key, alarm);
      this.#untold.set(key, alarm);
      const [oldest] = this.#raised.keys();
      if (this.#raised.size > maxRaised && oldest !== undefined) this.#forget(oldest);
      return;
    }
    if (!this.#raised.delete(key)) return;
    // Raised and cleared before anybody could be told.
    if (!this.#untold.delete(key)) this.#untold.set(key, alarm);
  }

  /** What is to be told now; it is told from then on. */
  takeUntold(): readonly AlarmEvent[] {
    const untold = [...this.#untold.values()];
    this.#untold.clear();
    return untold;
  }

  /** Oldest first. */
  get all(): readonly AlarmEvent[] {
    return [...this.#raised.values()];
  }

  /** Somebody has seen to all of them. */
  clear(): number {
    const { all } = this;
    for (const alarm of all) this.note({ ...alarm, state: 'cleared', text: 'An operator cleared it.' });
    return all.length;
  }

  #forget(key: string): void {
    this.#raised.delete(key);
    this.#untold.delete(key);
  }
}

const keyOf = ({ event, subject }: AlarmEvent): string => `${event} ${subject}`;
