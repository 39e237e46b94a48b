import { commonEvent, hookTo, mostTries, type HookAction, type PortEffect, type PortInput, type PortMachine, type PortView, retryMs, type Step, stopWaiting, tell, wait } from './port-machine.ts';

/** After open and after on-hook the kernel ignores ringing for so long (RING_DEBOUNCE_TIME), and the exchange may take a new seizure for a hook flash: the line is left alone. */
export const guardMs = 2000;
/** The kernel debounces an off-hook for 600 ms and refuses a flash until then. */
export const settleMs = 650;
/** The end of a flash is told within a second; if not, the event was lost. */
const flashLimitMs = 5000;
/** Commands that wait for the one before them. */
const mostLater = 8;

export interface TrunkOptions {
  /** A loop that is still open after so long means that the far end has gone; 0: at once. A robbed-bit span tells openings of 20 ms. */
  readonly openMs: number;
  /** Which reversal while off-hook means that the far end has gone: none, the first, or the second (the first tells of the answer). */
  readonly reversal: 'ignored' | 'first' | 'second';
}

type Waiting = { readonly type: 'flash' } | { readonly type: 'dial'; readonly digits: string; readonly how: 'tone' | 'pulse' };

export interface TrunkState extends PortView {
  readonly hook: 'guard' | 'on' | 'seizing' | 'off';
  /** `seize` came during the guard. */
  readonly wanted: boolean;
  /** `on-hook` is to be told when the guard ends. */
  readonly owed: boolean;
  readonly ringing: boolean;
  readonly settled: boolean;
  readonly flashing: boolean;
  readonly later: readonly Waiting[];
  readonly tries: number;
  readonly reversed: boolean;
  /** Reversals since off-hook. */
  readonly reversals: number;
  readonly looking: boolean;
  /** On-hook was refused: asked for again after the guard. */
  readonly stuck: boolean;
  /** Why the line cannot be used: the line itself, or a refused call. */
  readonly alarm: 'line' | 'card' | null;
}

const idle: TrunkState = { hook: 'on', offHook: false, wanted: false, owed: false, ringing: false, settled: false, dialling: false, flashing: false, later: [], tries: 0, reversed: false, reversals: 0, looking: false, stuck: false, alarm: null };
const onceOffHook: Partial<TrunkState> = { settled: false, dialling: false, flashing: false, later: [], tries: 0, reversals: 0, looking: false };
const noWaits: readonly PortEffect[] = [stopWaiting('settle'), stopWaiting('loop'), stopWaiting('dial'), stopWaiting('flash'), stopWaiting('retry')];

export const noBattery = 'no battery on the line: is it plugged in, and does the exchange feed it?';

/**
 * A port that takes a line of the exchange (FXO, configured as `fxsks` or `fxsls`).
 *
 *   guard --2 s--> on --seize--> seizing --done--> off --release--> guard
 */
export function trunkMachine(options: TrunkOptions): PortMachine<TrunkState> {
  return { initial: { state: { ...idle, hook: 'guard' }, effects: [wait('guard', guardMs)] }, next: (state, input) => next(options, state, input) };
}

function next(options: TrunkOptions, state: TrunkState, input: PortInput): Step<TrunkState> {
  switch (input.type) {
    case 'seize':
      return seize(state);
    case 'release':
      return release(state);
    case 'dial':
    case 'flash':
      return state.hook === 'off' || state.hook === 'seizing' ? goOn({ ...state, later: state.later.length < mostLater ? [...state.later, input] : state.later }) : same(state);
    case 'event':
      return event(options, state, input);
    case 'timer':
      return timer(state, input.timer);
    case 'done':
      return done(state, input.what);
    case 'busy':
      return busy(state, input.what);
    case 'refused':
      return refused(state, input.what, input.text);
    case 'loop':
      return { state: { ...state, looking: false }, effects: input.open && state.hook === 'off' ? [tell({ type: 'disconnect', by: 'loop' })] : [] };
    case 'dialling':
      return input.still ? { state, effects: [wait('dial', flashLimitMs)] } : dialled(state);
    default:
      return same(state); // means nothing on a trunk
  }
}

const same = (state: TrunkState): Step<TrunkState> => ({ state, effects: [] });

function seize(state: TrunkState): Step<TrunkState> {
  if (state.hook === 'guard') return same({ ...state, wanted: true });
  if (state.hook !== 'on') return same(state);
  return { state: { ...state, ...onceOffHook, hook: 'seizing', offHook: true, ringing: false }, effects: [hookTo('off')] };
}

function release(state: TrunkState): Step<TrunkState> {
  if (state.hook === 'on') return same(state);
  if (state.hook === 'guard') return same({ ...state, wanted: false, owed: state.owed || state.wanted });
  return { state: { ...state, ...onceOffHook, hook: 'guard', offHook: false, owed: true, wanted: false, reversed: false }, effects: [...noWaits, hookTo('on'), { type: 'renew-echo' }, wait('guard', guardMs)] };
}

/** The next of what waits, if the line is ready for it. */
function goOn(state: TrunkState): Step<TrunkState> {
  const [first, ...later] = state.later;
  if (first === undefined || state.hook !== 'off' || state.dialling || state.flashing || (first.type === 'flash' && !state.settled)) return same(state);
  if (first.type === 'flash') return { state: { ...state, later, flashing: true }, effects: [hookTo('flash'), wait('flash', flashLimitMs)] };
  return { state: { ...state, later, dialling: true }, effects: [first, wait('dial', dialLimitMs(first.digits, first.how))] };
}

/** A pulse digit takes up to 10 × 100 ms and 750 ms between digits; a tone one 200 ms; a pause half a second. */
function dialLimitMs(digits: string, how: 'tone' | 'pulse'): number {
  return 2000 + digits.length * (how === 'pulse' ? 2000 : 600);
}

