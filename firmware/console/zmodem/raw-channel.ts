/** The octets of a terminal while a transfer has it: nothing else writes to it, nothing is taken for keys. */
export interface RawChannel {
  /** Queues a copy. False = too much waits already: nothing was taken. */
  write(bytes: Uint8Array): boolean;
  /** Octets that wait to be sent. */
  readonly waitingBytes: number;
  /** What waits is not sent. */
  drop(): void;
  received: ((bytes: Uint8Array) => void) | null;
  /** The terminal is gone, or its session ends. */
  closed: (() => void) | null;
}
