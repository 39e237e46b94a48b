import type { StreamConnection } from './stream.ts';

/** A connection between two programs on this machine, single use. Limits and rules of `StreamConnection`. */
export type LocalConnection = Pick<StreamConnection, 'write' | 'received' | 'closed' | 'close'>;

export interface LocalListener {
  /** Takes the name away too; connections go on. */
  close(): void;
}

/** Sockets with a name in the file system, which only their owner may use (mode 0600). */
export interface LocalStreams {
  /**
   * A name that an ended program left behind is taken over.
   * Errors: address-in-use (a program listens there), too-large (more than 107 bytes of path), not-found, permission-denied, read-only.
   */
  listen(path: string, accepted: (connection: LocalConnection) => void): Promise<LocalListener>;
  /** Errors: not-found, connection-refused (its program has ended), permission-denied, too-large. */
  connect(path: string): Promise<LocalConnection>;
}
