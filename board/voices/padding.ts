import type { Padding } from './condition.ts';

/** A sentence is followed by a breath; a fragment by what completes it; a number by the rest of the number. */
const sentence: Padding = { leadMs: 30, tailMs: 250 };
const fragment: Padding = { leadMs: 15, tailMs: 40 };
const numeral: Padding = { leadMs: 5, tailMs: 20 };

/** How much silence belongs around a prompt. */
export function paddingFor(id: string, text: string): Padding {
  if (/[.?!]$/.test(text)) return sentence;
  return /^(number|ordinal|time)\./.test(id) ? numeral : fragment;
}
