/** The power of the whole machine; a board that does not allow this has none. */
export interface Power {
  /** Restarts the machine in good order where it can. Returns, if at all, before that happens. `cause`: a sentence without its full stop, for the next start. Errors: permission-denied, unsupported. */
  reboot(cause?: string): Promise<void>;
}
