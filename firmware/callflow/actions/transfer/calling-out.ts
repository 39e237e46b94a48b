import * as v from 'valibot';
import { namesPrompt } from '../../document/flow-document.ts';
import type { FlowInput } from '../../flow.ts';
import type { HandOver, HandOverEnd, HandOverState, HandOverStep } from '../../hand-over.ts';
import { handOverStep } from '../../hand-over.ts';
import type { TransferAsk, TransferPriority } from '../../requests/transfer-requests.ts';
import type { ActionContext, ActionResult, ActionStep } from '../action.ts';
import { result } from '../action.ts';

/** What all actions that call somebody for the caller have in common. */

const text = (about: string) => v.optional(v.pipe(v.string(), v.maxLength(128), v.description(about)), '');

/** Keys of `with`. */
export const callingKeys = {
  source: text('Number that is shown to who is called; without it the caller\'s own. Variables are filled in.'),
  description: text('Name that is shown beside it; without it the caller\'s own. Variables are filled in.'),
  priority: text('How urgent the call is, for the PBX: Low, Medium or High, or a variable that holds 1, 2 or 3 (SIP header Priority: non-urgent, normal, urgent). Without it nothing is said.'),
  ringSec: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(180), v.description('So long it rings where the unit itself calls, s; without it what transfers.ringSec says.'))), null),
  hold: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64), namesPrompt({ but: ['ringing', 'silence'], literal: true }), v.description('What the caller hears meanwhile: ringing, silence, or a recorded prompt by name.')), 'ringing'),
};

export const destinationKey = text('Number, group or short code that is called; variables are filled in. Without it the reception: key 0 of the mailbox that is presumed.');

export interface CallingWith {
  readonly source: string;
  readonly description: string;
  readonly priority: string;
  readonly ringSec: number | null;
  readonly hold: string;
}

/** The reception of the mailbox that is presumed where nothing is said; '' = there is none. */
export function destinationOf({ settings, mailbox, expand }: ActionContext, destination: string): string {
  const named = expand(destination).trim();
  if (named !== '') return named;
  const own = settings.mailboxes.find(({ number }) => number === mailbox)?.breakout.key0 ?? null;
  return own ?? settings.breakout.key0 ?? '';
}

const priorities: Readonly<Record<string, TransferPriority>> = { 1: 'low', low: 'low', 2: 'medium', medium: 'medium', 3: 'high', high: 'high' };

/** A call to `to`, as the settings of the action say. */
export function callTo({ settings, expand }: ActionContext, calling: CallingWith, to: string, how: TransferAsk['how'], whisper: TransferAsk['whisper'] = null): HandOver {
  const shown = (said: string): string | null => expand(said).trim() || null;
  const priority = priorities[expand(calling.priority).trim().toLowerCase()] ?? null;
  const ringMs = (calling.ringSec ?? settings.transfers.ringSec) * 1000;
  return {
    ask: { to, how, ringMs, showNumber: shown(calling.source), showName: shown(calling.description), priority, mailbox: null, whisper },
    hold: calling.hold,
    zone: settings.transfers.zone,
  };
}

export const calledResults: readonly ActionResult[] = [
  { name: 'Next', about: 'Somebody answered; where the unit stayed between the two, their conversation is over and the caller is still there.' },
  { name: 'No Answer', about: 'Nobody answered in time.' },
  { name: 'Busy', about: 'The number is in use, or does not take the call.' },
  { name: 'Failure', about: 'The number cannot be called: transfers.allow keeps it out, there is none, no port is free, or the network failed.' },
];

const resultOf: Readonly<Record<HandOverEnd, string>> = { gone: 'Next', talked: 'Next', 'no-answer': 'No Answer', busy: 'Busy', rejected: 'Busy', 'not-allowed': 'Failure', failed: 'Failure' };

/** One step of the call, as one of an action. `rejected`: the result of its own for who refuses. */
export function calledStep<State>(wish: HandOver, before: HandOverState, input: FlowInput, within: (hand: HandOverState) => State, rejected = 'Busy'): ActionStep<State> {
  return stepOf(handOverStep(wish, before, input), within, rejected);
}

export function stepOf<State>(step: HandOverStep, within: (hand: HandOverState) => State, rejected = 'Busy'): ActionStep<State> {
  if (step.to === 'state') return { to: 'state', state: within(step.state), effects: step.effects };
  return result(step.end === 'rejected' ? rejected : resultOf[step.end], undefined, step.effects);
}
