
/** Members reject with HalError when the disk refuses. */
export interface FilesConsole {
  log(): ConsoleFile;
  audit(): Promise<ConsoleFile>;
  configuration(): ConsoleFile;
  /** Errors also: not-found, too-large for such a cable. */
  capture(name: string): Promise<ConsoleFile>;
  message(mailbox: string, id: string): Promise<ConsoleFile>;
  /** null = the mailbox has none of its own. */
  greeting(mailbox: string): Promise<ConsoleFile | null>;
  /** Durable when it resolves. */
  keepFirmware(bytes: Uint8Array): Promise<{ readonly place: string; readonly sha256: string }>;
  /** Puts a WAV file in force as the greeting; a sentence on what was wrong with it, or null. */
  takeGreeting(mailbox: string, wav: Uint8Array): Promise<string | null>;
  /** As takeGreeting: the recorded prompt of this name. */
  takePrompt(name: string, wav: Uint8Array): Promise<string | null>;
}

/** A file that goes over the terminal. */
export interface ConsoleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
