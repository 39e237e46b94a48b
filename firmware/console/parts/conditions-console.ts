import type { DocumentsConsole } from './documents-console.ts';

/** Named conditions, for call flows. */
export interface ConditionsConsole extends DocumentsConsole {
  /** By name. `holds`: now, outside any call; null = it has faults and is not used. */
  list(): readonly { readonly name: string; readonly holds: boolean | null; readonly about: string }[];
  /** `at`: '2026-12-24T18:00' in the unit's time zone; null = now. null: there is no such time. */
  test(name: string, at: string | null): boolean | null;
}
