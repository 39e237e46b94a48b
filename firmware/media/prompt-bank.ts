/** The unit's spoken prompts. */
export interface PromptBank {
  /**
   * By id (language/id, for example 'en/greeting.default'); µ-law, 8 bytes a millisecond, never written to. null = unknown id, or not to be read. May
   * read and unpack, so it is not for the time of a frame; whoever plays it keeps it, the bank need not.
   */
  get(id: string): { readonly ulaw: Uint8Array } | null;
  ids(): string[];
}
