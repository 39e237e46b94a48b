/** The program as the machine sees it. */
export interface ProcessControl {
  /** What it holds of the machine's memory now. */
  residentBytes(): number;
  /** What was freed goes back to the machine. Takes milliseconds, in which other threads may wait for memory; never throws. */
  giveBackMemory(): void;
  /** One line for whoever looks at the supervisor. Never throws. */
  status(text: string): void;
  /** Ends it in good order for its supervisor to start it again; null = nobody would. */
  readonly restart: ((cause: string) => void) | null;
}
