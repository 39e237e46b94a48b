import type { AudioSource } from './media-channel.ts';

/** Audio that flows play and that belongs to no mailbox. Each is null where there is none; what fails is logged by who provides it. */
export interface FlowVoice {
  /** A recorded prompt of the site, by name; `NAME.language` where there is one ('Welcome.de'). */
  prompt(name: string, language?: string): Promise<AudioSource | null>;
  /** What was recorded in a call, by the id that its variable holds. */
  recording(id: string): Promise<AudioSource | null>;
  /** A text, spoken by the unit in the language of that code. */
  speak(text: string, language: string): Promise<AudioSource | null>;
}
