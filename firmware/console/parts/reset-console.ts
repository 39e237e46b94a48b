
/** The way back to how the unit came. */
export interface ResetConsole {
  /** What has to be repeated. */
  readonly unitName: string;
  /** Resolves when it is noted on the disk; false = nobody starts the unit again by itself. Errors: HalError; then nothing will be wiped. */
  ask(cause: string): Promise<boolean>;
}
