import type { MailOutcome } from '../../mail.ts';
import { mostMailWords } from '../../mail.ts';

/** How far an attempt had come. Before `envelope` nothing is about the letter. */
export type SmtpStage = 'connecting' | 'log-in' | 'envelope';

/** RFC 4954 section 6: the server wants another log-in, which is nothing against the letter. */
const aboutLogin = [454, 530, 534, 535, 538];

/** The letter itself cannot be read, which is nothing of the server's. */
export class LetterUnreadable extends Error {}

/** What an attempt failed with, and when. Only what the server says for good about this letter (5yz, RFC 5321 section 4.2.1) is permanent. */
export function failedOutcome(stage: SmtpStage, cause: unknown): MailOutcome {
  const { responseCode = 0, response, message } = cause as { responseCode?: number; response?: string; message?: string };
  const words = mailWords(response ?? message ?? String(cause));
  if (cause instanceof LetterUnreadable) return { kind: 'temporary', words, server: false };
  const server = stage !== 'envelope' || responseCode === 0 || responseCode === 421 || aboutLogin.includes(responseCode);
  // 503: the commands came in a wrong order, which says nothing about the letter.
  return !server && responseCode >= 500 && responseCode !== 503 ? { kind: 'permanent', words } : { kind: 'temporary', words, server };
}

/** One line, shortened. */
export const mailWords = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, mostMailWords);
