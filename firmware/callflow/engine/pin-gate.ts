import type { FlowEffect, FlowInput } from '../flow.ts';
import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../digit-entry.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { DocumentPhase } from './document-state.ts';

/** The name of the wait for keys. */
const wait = 'pin';
/** Wrong PINs before the call ends; they count for the lock of the mailbox, or of the action, as well. */
const mostTries = 3;

/** Which action a PIN keeps. */
export interface ActionPlace {
  readonly flow: string;
  readonly node: string;
}

export interface PinPhase {
  readonly phase: DocumentPhase;
  readonly effects: readonly FlowEffect[];
}

export type PinOutcome =
  | ({ readonly to: 'phase' } & PinPhase)
  | { readonly to: 'passed' }
  | { readonly to: 'refused'; readonly phrases: readonly Phrase[] };

/** What an action with this PIN begins with. */
export function askForPin(pin: string | null, mailbox: string | null): PinPhase | 'none' | 'impossible' {
  if (pin === null) return 'none';
  return pin === 'mailbox' && mailbox === null ? 'impossible' : ask(0, say('collect.enter-pin'));
}

/** One input while the PIN is keyed or checked. `mailbox`: as it is now; a PIN of the one that it was opens nothing. */
export function pinInput(pin: string | null, mailbox: string | null, place: ActionPlace, phase: DocumentPhase, input: FlowInput): PinOutcome {
  if (phase.at === 'checking') return checked(mailbox, phase, input);
  if (phase.at !== 'pin') return unchanged(phase);
  if (input.type === 'played') return next(phase, [{ type: 'timer', name: wait, ms: entryPatienceMs }]);
  if (input.type === 'timer' && input.name === wait) return phase.entry.digits === '' ? { to: 'refused', phrases: say('goodbye') } : complete(pin, mailbox, place, phase.entry.digits, phase.tries);
  if (input.type !== 'digit') return unchanged(phase);
  const entered = enterDigit(phase.entry, input.digit);
  if (entered.kind === 'complete') return complete(pin, mailbox, place, entered.digits, phase.tries);
  return next({ ...phase, entry: entered.entry }, [{ type: 'timer', name: wait, ms: interDigitMs }]);
}

function complete(pin: string | null, mailbox: string | null, { flow, node }: ActionPlace, digits: string, tries: number): PinOutcome {
  const quiet: FlowEffect = { type: 'cancel-timer', name: wait };
  if (pin === 'mailbox') return next({ at: 'checking', tries }, [quiet, { type: 'login', mailbox: mailbox ?? '', pin: digits }]);
  const right = digits === pin;
  return next({ at: 'checking', tries, right }, [quiet, { type: 'ask', request: { kind: 'action-pin', flow, node, right } }]);
}

/** Where tries cannot be counted, those of the call still are. */
function checked(mailbox: string | null, phase: Extract<DocumentPhase, { at: 'checking' }>, input: FlowInput): PinOutcome {
  const { tries, right } = phase;
  if (right === undefined) return input.type === 'logged-in' ? judged(input.outcome === 'ok' && input.mailbox === mailbox, tries, input.outcome === 'locked') : unchanged(phase);
  return input.type === 'answered' && input.kind === 'action-pin' ? judged(right, tries, input.answer?.outcome === 'locked') : unchanged(phase);
}

function judged(right: boolean, tries: number, locked: boolean): PinOutcome {
  if (locked) return { to: 'refused', phrases: say('collect.locked', 'goodbye') };
  if (right) return { to: 'passed' };
  return tries + 1 >= mostTries ? { to: 'refused', phrases: say('collect.wrong', 'goodbye') } : { to: 'phase', ...ask(tries + 1, say('collect.wrong', 'collect.enter-pin')) };
}

function ask(tries: number, phrases: readonly Phrase[]): PinPhase {
  return { phase: { at: 'pin', entry: noDigits, tries }, effects: [{ type: 'cancel-timer', name: wait }, { type: 'play', phrases, bargeIn: true }] };
}

const next = (phase: DocumentPhase, effects: readonly FlowEffect[]): PinOutcome => ({ to: 'phase', phase, effects });
const unchanged = (phase: DocumentPhase): PinOutcome => next(phase, []);
