/** What one thread told of itself, at most some seconds ago; bytes. */
export interface ThreadMemory {
  /** 'control', 'media', 'databases', 'speech', 'keys'. */
  readonly name: string;
  /** Pages of its JavaScript heap that are in memory. */
  readonly heapBytes: number;
  readonly highestHeapBytes: number;
  /** Octets outside the heap: packets, recordings, prompts. What the media thread has reserved and not yet written to is left out. */
  readonly bufferBytes: number;
  readonly highestBufferBytes: number;
}

/** What the process holds of the machine's memory, by owner; bytes. */
export interface MemoryUse {
  readonly residentBytes: number;
  readonly highestResidentBytes: number;
  /** Code and constants: pages of files that the machine may take back and read again. */
  readonly programBytes: number;
  /** What native code has allocated, in use or freed and kept; the buffers of all threads lie in it. null = this machine does not tell. */
  readonly nativeBytes: number | null;
  readonly threads: readonly ThreadMemory[];
}

/** The program as the machine sees it. */
export interface ProcessControl {
  /** What it holds of the machine's memory now. */
  residentBytes(): number;
  /** The same by owner. Takes milliseconds: for people who ask. Never throws. */
  memoryUse(): MemoryUse;
  /** What was freed goes back to the machine, and pages of the program. Takes milliseconds, in which other threads may wait for memory; never throws. */
  giveBackMemory(): void;
  /** What the objects of this thread have left over is collected. Takes milliseconds, in which this thread alone stands still; never throws. */
  collectGarbage(): void;
  /** Pages of the program alone, which come back when they are used. Nobody waits; never throws. */
  giveBackProgram(): void;
  /** One line for whoever looks at the supervisor. Never throws. */
  status(text: string): void;
  /** Ends it in good order for its supervisor to start it again; null = nobody would. */
  readonly restart: ((cause: string) => void) | null;
}
