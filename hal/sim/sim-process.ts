import type { MemoryUse, ProcessControl, ThreadMemory } from '../process.ts';

/** A process whose memory the test sets, and that notes what it was told to do. */
export class SimProcess implements ProcessControl {
  heldBytes = 50 * 1024 * 1024;
  givenBack = 0;
  programGivenBack = 0;
  /** How often garbage was collected alone. */
  collected = 0;
  /** By owner. */
  programBytes = 20 * 1024 * 1024;
  nativeBytes: number | null = 10 * 1024 * 1024;
  threads: readonly ThreadMemory[] = [];
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

  memoryUse(): MemoryUse {
    const { heldBytes, programBytes, nativeBytes, threads } = this;
    return { residentBytes: heldBytes, highestResidentBytes: heldBytes, programBytes, nativeBytes, threads };
  }

  giveBackMemory(): void {
    this.givenBack += 1;
  }

  collectGarbage(): void {
    this.collected += 1;
  }

  giveBackProgram(): void {
    this.programGivenBack += 1;
  }

  status(text: string): void {
    this.statuses.push(text);
  }
}
