import type { DahdiPort } from './dahdi-port.ts';

const pumpMs = 5;

interface Wait {
  readonly condition: () => boolean;
  readonly done: (value: boolean) => void;
}

/** Keeps the ports going, by a timer, and tells when something has come true. */
export class Exchange {
  readonly #ports: DahdiPort[] = [];
  readonly #waits = new Set<Wait>();
  readonly #timer = setInterval(() => this.#pump(), pumpMs);

  add<T extends DahdiPort>(port: T): T {
    this.#ports.push(port);
    return port;
  }

  /** Looked at after each round. Errors: not within `limitMs` of the guest's time. */
  async until(what: string, condition: () => boolean, limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const wait = await new Promise<boolean>((resolve) => {
      const entry = { condition, done: resolve };
      timer = setTimeout(() => resolve(false), limitMs);
      this.#waits.add(entry);
    });
    clearTimeout(timer);
    for (const entry of this.#waits) if (entry.condition === condition) this.#waits.delete(entry);
    if (!wait) throw new Error(`${what}: not within ${limitMs} ms`);
  }

  /** Until `port` has received so many samples more: a pause by the line's clock. */
  async samples(port: DahdiPort, count: number): Promise<void> {
    const end = port.received + count;
    await this.until(`${count} samples on channel ${port.channel}`, () => port.received >= end, count / 4 + 2000);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const port of this.#ports) port.close();
  }

  #pump(): void {
    for (const port of this.#ports) port.pump();
    for (const wait of [...this.#waits]) {
      if (wait.condition()) wait.done(true);
    }
  }
}
