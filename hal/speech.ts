/** Speaks texts on the board itself. Slow and heavy beside everything else here: who uses it keeps what was spoken. */
export interface Speech {
  /**
   * The text as 8 kHz µ-law at the level of prompts; given up after `limitMs`. One at a time.
   * Errors: unsupported (no voice of that language on this machine; the message says what to do), busy, timed-out, io (it could not be spoken), closed.
   */
  speak(text: string, language: string, limitMs: number): Promise<Uint8Array>;
  /** Gives back the memory that speaking takes; the next text takes longer. What is being spoken is given up (closed). */
  rest(): void;
}
