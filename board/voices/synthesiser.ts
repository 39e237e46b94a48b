import type { Audio } from './audio.ts';

/** A voice that speaks texts of one language. */
export interface Synthesiser {
  /** For people: which voice of which package. */
  readonly label: string;
  /** Changes whenever the same text would sound different; part of the cache key. */
  readonly voice: string;
  /** Texts worth one call of `speak`. */
  readonly batch: number;
  /** In the order of the texts. Errors: VoicingError no-synthesiser, synthesis-failed. */
  speak(texts: readonly string[]): Promise<Audio[]>;
}