function event({ openMs, reversal }: TrunkOptions, state: TrunkState, { event: what }: Extract<PortInput, { type: 'event' }>): Step<TrunkState> {
  const offHook = state.hook === 'off';
  switch (what.name) {
    case 'ring-begin':
      return offHook || state.hook === 'seizing' || state.ringing ? same(state) : { state: { ...state, ringing: true }, effects: [tell({ type: 'ring-started' })] };
    case 'ring-off-hook':
      return ringEnds(state);
    case 'on-hook':
      if (!offHook || state.looking) return same(state);
      return { state: { ...state, looking: true }, effects: openMs === 0 ? [{ type: 'look-at-loop' }] : [wait('loop', openMs)] };
    case 'dial-complete':
      return dialled(state);
    case 'hook-complete':
      return flashed(state);
    case 'polarity':
      return reverse(state, reversal);
    case 'alarm':
      return { state: { ...state, alarm: 'line' }, effects: [...(offHook ? [tell({ type: 'disconnect', by: 'battery' })] : []), tell({ type: 'alarm', text: noBattery })] };
    case 'no-alarm':
      return state.alarm === 'line' ? cleared(state) : same(state);
    default:
      return { state, effects: commonEvent(what) };
  }
}

/** A burst that began in the guard is told at its end: the call is there all the same. */
function ringEnds(state: TrunkState): Step<TrunkState> {
  if (state.hook !== 'on' && state.hook !== 'guard') return same(state);
  const started = state.ringing ? [] : [tell({ type: 'ring-started' })];
  return { state: { ...state, ringing: false }, effects: [...started, tell({ type: 'ring-stopped' })] };
}

function reverse(state: TrunkState, reversal: TrunkOptions['reversal']): Step<TrunkState> {
  const reversed = !state.reversed; // the kernel tells that it changed, not to what
  const told = tell({ type: 'polarity', reversed });
  if (state.hook !== 'off') return { state: { ...state, reversed }, effects: [told] };
  const reversals = state.reversals + 1;
  const gone = (reversal === 'first' && reversals === 1) || (reversal === 'second' && reversals === 2);
  return { state: { ...state, reversed, reversals }, effects: gone ? [told, tell({ type: 'disconnect', by: 'polarity' })] : [told] };
}

function timer(state: TrunkState, which: string): Step<TrunkState> {
  switch (which) {
    case 'guard':
      return guardEnds(state);
    case 'settle':
      return goOn({ ...state, settled: true });
    case 'loop':
      return { state, effects: [{ type: 'look-at-loop' }] };
    case 'dial':
      return { state, effects: [{ type: 'ask-dialling' }] };
    case 'flash':
      return flashed(state);
    default: // retry
      return { state, effects: state.flashing ? [hookTo('flash')] : state.hook === 'seizing' ? [hookTo('off')] : [] };
  }
}

function guardEnds(state: TrunkState): Step<TrunkState> {
  if (state.stuck) return { state, effects: [hookTo('on'), wait('guard', guardMs)] };
  const free: TrunkState = { ...state, hook: 'on', owed: false, wanted: false };
  const told = state.owed ? [tell({ type: 'on-hook' })] : [];
  if (!state.wanted) return { state: free, effects: told };
  const seized = seize(free);
  return { state: seized.state, effects: [...told, ...seized.effects] };
}

function dialled(state: TrunkState): Step<TrunkState> {
  if (!state.dialling) return same(state);
  const after = goOn({ ...state, dialling: false });
  return { state: after.state, effects: [stopWaiting('dial'), tell({ type: 'dialled' }), ...after.effects] };
}

function flashed(state: TrunkState): Step<TrunkState> {
  if (!state.flashing) return same(state);
  const after = goOn({ ...state, flashing: false, tries: 0 });
  return { state: after.state, effects: [stopWaiting('flash'), ...after.effects] };
}

function done(state: TrunkState, what: HookAction | 'dial'): Step<TrunkState> {
  const well = state.alarm === 'card' ? cleared({ ...state, stuck: false }) : same({ ...state, stuck: false });
  if (what !== 'off' || state.hook !== 'seizing') return well;
  const off = goOn({ ...well.state, hook: 'off', tries: 0 });
  return { state: off.state, effects: [...well.effects, tell({ type: 'off-hook' }), wait('settle', settleMs), ...off.effects] };
}

function busy(state: TrunkState, what: HookAction | 'dial'): Step<TrunkState> {
  if (state.tries >= mostTries || (what !== 'off' && what !== 'flash')) return refused(state, what, 'the port stays busy');
  return { state: { ...state, tries: state.tries + 1 }, effects: [wait('retry', retryMs)] };
}

function refused(state: TrunkState, what: HookAction | 'dial', text: string): Step<TrunkState> {
  const alarm = tell({ type: 'alarm', text });
  const failed: TrunkState = { ...state, alarm: state.alarm ?? 'card', stuck: state.stuck || what === 'on', tries: 0 };
  // On-hook is asked for, so that the next word of the port can end the alarm; nobody seizes a line that is in alarm.
  if (what === 'off') return { state: { ...failed, ...onceOffHook, hook: 'guard', offHook: false, owed: true }, effects: [...noWaits, alarm, hookTo('on'), wait('guard', guardMs)] };
  const after = goOn({ ...failed, dialling: false, flashing: false });
  return { state: after.state, effects: [stopWaiting('dial'), stopWaiting('flash'), alarm, ...after.effects] };
}

const cleared = (state: TrunkState): Step<TrunkState> => ({ state: { ...state, alarm: null }, effects: [tell({ type: 'clear' })] });
