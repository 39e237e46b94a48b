import * as v from 'valibot';
import type { Settings } from '../../../config/settings.ts';
import type { FlowEffect, FlowInput } from '../../flow.ts';
import type { Phrase } from '../../phrase.ts';
import { toMailbox, toPlace } from '../../recording/take-plans.ts';
import type { TakePlan, TakeState, TakeStep } from '../../recording/take.ts';
import { beginTake, takeStep } from '../../recording/take.ts';
import type { ActionContext, ActionStep } from '../action.ts';
import { result } from '../action.ts';

/** Keys of `with` that actions which record have in common. */
export const recordingKeys = {
  to: v.optional(
    v.pipe(v.string(), v.maxLength(128), v.description("Where the recording goes: a mailbox (its number; variables are filled in), 'call' to keep it for the rest of the call as $RES, or 'presumed' for the mailbox of the start point.")),
    'presumed',
  ),
  maxSec: v.optional(v.nullable(v.pipe(v.number(), v.minValue(1), v.maxValue(3600), v.description('The longest recording, s; null = as messages.maxSec says.'))), null),
  silenceSec: v.optional(v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(60), v.description('So much silence ends it, s; 0 = never, null = as messages.silenceSec says.'))), null),
  endKeys: v.optional(v.pipe(v.string(), v.regex(/^[0-9*#]{0,12}$/, 'keys of 0-9 * #'), v.description('Keys that end a recording.')), '#'),
};

export interface RecordingWith {
  readonly to: string;
  readonly maxSec: number | null;
  readonly silenceSec: number | null;
  readonly endKeys: string;
}

export const recordingResults = [
  { name: 'Next', about: 'It is stored. $RES holds it, if it is kept for the call.' },
  { name: 'Failure', about: 'Nothing was recorded, the mailbox takes no messages, or the store refused.' },
] as const;

/** `admitting`: whether the mailbox takes it is being asked. */
export type RecordedState = { readonly at: 'admitting' } | { readonly at: 'taking'; readonly take: TakeState };

type Step = ActionStep<RecordedState>;

/** Where it goes: a mailbox; 'call'; null = no mailbox is presumed, or the text gives none. */
export function targetOf(context: Pick<ActionContext, 'mailbox' | 'expand'>, to: string): string | null {
  if (to === 'call') return 'call';
  const mailbox = to === 'presumed' ? context.mailbox : context.expand(to).trim();
  return mailbox === null || !/^[0-9]{1,32}$/.test(mailbox) ? null : mailbox;
}

/** Whose PIN may be wanted for it: what stays in the call is the presumed owner's. */
export function concernedBy(context: Pick<ActionContext, 'mailbox' | 'expand'>, to: string): string | null {
  const target = targetOf(context, to);
  return target === 'call' ? context.mailbox : target;
}

/** The mailboxes that a text names without a variable. */
export const mailboxesIn = (to: string): readonly string[] => (/^[0-9]+$/.test(to) ? [to] : []);

export function planOf(context: ActionContext, settings: RecordingWith, pieces: readonly (readonly Phrase[])[]): TakePlan | null {
  const target = targetOf(context, settings.to);
  if (target === null) return null;
  const { messages } = context.settings;
  return {
    ...(target === 'call' ? toPlace({ kind: 'call' }) : toMailbox(target)),
    pieces,
    maxMs: (settings.maxSec ?? messages.maxSec) * 1000,
    silenceMs: (settings.silenceSec ?? messages.silenceSec) * 1000,
    minMs: target === 'call' ? 1 : minMs(messages),
    stopDigits: settings.endKeys,
  };
}

const minMs = ({ minSec }: Settings['messages']): number => Math.max(1, minSec * 1000);

export function beginRecorded(plan: TakePlan | null): Step {
  if (plan === null) return result('Failure');
  if (plan.open.type !== 'open-message') return taken(beginTake(plan));
  const { mailbox = '' } = plan.open;
  return { to: 'state', state: { at: 'admitting' }, effects: [{ type: 'admit', mailbox } satisfies FlowEffect] };
}

export function recordedStep(plan: TakePlan | null, state: RecordedState, input: FlowInput): Step {
  if (plan === null) return result('Failure');
  if (state.at === 'taking') return taken(takeStep(plan, state.take, input));
  if (input.type === 'hung-up') return result('Failure');
  if (input.type !== 'admitted') return { to: 'state', state, effects: [] };
  return input.admission === 'ok' ? taken(beginTake(plan)) : result('Failure');
}

function taken(step: TakeStep): Step {
  if (step.to === 'state') return { to: 'state', state: { at: 'taking', take: step.state }, effects: step.effects };
  const { outcome } = step;
  if (outcome.kind !== 'kept') return result('Failure');
  return outcome.id === '' ? result('Next') : result('Next', { RES: outcome.id });
}
