import type { LineState } from './line-editor.ts';
import { charColumns, textColumns } from './plain-text.ts';

export const prompt = 'understudy> ';
/** While the configuration is edited. As long as the other, so that all drawing is the same. */
export const configurePrompt = 'understudy# ';

/**
 * How a line shows in one row of a terminal: a line wider than the row is seen through a window around the cursor. Drawing
 * assumes that the terminal's cursor is anywhere in the row, and ends with it in its place.
 */
export function drawLine(state: LineState, columns: number, shown = prompt): string {
  const { first, last } = visible(state, columns);
  const text = state.chars.slice(first, last).join('');
  const before = textColumns(shown) + textColumns(state.chars.slice(first, state.cursor).join(''));
  return `\r${shown}${text}\x1b[K\r\x1b[${before}C`;
}

/** Takes the row away, for other output. */
export const clearRow = '\r\x1b[K';

/** What shows the change from one state to the next: the one character typed at the end, or the whole row anew. */
export function drawChange(before: LineState, after: LineState, columns: number, shown = prompt): string {
  if (before === after) return '';
  const typed = after.chars.length === before.chars.length + 1 && after.cursor === after.chars.length && before.cursor === before.chars.length;
  const whole = textColumns(after.chars.join('')) < field(columns);
  return typed && whole ? (after.chars.at(-1) as string) : drawLine(after, columns, shown);
}

/** Whether the line shows from its first character, so that a mark under it would be at the right place. */
export function showsWhole(text: string, columns: number): boolean {
  return textColumns(text) < field(columns);
}

/** Columns for text, with one left for the cursor behind it. */
function field(columns: number): number {
  return Math.max(4, Math.max(20, columns) - textColumns(prompt));
}

/** The characters that are seen: from the first, or as many before the cursor as there is room for. */
function visible(state: LineState, columns: number): { readonly first: number; readonly last: number } {
  const room = field(columns) - 1;
  let first = state.cursor;
  for (let used = 0; first > 0; first--) {
    used += charColumns(state.chars[first - 1] as string);
    if (used > room) break;
  }
  let last = first;
  for (let used = 0; last < state.chars.length; last++) {
    used += charColumns(state.chars[last] as string);
    if (used > room) break;
  }
  return { first, last };
}
