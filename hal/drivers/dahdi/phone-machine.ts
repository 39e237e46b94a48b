import { commonEvent, hookTo, mostTries, type HookAction, type PortEffect, type PortInput, type PortMachine, type PortView, retryMs, type Step, stopWaiting, tell, wait } from './port-machine.ts';

export interface PhoneState extends PortView {
  /** `offHook`: the telephone is lifted. */
  readonly offHook: boolean;
  readonly dialling: false;
  /** null = not ringing. */
  readonly cadenceMs: readonly number[] | null;
  /** The far end has gone, the telephone is still lifted. */
  readonly released: boolean;
  readonly reversed: boolean;
  /** What a busy port is asked for again. */
  readonly again: HookAction | null;
  readonly tries: number;
  readonly alarm: 'port' | 'card' | null;
}

const idle: PhoneState = { offHook: false, dialling: false, cadenceMs: null, released: false, reversed: false, again: null, tries: 0, alarm: null };

export const portAlarm = 'the port of the card is in alarm: look at `dahdi_scan` and the kernel log';

/**
 * A port that a telephone is plugged into (FXS, configured as `fxoks` or `fxols`). That it was put down is known 1250 ms late: until
 * then it may be a hook flash.
 */
export const phoneMachine: PortMachine<PhoneState> = { initial: { state: idle, effects: [] }, next };

function next(state: PhoneState, input: PortInput): Step<PhoneState> {
  switch (input.type) {
    case 'ring':
      return state.offHook || input.cadenceMs.length === 0 ? same(state) : ring({ ...state, cadenceMs: input.cadenceMs, tries: 0 });
    case 'stop-ringing':
      return stopRinging(state);
    case 'release':
      return state.offHook ? release(state) : stopRinging(state);
    case 'lamp':
      return { state, effects: [{ type: 'lamp', lit: input.lit }] };
    case 'polarity':
      return state.offHook && input.reversed !== state.reversed ? { state: { ...state, reversed: input.reversed }, effects: [input] } : same(state);
    case 'event':
      return event(state, input);
    case 'timer':
      return state.again === null ? same(state) : again(state, state.again);
    case 'done':
      return state.alarm === 'card' ? cleared({ ...state, again: null, tries: 0 }) : same({ ...state, again: null, tries: 0 });
    case 'busy':
      return busy(state, input.what);
    case 'refused':
      return refused(state, input.what, input.text);
    default:
      return same(state); // means nothing on a phone port
  }
}

const same = (state: PhoneState): Step<PhoneState> => ({ state, effects: [] });

function ring(state: PhoneState): Step<PhoneState> {
  return { state, effects: [stopWaiting('retry'), { type: 'cadence', cadenceMs: state.cadenceMs ?? [] }, hookTo('ring')] };
}

function stopRinging(state: PhoneState): Step<PhoneState> {
  if (state.cadenceMs === null) return same(state);
  return { state: { ...state, cadenceMs: null, again: null, tries: 0 }, effects: [stopWaiting('retry'), hookTo('ring-off')] };
}

/** On-hook while the telephone is lifted drops the battery for 500 ms (kewlstart), then feeds it again. */
function release(state: PhoneState): Step<PhoneState> {
  if (state.released) return same(state);
  return { state: { ...state, released: true, again: null }, effects: [stopWaiting('retry'), ...straight(state), hookTo('on')] };
}

const straight = ({ reversed }: PhoneState): readonly PortEffect[] => (reversed ? [{ type: 'polarity', reversed: false }] : []);

function event(state: PhoneState, { event: what }: Extract<PortInput, { type: 'event' }>): Step<PhoneState> {
  switch (what.name) {
    case 'ring-off-hook':
      return lifted(state);
    case 'on-hook':
      return putDown(state);
    case 'flash':
      return state.offHook ? { state, effects: [tell({ type: 'flash' })] } : same(state);
    case 'ringer-on':
      return state.cadenceMs === null ? same(state) : { state, effects: [tell({ type: 'ring-started' })] };
    case 'ringer-off':
      return state.cadenceMs === null ? same(state) : { state, effects: [tell({ type: 'ring-stopped' })] };
    case 'alarm':
      return { state: { ...state, alarm: 'port' }, effects: [tell({ type: 'alarm', text: portAlarm })] };
    case 'no-alarm':
      return state.alarm === 'port' ? cleared(state) : same(state);
    default:
      return { state, effects: commonEvent(what) };
  }
}

/** The kernel goes on ringing until the port goes off-hook too; without ringing it is what makes the loop stable. */
function lifted(state: PhoneState): Step<PhoneState> {
  if (state.offHook && !state.released) return same(state);
  const told = state.offHook ? [tell({ type: 'on-hook' })] : []; // put down and lifted again within the battery drop
  return { state: { ...state, offHook: true, released: false, reversed: false, cadenceMs: null, tries: 0 }, effects: [stopWaiting('retry'), hookTo('off'), ...told, tell({ type: 'off-hook' })] };
}

function putDown(state: PhoneState): Step<PhoneState> {
  if (!state.offHook) return same(state);
  const down: PhoneState = { ...state, offHook: false, released: false, reversed: false, again: null, tries: 0 };
  return { state: down, effects: [stopWaiting('retry'), ...(state.released ? [] : [...straight(state), hookTo('on')]), { type: 'renew-echo' }, tell({ type: 'on-hook' })] };
}

function busy(state: PhoneState, what: HookAction | 'dial'): Step<PhoneState> {
  if (what === 'dial') return same(state);
  if (state.tries >= mostTries) return refused(state, what, 'the port stays busy');
  return { state: { ...state, again: what, tries: state.tries + 1 }, effects: [wait('retry', retryMs)] };
}

function again(state: PhoneState, what: HookAction): Step<PhoneState> {
  const asked: PhoneState = { ...state, again: null };
  if (what !== 'ring') return { state: asked, effects: [hookTo(what)] };
  return state.cadenceMs === null ? same(asked) : ring(asked);
}

function refused(state: PhoneState, what: HookAction | 'dial', text: string): Step<PhoneState> {
  const ended: PhoneState = { ...state, alarm: state.alarm ?? 'card', again: null, tries: 0, cadenceMs: what === 'ring' ? null : state.cadenceMs };
  return { state: ended, effects: [tell({ type: 'alarm', text })] };
}

const cleared = (state: PhoneState): Step<PhoneState> => ({ state: { ...state, alarm: null }, effects: [tell({ type: 'clear' })] });
