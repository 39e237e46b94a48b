import { events } from './dahdi-numbers.ts';

/** What DAHDI_GETEVENT gave, in words. What it means depends on the port and its state: see the machines. */
export type DahdiEvent =
  /** Trunk: the loop has opened. Phone: put down. */
  | { readonly name: 'on-hook' }
  /** Trunk: a burst of ringing has ended. Phone: lifted. */
  | { readonly name: 'ring-off-hook' }
  /** Phone: hook flash. */
  | { readonly name: 'flash' }
  | { readonly name: 'alarm' }
  | { readonly name: 'no-alarm' }
  | { readonly name: 'dial-complete' }
  | { readonly name: 'ringer-on' }
  | { readonly name: 'ringer-off' }
  | { readonly name: 'hook-complete' }
  | { readonly name: 'polarity' }
  | { readonly name: 'ring-begin' }
  | { readonly name: 'echo-cancel-disabled' }
  | { readonly name: 'removed' }
  | { readonly name: 'fax' }
  | { readonly name: 'read-overrun' }
  | { readonly name: 'write-underrun' }
  | { readonly name: 'digit'; readonly digit: string; readonly via: 'dtmf' | 'pulse' }
  /** Says nothing that we go by: the end of a key press, the start of a pulse, what belongs to digital lines. */
  | { readonly name: 'other'; readonly number: number };

const plain: Readonly<Record<number, DahdiEvent>> = {
  [events.onHook]: { name: 'on-hook' },
  [events.ringOffHook]: { name: 'ring-off-hook' },
  [events.winkFlash]: { name: 'flash' },
  [events.alarm]: { name: 'alarm' },
  [events.noAlarm]: { name: 'no-alarm' },
  [events.dialComplete]: { name: 'dial-complete' },
  [events.ringerOn]: { name: 'ringer-on' },
  [events.ringerOff]: { name: 'ringer-off' },
  [events.hookComplete]: { name: 'hook-complete' },
  [events.polarity]: { name: 'polarity' },
  [events.ringBegin]: { name: 'ring-begin' },
  [events.echoCancelDisabled]: { name: 'echo-cancel-disabled' },
  [events.removed]: { name: 'removed' },
  [events.heardFaxAnswer]: { name: 'fax' },
  [events.heardFaxCalling]: { name: 'fax' },
  [events.readOverrun]: { name: 'read-overrun' },
  [events.writeUnderrun]: { name: 'write-underrun' },
};

export function dahdiEvent(number: number): DahdiEvent {
  if ((number & events.pulseDigit) !== 0) return digitOf(number, 'pulse');
  // A key counts when it goes down, as elsewhere; its going up comes as another event.
  if ((number & events.dtmfDown) !== 0) return digitOf(number, 'dtmf');
  return plain[number] ?? { name: 'other', number };
}

function digitOf(number: number, via: 'dtmf' | 'pulse'): DahdiEvent {
  const digit = String.fromCharCode(number & 0xff).toUpperCase();
  return /^[0-9*#A-D]$/.test(digit) ? { name: 'digit', digit, via } : { name: 'other', number };
}
