/**
 * The character interface a console session speaks through: a terminal window, a serial line, or a pipe.
 *
 * terminal  raw bytes in, ANSI escape sequences understood: line editing, history, completion.
 * dumb      whole lines in, echoed by the other side; no escape sequences are sent.
 * pipe      whole lines in, echoed by the session, so that the transcript reads like a session.
 */
export interface Terminal {
  readonly kind: 'terminal' | 'dumb' | 'pipe';
  /** Present width; 0 = unknown, as on a serial line, and then 80 is assumed. At least 20. Asked anew at each use, for windows change. */
  readonly columns: number;
  /** Present rows; 0 or absent = unknown, and then nothing is paged. */
  readonly height?: number;
  /** Never throws; what a closed terminal gets is lost. */
  write(text: string): void;
  /** Octets as they are, for transfers; absent = this terminal takes none. */
  readonly octets?: TerminalOctets;
}

export interface TerminalOctets {
  /** Queues a copy. False = too much waits already: nothing was taken. */
  write(bytes: Uint8Array): boolean;
  /** That wait to be sent. */
  waiting(): number;
  /** What waits is not sent, as far as that can be had. */
  drop(): void;
}
