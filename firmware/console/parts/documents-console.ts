import type { DocumentFault } from '../../flows/document-library.ts';

/** Documents of one kind that people write and the unit keeps. */
export interface DocumentsConsole {
  /** As it was stored. */
  text(name: string): string;
  /** Durable when it resolves: its name, or what is wrong with it. Errors: HalError. */
  put(text: string): Promise<string | readonly DocumentFault[]>;
  /** false: there is none. Errors: HalError. */
  remove(name: string): Promise<boolean>;
}
