/** The unit's spoken prompts, in memory from boot on. */
export interface PromptBank {
  /** By id (language/id, for example 'en/greeting.default'); µ-law, 8 bytes a millisecond, never written to. null = unknown id. */
  get(id: string): { readonly ulaw: Uint8Array } | null;
  ids(): string[];
}
