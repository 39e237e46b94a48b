import * as v from 'valibot';
import type { FlowEffect, FlowInput } from '../../flow.ts';
import { holdInstead, holdPhrases } from '../../hold-audio.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import { callingKeys } from './calling-out.ts';

const schema = v.strictObject({
  page: v.pipe(v.string(), v.minLength(1), v.maxLength(128), v.description('Group, or page number of the PBX, that is called and told; variables are filled in.')),
  playRecording: v.optional(v.pipe(v.boolean(), v.description('The page begins with what the caller has said before ($RES).')), false),
  retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20), v.description('Pages after the first.')), 3),
  everySec: v.optional(v.pipe(v.number(), v.integer(), v.minValue(5), v.maxValue(300), v.description('Pause after each page, s.')), 20),
  hold: callingKeys.hold,
});
type ParkWith = v.InferOutput<typeof schema>;

type ParkState = { readonly at: 'parked'; readonly hungUp: boolean } | { readonly at: 'talking' };

export const parkAndPage: ActionKind<ParkWith, ParkState> = {
  name: 'Park & Page',
  group: 'Telephony',
  about: 'Parks the caller in a slot of the unit and calls a group or page number, which hears the number of the slot: transfers.parkPrefix and the slot. Who dials it has the caller.',
  schema,
  results: () => [
    { name: 'Next', about: 'Somebody took the call, and has hung up; the caller is still there.' },
    { name: 'No Answer', about: 'Nobody took it after the last page.' },
    { name: 'Failure', about: 'It cannot be parked: transfers.parkPrefix is not set, transfers.allow keeps the page number out, or no slot or port is free.' },
  ],
  waits: true,
  begin: (context, settings) => {
    const recording = settings.playRecording ? (context.variables['RES'] ?? '') || null : null;
    const ask = { kind: 'park-and-page', page: context.expand(settings.page), recording, retries: settings.retries, everyMs: settings.everySec * 1000 } as const;
    return { to: 'state', state: { at: 'parked', hungUp: false }, effects: [wait(context, settings), { type: 'ask', request: ask }] };
  },
  step: (context, settings, state, input) => (state.at === 'parked' ? parked(context, settings, state, input) : talking(state, input)),
  example: { with: { page: '600', hold: 'music' }, results: { Next: 'goodbye', 'No Answer': 'leave a message', Failure: 'leave a message' } },
};

type Step = ActionStep<ParkState>;

function parked(context: ActionContext, settings: ParkWith, state: Extract<ParkState, { at: 'parked' }>, input: FlowInput): Step {
  if (input.type === 'hung-up') return { to: 'state', state: { ...state, hungUp: true }, effects: [] };
  if (input.type === 'played') return { to: 'state', state, effects: state.hungUp ? [] : [wait(context, settings)] };
  if (input.type === 'unplayable') return { to: 'state', state, effects: state.hungUp ? [] : [wait(context, { ...settings, hold: holdInstead(settings.hold) })] };
  if (input.type !== 'answered' || input.kind !== 'park-and-page') return { to: 'state', state, effects: [] };
  const outcome = input.answer?.outcome ?? 'failed';
  if (outcome === 'taken' && !state.hungUp) return { to: 'state', state: { at: 'talking' }, effects: [{ type: 'stop-play' }, { type: 'ask', request: { kind: 'talk' } }] };
  return result(outcome === 'no-answer' ? 'No Answer' : 'Failure', undefined, [{ type: 'stop-play' }]);
}

function talking(state: ParkState, input: FlowInput): Step {
  return input.type === 'answered' && input.kind === 'talk' ? result(input.answer === null || input.answer.ended === 'nobody' ? 'Failure' : 'Next') : { to: 'state', state, effects: [] };
}

const wait = ({ settings }: ActionContext, { hold }: ParkWith): FlowEffect => ({ type: 'play', phrases: holdPhrases(hold, settings.transfers.zone), bargeIn: false });
