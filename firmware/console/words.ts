/** One word of a line with its place. Quotes are taken off; `quoted` words are never options, nor asked about with '?'. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

export interface Words {
  readonly words: readonly Word[];
  /** Where a quote begins that has no end; null in a whole line. */
  readonly openQuote: number | null;
}

/** A line into words apart by spaces. "..." and '...' hold spaces; inside "..." a backslash takes the next sign as it is. */
export function splitWords(line: string): Words {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at] as string)) {
      at += 1;
      continue;
    }
    const word = readWord(line, at);
    if (word.openQuote !== null) return { words, openQuote: word.openQuote };
    words.push({ text: word.text, start: at, end: word.end, quoted: word.quoted });
    at = word.end;
  }
  return { words, openQuote: null };
}

/** Whether what comes next would stand in quotes. */
export function isInQuotes(line: string): boolean {
  return splitWords(line).openQuote !== null;
}

/** A question mark that ends a line and stands in no quotes. */
export function asksForHelp(line: string): boolean {
  const asked = line.trimEnd();
  return asked.endsWith('?') && !isInQuotes(asked.slice(0, -1));
}

/** A word may have quoted parts: --say="two words". It is `quoted` when it begins with one. */
function readWord(line: string, start: number): { text: string; end: number; quoted: boolean; openQuote: number | null } {
  const quoted = isQuote(line[start]);
  let text = '';
  let at = start;
  while (at < line.length && !/\s/.test(line[at] as string)) {
    if (!isQuote(line[at])) {
      text += line[at];
      at += 1;
      continue;
    }
    const part = readQuoted(line, at);
    if (part === null) return { text, end: line.length, quoted, openQuote: at };
    text += part.text;
    at = part.end;
  }
  return { text, end: at, quoted, openQuote: null };
}

function readQuoted(line: string, start: number): { text: string; end: number } | null {
  const quote = line[start];
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === quote) return { text, end: at + 1 };
    if (quote === '"' && line[at] === '\\' && at + 1 < line.length) at += 1;
    text += line[at];
  }
  return null;
}

function isQuote(sign: string | undefined): boolean {
  return sign === '"' || sign === "'";
}
