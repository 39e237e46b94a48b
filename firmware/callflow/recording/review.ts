import type { FlowEffect, FlowInput } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { TakePlan, TakeState, TakeStep } from './take.ts';
import { beginTake, takeStep } from './take.ts';

/** Something that is recorded anew by telephone: a prompt, a greeting, a name. */
export interface ReviewPlan {
  readonly take: TakePlan;
  /** What is in force. */
  readonly current: readonly Phrase[];
  /** What was recorded and is not in force yet, by the id of `kept`. */
  readonly pending: (id: string) => readonly Phrase[];
  readonly commit: FlowEffect;
}

/**
 *   menu -- 1 --> (current) -- 2 --> taking --> deciding -- 3 --> committing --> menu
 *                                      ^  1 again, 2 anew, 0 dropped
 *
 * `changed`: a recording of this session is in force. `idle`: prompts without a key in a row.
 */
export type ReviewState =
  | { readonly at: 'menu'; readonly changed: boolean; readonly idle: number }
  | { readonly at: 'taking'; readonly changed: boolean; readonly take: TakeState }
  | { readonly at: 'deciding'; readonly changed: boolean; readonly id: string; readonly idle: number }
  | { readonly at: 'committing'; readonly changed: boolean; readonly gone: boolean }
  | { readonly at: 'dropping'; readonly changed: boolean; readonly then: 'menu' | 'take' | 'over' };

export type ReviewStep =
  | { readonly to: 'state'; readonly state: ReviewState; readonly effects: readonly FlowEffect[] }
  | { readonly to: 'over'; readonly changed: boolean };

type In<At extends ReviewState['at']> = Extract<ReviewState, { at: At }>;

const wait = 'review';
const patienceMs = 8000;
const mostIdle = 3;

export const beginReview = (): ReviewStep => menu(false, 0);

export function reviewStep(plan: ReviewPlan, state: ReviewState, input: FlowInput): ReviewStep {
  switch (state.at) {
    case 'menu':
      return atMenu(plan, state, input);
    case 'taking':
      return taken(plan, state, takeStep(plan.take, state.take, input));
    case 'deciding':
      return deciding(plan, state, input);
    case 'committing':
      return committing(state, input);
    case 'dropping':
      return dropping(plan, state, input);
  }
}

const menu = (changed: boolean, idle: number, ...first: Phrase[]): ReviewStep => go({ at: 'menu', changed, idle }, quiet, play([...first, ...say('review.help')]));

function atMenu(plan: ReviewPlan, state: In<'menu'>, input: FlowInput): ReviewStep {
  if (input.type === 'hung-up') return over(state.changed);
  if (input.type === 'played') return go(state, { type: 'timer', name: wait, ms: patienceMs });
  if (input.type === 'timer' && input.name === wait) return state.idle + 1 >= mostIdle ? over(state.changed) : menu(state.changed, state.idle + 1, ...say('still-there'));
  if (input.type !== 'digit') return go(state);
  if (input.digit === '1') return menu(state.changed, 0, ...plan.current);
  if (input.digit === '2') return begin(plan, state.changed);
  return input.digit === '0' || input.digit === '#' ? over(state.changed) : menu(state.changed, 0, ...say('collect.invalid'));
}

const begin = (plan: ReviewPlan, changed: boolean): ReviewStep => taken(plan, { changed }, beginTake(plan.take), quiet);

function taken(plan: ReviewPlan, { changed }: { readonly changed: boolean }, step: TakeStep, ...first: FlowEffect[]): ReviewStep {
  if (step.to === 'state') return go({ at: 'taking', changed, take: step.state }, ...first, ...step.effects);
  const { outcome, gone } = step;
  if (outcome.kind === 'kept') return gone ? go({ at: 'dropping', changed, then: 'over' }, plan.take.abandon) : decide(plan, changed, outcome.id, 0);
  if (gone) return over(changed);
  return menu(changed, 0, ...say(outcome.kind === 'short' ? 'menu.nothing-recorded' : 'try-later'));
}

const decide = (plan: ReviewPlan, changed: boolean, id: string, idle: number): ReviewStep =>
  go({ at: 'deciding', changed, id, idle }, quiet, play([...plan.pending(id), { pauseMs: 300 }, ...say('review.decide')]));

function deciding(plan: ReviewPlan, state: In<'deciding'>, input: FlowInput): ReviewStep {
  const { changed, id, idle } = state;
  const drop = (then: In<'dropping'>['then']): ReviewStep => go({ at: 'dropping', changed, then }, quiet, { type: 'stop-play' }, plan.take.abandon);
  if (input.type === 'hung-up') return drop('over');
  if (input.type === 'played') return go(state, { type: 'timer', name: wait, ms: patienceMs });
  if (input.type === 'timer' && input.name === wait) return idle + 1 >= mostIdle ? drop('over') : decide(plan, changed, id, idle + 1);
  if (input.type !== 'digit') return go(state);
  switch (input.digit) {
    case '1':
      return decide(plan, changed, id, 0);
    case '2':
      return drop('take');
    case '3':
    case '#':
      return go({ at: 'committing', changed, gone: false }, quiet, { type: 'stop-play' }, plan.commit);
    case '0':
      return drop('menu');
    default:
      return go(state, quiet, play(say('collect.invalid', 'review.decide')));
  }
}

/** Nothing is said to be saved before it is durable. */
function committing(state: In<'committing'>, input: FlowInput): ReviewStep {
  if (input.type === 'hung-up') return go({ ...state, gone: true });
  if (input.type !== 'stored') return go(state);
  const changed = state.changed || input.ok;
  return state.gone ? over(changed) : menu(changed, 0, ...say((input.ok ? 'review.saved' : 'try-later') satisfies PromptId));
}

function dropping(plan: ReviewPlan, state: In<'dropping'>, input: FlowInput): ReviewStep {
  if (input.type === 'hung-up') return go({ ...state, then: 'over' });
  if (input.type !== 'stored') return go(state);
  if (state.then === 'take') return begin(plan, state.changed);
  return state.then === 'over' ? over(state.changed) : menu(state.changed, 0);
}

const over = (changed: boolean): ReviewStep => ({ to: 'over', changed });
const quiet: FlowEffect = { type: 'cancel-timer', name: wait };
const play = (phrases: readonly Phrase[]): FlowEffect => ({ type: 'play', phrases, bargeIn: true });
const go = (state: ReviewState, ...effects: FlowEffect[]): ReviewStep => ({ to: 'state', state, effects });
