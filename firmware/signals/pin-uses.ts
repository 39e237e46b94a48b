import type { PinPlace } from '../../hal/gpio.ts';

/** What a pin may be for. A board wires those that it has. */
export type PinUse =
  | 'status-led'
  | 'link-led'
  | 'message-led'
  | 'reset-button'
  | 'failover-button'
  | 'alarm-in-1'
  | 'alarm-in-2'
  | 'alarm-in-3'
  | 'alarm-in-4'
  | 'alarm-out'
  | 'door-relay'
  | 'transfer-relay'
  | 'loop-current'
  | 'watchdog';

/** One pin of a board: its use, and where it is. */
export interface BoardPin extends PinPlace {
  readonly use: PinUse;
}

export type PinKind = 'led' | 'relay' | 'button' | 'contact' | 'watchdog';

interface UseFacts {
  readonly kind: PinKind;
  /** What it means when it is asserted. */
  readonly asserted: string;
}

const alarmIn: UseFacts = { kind: 'contact', asserted: 'the alarm contact is closed' };

export const pinUses: Readonly<Record<PinUse, UseFacts>> = {
  'status-led': { kind: 'led', asserted: 'lit' },
  'link-led': { kind: 'led', asserted: 'lit' },
  'message-led': { kind: 'led', asserted: 'lit' },
  'reset-button': { kind: 'button', asserted: 'pressed' },
  'failover-button': { kind: 'button', asserted: 'pressed' },
  'alarm-in-1': alarmIn,
  'alarm-in-2': alarmIn,
  'alarm-in-3': alarmIn,
  'alarm-in-4': alarmIn,
  'alarm-out': { kind: 'relay', asserted: 'an alert stands' },
  'door-relay': { kind: 'relay', asserted: 'the door is open' },
  'transfer-relay': { kind: 'relay', asserted: 'held: the lines are at the unit; dropped, they are at the emergency telephones' },
  'loop-current': { kind: 'contact', asserted: 'an emergency telephone is in a call' },
  'watchdog': { kind: 'watchdog', asserted: 'toggles while the unit is well' },
};

export const directionOf = (use: PinUse): 'in' | 'out' => (pinUses[use].kind === 'button' || pinUses[use].kind === 'contact' ? 'in' : 'out');

/** 'alarm-in-2' -> 2; null = no alarm contact. */
export const alarmContact = (use: PinUse): number | null => (use.startsWith('alarm-in-') ? Number(use.slice(-1)) : null);
