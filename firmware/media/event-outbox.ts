/**
 * Events on their way to control. Those that arise while control's own command is being carried out wait until it has returned, so
 * that nobody is called back from inside his call; order is kept.
 */
import type { MediaThreadEvent } from './media-protocol.ts';

export class EventOutbox {
  readonly #deliver: (event: MediaThreadEvent) => void;
  #waiting: MediaThreadEvent[] = [];
  #commandsRunning = 0;

  constructor(deliver: (event: MediaThreadEvent) => void) {
    this.#deliver = deliver;
  }

  add(event: MediaThreadEvent): void {
    if (this.#commandsRunning > 0) this.#waiting.push(event);
    else {
      this.flush();
      this.#deliver(event);
    }
  }

  /** Carries out a command of control. */
  during(command: () => void): void {
    this.#commandsRunning++;
    try {
      command();
    } finally {
      this.#commandsRunning--;
    }
    if (this.#waiting.length > 0) void Promise.resolve().then(() => this.flush());
  }

  flush(): void {
    while (this.#waiting.length > 0) {
      const due = this.#waiting;
      this.#waiting = [];
      for (const event of due) this.#deliver(event);
    }
  }
}
