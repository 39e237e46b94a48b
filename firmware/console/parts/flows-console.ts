import type { DocumentFault } from '../../flows/document-library.ts';
import type { DocumentsConsole } from './documents-console.ts';

/** Call flows, and the variables that they share. */
export interface FlowsConsole extends DocumentsConsole {
  /** By name. `actions` null: it has faults and is not used. */
  list(): readonly { readonly name: string; readonly actions: number | null; readonly starts: string }[];
  outline(name: string): readonly string[];
  check(name: string): readonly DocumentFault[];
  /** Recorded prompts of the site, by name. */
  prompts(): readonly { readonly name: string; readonly durationMs: number }[];
  /** false: there is none. Errors: HalError. */
  removePrompt(name: string): Promise<boolean>;
  variables(): Readonly<Record<string, string>>;
  /** Errors: HalError too-large where there are too many. */
  setVariable(name: string, value: string): Promise<void>;
}
