/** Something that may stand next in a line. */
export interface Expected {
  /** A word or option to be typed as it is, or the name of an argument. */
  readonly text: string;
  readonly help: string;
  /** Values that would do here; for words and options the word itself. */
  readonly values: readonly string[];
}
