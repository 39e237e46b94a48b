import type { WallMs } from '../../../../hal/clock.ts';
import type { FlowEffect, FlowInput } from '../../flow.ts';
import type { PromptId } from '../../language/language.ts';
import type { Phrase } from '../../phrase.ts';
import { say } from '../../phrase.ts';
import type { CampaignEntry } from '../../requests/campaign-requests.ts';
import type { ActionStep } from '../action.ts';
import { result } from '../action.ts';
import type { CampaignWith } from './campaign.ts';

/** `hearing` the answers of a caller, then `deciding` for a while, then the next; `marking`: what was decided becomes durable. */
export type ReviewState =
  | { readonly at: 'listing' }
  | { readonly at: 'hearing'; readonly entries: readonly CampaignEntry[]; readonly index: number }
  | { readonly at: 'deciding'; readonly entries: readonly CampaignEntry[]; readonly index: number }
  | { readonly at: 'marking'; readonly entries: readonly CampaignEntry[]; readonly index: number; readonly told: PromptId }
  | { readonly at: 'leaving' };

type Step = ActionStep<ReviewState>;
type With<At extends ReviewState['at']> = Extract<ReviewState, { at: At }>;

const wait = 'campaign';
const patienceMs = 5000;

export const beginReview = ({ campaign }: CampaignWith): Step => go({ at: 'listing' }, { type: 'ask', request: { kind: 'campaign-entries', campaign } });

export function reviewStep(settings: CampaignWith, state: ReviewState, input: FlowInput): Step {
  if (input.type === 'hung-up' && state.at !== 'marking') return result('Next');
  switch (state.at) {
    case 'listing':
      return input.type === 'answered' && input.kind === 'campaign-entries' ? hear(input.answer?.entries ?? [], 0) : go(state);
    case 'hearing':
      if (input.type === 'digit') return keyed(settings, state, input.digit);
      return input.type === 'played' ? go({ ...state, at: 'deciding' }, { type: 'timer', name: wait, ms: patienceMs }) : go(state);
    case 'deciding':
      if (input.type === 'digit') return keyed(settings, state, input.digit);
      return input.type === 'timer' && input.name === wait ? hear(state.entries, state.index + 1) : go(state);
    case 'marking':
      return marking(state, input);
    case 'leaving':
      return input.type === 'played' || input.type === 'digit' ? result('Next') : go(state);
  }
}

function hear(entries: readonly CampaignEntry[], index: number, ...first: PromptId[]): Step {
  const entry = entries[index];
  if (entry === undefined) return go({ at: 'leaving' }, quiet, play(say(...first, entries.length === 0 ? 'campaign.none' : 'campaign.end')));
  return go({ at: 'hearing', entries, index }, quiet, play([...say(...first), ...heading(entry, index), ...answersOf(entry), ...say('campaign.help')]));
}

/** Which, when, and from whom. */
function heading({ leftMs, caller }: CampaignEntry, index: number): Phrase[] {
  const from: Phrase[] = /[0-9]/.test(caller) ? [{ say: 'collect.from' }, { digits: caller }] : say('collect.from-unknown');
  return [{ say: 'campaign.answers' }, { number: index + 1 }, { pauseMs: 150 }, { say: 'collect.received' }, { dateTime: leftMs as WallMs }, { pauseMs: 150 }, ...from, { pauseMs: 300 }];
}

const answersOf = ({ answers }: CampaignEntry): Phrase[] => answers.flatMap((recording) => [{ beep: true }, { recording, orElse: say('collect.damaged') }, { pauseMs: 300 }] as Phrase[]);

function keyed({ campaign }: CampaignWith, { entries, index }: With<'hearing'> | With<'deciding'>, digit: string): Step {
  const mark = (as: 'saved' | 'deleted', told: PromptId): Step => {
    const id = (entries[index] as CampaignEntry).id;
    return go({ at: 'marking', entries, index, told }, quiet, { type: 'ask', request: { kind: 'campaign-mark', campaign, id, as } });
  };
  switch (digit) {
    case '4':
      return mark('deleted', 'campaign.deleted');
    case '5':
      return mark('saved', 'campaign.saved');
    case '7':
      return hear(entries, index);
    case '9':
    case '#':
      return hear(entries, index + 1);
    case '0':
    case '*':
      return result('Next');
    default:
      return hear(entries, index, 'collect.invalid');
  }
}

/** Nothing is said to be done before it is durable. */
function marking(state: With<'marking'>, input: FlowInput): Step {
  if (input.type !== 'answered' || input.kind !== 'campaign-mark') return go(state);
  return hear(state.entries, state.index + 1, input.answer?.ok === true ? state.told : 'try-later');
}

const quiet: FlowEffect = { type: 'cancel-timer', name: wait };
const play = (phrases: readonly Phrase[]): FlowEffect => ({ type: 'play', phrases, bargeIn: true });
const go = (state: ReviewState, ...effects: FlowEffect[]): Step => ({ to: 'state', state, effects });
