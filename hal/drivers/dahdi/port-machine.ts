/** What both machines of a DAHDI port speak: inputs and effects. `trunk-machine.ts` and `phone-machine.ts` are the two. */
import type { LineHappening } from '../../line.ts';
import type { DahdiEvent } from './dahdi-event.ts';

export type HookAction = 'on' | 'off' | 'flash' | 'ring' | 'ring-off';

/**
 * guard: an on-hook trunk is left alone. settle: the kernel debounces after off-hook. loop: an open loop is looked at again. dial, flash:
 * the kernel's word is overdue. retry: the port was busy.
 */
export type PortTimer = 'guard' | 'settle' | 'loop' | 'dial' | 'flash' | 'retry';

export type PortCommand =
  | { readonly type: 'seize' }
  | { readonly type: 'release' }
  | { readonly type: 'dial'; readonly digits: string; readonly how: 'tone' | 'pulse' }
  | { readonly type: 'flash' }
  | { readonly type: 'ring'; readonly cadenceMs: readonly number[] }
  | { readonly type: 'stop-ringing' }
  | { readonly type: 'lamp'; readonly lit: boolean }
  | { readonly type: 'polarity'; readonly reversed: boolean };

export type PortInput =
  | PortCommand
  | { readonly type: 'event'; readonly event: DahdiEvent }
  | { readonly type: 'timer'; readonly timer: PortTimer }
  /** What became of a `hook` or `dial` effect. `refused`: for good, with the reason in words. */
  | { readonly type: 'done'; readonly what: HookAction | 'dial' }
  | { readonly type: 'busy'; readonly what: HookAction | 'dial' }
  | { readonly type: 'refused'; readonly what: HookAction | 'dial'; readonly text: string }
  /** Answers to `look-at-loop` and `ask-dialling`. */
  | { readonly type: 'loop'; readonly open: boolean }
  | { readonly type: 'dialling'; readonly still: boolean };

export type PortEffect =
  | { readonly type: 'hook'; readonly action: HookAction }
  | { readonly type: 'cadence'; readonly cadenceMs: readonly number[] }
  | { readonly type: 'dial'; readonly digits: string; readonly how: 'tone' | 'pulse' }
  | { readonly type: 'look-at-loop' }
  | { readonly type: 'ask-dialling' }
  | { readonly type: 'lamp'; readonly lit: boolean }
  | { readonly type: 'polarity'; readonly reversed: boolean }
  | { readonly type: 'renew-echo' }
  | { readonly type: 'wait'; readonly timer: PortTimer; readonly ms: number }
  | { readonly type: 'stop-waiting'; readonly timer: PortTimer }
  | { readonly type: 'tell'; readonly happening: LineHappening };

export interface Step<State> {
  readonly state: State;
  readonly effects: readonly PortEffect[];
}

export interface PortMachine<State extends PortView> {
  readonly initial: Step<State>;
  next(state: State, input: PortInput): Step<State>;
}

/** What the line must know of any port's state. */
export interface PortView {
  readonly offHook: boolean;
  /** The kernel plays digits: audio that is written now would end them. */
  readonly dialling: boolean;
}

/** A busy port is tried again after so long, and so many times: the battery drop and the guard after it take 800 ms. */
export const retryMs = 100;
export const mostTries = 20;

export const tell = (happening: LineHappening): PortEffect => ({ type: 'tell', happening });
export const hookTo = (action: HookAction): PortEffect => ({ type: 'hook', action });
export const wait = (timer: PortTimer, ms: number): PortEffect => ({ type: 'wait', timer, ms });
export const stopWaiting = (timer: PortTimer): PortEffect => ({ type: 'stop-waiting', timer });

/** Events that say the same on both kinds of port. */
export function commonEvent(event: DahdiEvent): readonly PortEffect[] {
  if (event.name === 'digit') return [tell({ type: 'digit', digit: event.digit, via: event.via })];
  if (event.name === 'fax') return [tell({ type: 'tone', tone: 'fax' })];
  return [];
}
