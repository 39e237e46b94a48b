import type { Key, KeyName } from './keys.ts';

/** One line being edited, with the lines before it. Characters are Unicode code points. */
export interface LineState {
  readonly chars: readonly string[];
  /** 0 .. chars.length */
  readonly cursor: number;
  /** Something was typed past `longestLine` and dropped: the line is not what the person meant. */
  readonly overflowed: boolean;
  /** Oldest first. */
  readonly history: readonly string[];
  /** Which line of the history is shown; null = the new one, which `draft` keeps meanwhile. */
  readonly recalled: number | null;
  readonly draft: readonly string[];
}

export const longestLine = 1024;
export const longestHistory = 100;

export const emptyLine: LineState = { chars: [], cursor: 0, overflowed: false, history: [], recalled: null, draft: [] };

export function lineText(state: LineState): string {
  return state.chars.join('');
}

/** What a key does to the line; keys that are not about the line (enter, tab, interrupt) leave it as it is. */
export function editLine(state: LineState, key: Key): LineState {
  if (key.kind === 'char') return insert(state, [key.text]);
  return edits[key.kind]?.(state) ?? state;
}

/** Puts text in at the cursor. */
export function insert(state: LineState, added: readonly string[]): LineState {
  const room = longestLine - state.chars.length;
  if (room <= 0) return state.overflowed ? state : { ...state, overflowed: true };
  const taken = added.slice(0, room);
  const chars = [...state.chars.slice(0, state.cursor), ...taken, ...state.chars.slice(state.cursor)];
  return { ...state, chars, cursor: state.cursor + taken.length, overflowed: state.overflowed || taken.length < added.length };
}

/** The line is done: it joins the history unless it is empty or the same as the last one. */
export function nextLine(state: LineState): LineState {
  const text = lineText(state);
  const keep = text.trim() !== '' && text !== state.history.at(-1) && !state.overflowed;
  const history = keep ? [...state.history, text].slice(-longestHistory) : state.history;
  return { ...emptyLine, history };
}

const edits: { readonly [Name in KeyName]?: (state: LineState) => LineState } = {
  backspace: (state) => cut(state, state.cursor - 1, state.cursor),
  delete: (state) => cut(state, state.cursor, state.cursor + 1),
  left: (state) => move(state, state.cursor - 1),
  right: (state) => move(state, state.cursor + 1),
  home: (state) => move(state, 0),
  end: (state) => move(state, state.chars.length),
  up: (state) => recall(state, (state.recalled ?? state.history.length) - 1),
  down: (state) => (state.recalled === null ? state : recall(state, state.recalled + 1)),
  'kill-line': (state) => cut(state, 0, state.cursor),
  'kill-to-end': (state) => cut(state, state.cursor, state.chars.length),
  'kill-word': (state) => cut(state, wordStart(state), state.cursor),
};

function cut(state: LineState, from: number, to: number): LineState {
  const [first, last] = [Math.max(0, from), Math.min(state.chars.length, to)];
  if (last <= first) return state;
  return { ...state, chars: [...state.chars.slice(0, first), ...state.chars.slice(last)], cursor: first, overflowed: false };
}

function move(state: LineState, to: number): LineState {
  return { ...state, cursor: Math.min(state.chars.length, Math.max(0, to)) };
}

function recall(state: LineState, index: number): LineState {
  if (index < 0) return state;
  const draft = state.recalled === null ? state.chars : state.draft;
  const isNew = index >= state.history.length;
  const chars = isNew ? draft : [...(state.history[index] as string)];
  return { ...state, chars, cursor: chars.length, recalled: isNew ? null : index, draft, overflowed: false };
}

function wordStart(state: LineState): number {
  let at = state.cursor;
  while (at > 0 && state.chars[at - 1] === ' ') at -= 1;
  while (at > 0 && state.chars[at - 1] !== ' ') at -= 1;
  return at;
}
