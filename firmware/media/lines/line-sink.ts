/** A session on a line, as the line sees it. */
export interface LineSink {
  /** The line's frame[0..160) was heard; out[0..160) is to follow. False = nothing is to be sent. Valid only during the call. */
  frame(frame: Uint8Array, out: Uint8Array, nowMs: number): boolean;
  /** Digits are being sent on the line: what sounds like one may be their echo. */
  readonly sendsDigits: boolean;
  /** Found on the line. */
  digit(digit: string, durationMs: number): void;
}
