import type { Place } from './script.ts';
import { ScriptFault } from './script.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: Place }
  | { readonly kind: 'text'; readonly value: string; readonly at: Place }
  /** As written, without '$'; `part`: what follows an @. */
  | { readonly kind: 'name'; readonly name: string; readonly part: { readonly from: number; readonly to: number } | null; readonly at: Place }
  | { readonly kind: 'sign'; readonly sign: string; readonly at: Place }
  /** Of a statement: a line's end, a semicolon, the script's end. */
  | { readonly kind: 'end'; readonly at: Place };

/** Each is tried at the place where the last one ended. No pattern can go back and forth over its input. */
const patterns = {
  space: /[ \t\r]+/y,
  comment: /'[^\n]*/y,
  end: /[\n;]/y,
  number: /[0-9]{1,15}(?:\.[0-9]{1,6})?/y,
  text: /"((?:[^"\n]|"")*)"/y,
  name: /\$?([A-Za-z][A-Za-z0-9_]{0,63}(?:\[[A-Za-z0-9_]{0,32}\])?)(?:@([0-9]{1,3}),([0-9]{1,3}))?/y,
  sign: /<>|<=|>=|!=|[=<>+\-*/&(),]/y,
} as const;

/** Errors: ScriptFault. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let [at, line, lineStart] = [0, 1, 0];
  const taken = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < text.length) {
    if (taken(patterns.space) !== null || taken(patterns.comment) !== null) continue;
    const place = { line, column: at - lineStart + 1 };
    const end = taken(patterns.end);
    if (end !== null) {
      tokens.push({ kind: 'end', at: place });
      if (end[0] === '\n') [line, lineStart] = [line + 1, at];
      continue;
    }
    tokens.push(tokenAt(taken, place, text[at] as string));
  }
  return [...tokens, { kind: 'end', at: { line, column: at - lineStart + 1 } }];
}

function tokenAt(taken: (pattern: RegExp) => RegExpExecArray | null, at: Place, character: string): Token {
  const number = taken(patterns.number);
  if (number !== null) return { kind: 'number', value: Number(number[0]), at };
  const text = taken(patterns.text);
  if (text !== null) return { kind: 'text', value: (text[1] as string).replaceAll('""', '"'), at };
  const name = taken(patterns.name);
  if (name !== null) return { kind: 'name', name: name[1] as string, part: name[2] === undefined ? null : { from: Number(name[2]), to: Number(name[3]) }, at };
  const sign = taken(patterns.sign);
  if (sign !== null) return { kind: 'sign', sign: sign[0] === '<>' ? '!=' : sign[0], at };
  throw new ScriptFault(at, character === '"' ? 'this text has no end; close it with " in the same line' : `'${character}' means nothing here; leave it out, or put text into quotes`);
}
