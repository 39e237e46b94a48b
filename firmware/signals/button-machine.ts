/** A level must hold so long before it counts: contacts bounce for up to 20 ms. */
export const debounceMs = 30;

export interface ButtonState {
  /** What the pin says, and since when. */
  readonly level: boolean;
  readonly levelSinceMs: number;
  /** What counts. */
  readonly pressed: boolean;
  readonly pressedSinceMs: number;
  /** This press was long enough, and has been told. */
  readonly told: boolean;
}

export type ButtonInput = { readonly type: 'level'; readonly pressed: boolean; readonly nowMs: number } | { readonly type: 'wake'; readonly nowMs: number };

/** 'long': it has been held for its time, and still is. */
export type ButtonEvent = 'pressed' | 'long' | 'released';

export interface ButtonStep {
  readonly state: ButtonState;
  readonly events: readonly ButtonEvent[];
  /** When it wants to be woken; null = not before its level changes. */
  readonly wakeAtMs: number | null;
}

/** A button that is held at the start (jammed, or short-circuited) says nothing until it was released. */
export function buttonAtStart(pressed: boolean, nowMs: number): ButtonState {
  return { level: pressed, levelSinceMs: nowMs, pressed, pressedSinceMs: nowMs, told: true };
}

/** Debounces, and tells a long press while the button is still held. Pure. */
export function buttonStep(before: ButtonState, input: ButtonInput, longMs: number): ButtonStep {
  const { nowMs } = input;
  const events: ButtonEvent[] = [];
  let state = settled(before, nowMs, events);
  if (input.type === 'level' && input.pressed !== state.level) state = { ...state, level: input.pressed, levelSinceMs: nowMs };
  if (state.pressed && !state.told && nowMs - state.pressedSinceMs >= longMs) {
    state = { ...state, told: true };
    events.push('long');
  }
  return { state, events, wakeAtMs: wakeAt(state, longMs) };
}

/** The level has held for long enough: it counts. A press counts from its first moment. */
function settled(state: ButtonState, nowMs: number, events: ButtonEvent[]): ButtonState {
  if (state.level === state.pressed || nowMs - state.levelSinceMs < debounceMs) return state;
  events.push(state.level ? 'pressed' : 'released');
  return { ...state, pressed: state.level, pressedSinceMs: state.level ? state.levelSinceMs : state.pressedSinceMs, told: !state.level };
}

function wakeAt({ level, levelSinceMs, pressed, pressedSinceMs, told }: ButtonState, longMs: number): number | null {
  const ends = [...(level === pressed ? [] : [levelSinceMs + debounceMs]), ...(pressed && !told ? [pressedSinceMs + longMs] : [])];
  return ends.length === 0 ? null : Math.min(...ends);
}
