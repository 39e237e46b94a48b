import type { WallMs } from '../../../hal/clock.ts';
import type { Catalogue, MessageKind, PromptId } from './prompt-id.ts';

export type { Catalogue, MessageKind, PromptId } from './prompt-id.ts';

/** One spoken language: its texts, and the rules that compose what no text can hold. No member throws for the inputs stated. */
export interface Language {
  /** BCP 47: 'en', 'de'. Also the folder of its prompts. */
  readonly code: string;
  /** In the language itself. */
  readonly name: string;
  readonly catalogue: Catalogue;
  /** A cardinal number, 0 to 9,999; anything larger digit by digit. Fractions are rounded, below 0 counts as 0. */
  number(n: number): PromptId[];
  /** Digit by digit, with * # and +, as phone and mailbox numbers are read out. Other characters are not spoken. */
  digits(text: string): PromptId[];
  /**
   * A past moment as heard at `nowMs`, both seen in `timeZone` (IANA name; RangeError if unknown): today, yesterday, the day of the week
   * back to six days ago, else day and month, with the year when it is not this year's.
   */
  dateTime(wallMs: WallMs, timeZone: string, nowMs: WallMs): PromptId[];
  /** The time of day, as a sentence; `withDate`: after the day of the week and the date. RangeError for an unknown zone. */
  clock(wallMs: WallMs, timeZone: string, withDate: boolean): PromptId[];
  /** 'three new messages', to follow 'you have'. */
  messageCount(kind: MessageKind, n: number): PromptId[];
  /** Minutes and seconds, to the nearest second. */
  duration(ms: number): PromptId[];
}

/** The id by which the media side knows a prompt: 'en/greeting.mailbox'. */
export const promptKey = (code: string, id: PromptId): string => `${code}/${id}`;
