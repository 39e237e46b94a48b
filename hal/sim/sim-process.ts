import type { ProcessControl } from '../process.ts';

/** A process whose memory the test sets, and that notes what it was told to do. */
export class SimProcess implements ProcessControl {
  heldBytes = 50 * 1024 * 1024;
  givenBack = 0;
  readonly statuses: string[] = [];
  /** Causes of the restarts that were asked for. */
  readonly restarts: string[] = [];
  readonly restart: ((cause: string) => void) | null;

  constructor(supervised = true) {
    this.restart = supervised ? (cause) => void this.restarts.push(cause) : null;
  }

  residentBytes(): number {
    return this.heldBytes;
  }

  giveBackMemory(): void {
    this.givenBack += 1;
  }

  status(text: string): void {
    this.statuses.push(text);
  }
}
