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
  /** Never throws; what a closed terminal gets is lost. */
  write(text: string): void;
}
