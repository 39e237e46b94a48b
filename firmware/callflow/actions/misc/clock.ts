import * as v from 'valibot';
import type { ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';

const schema = v.strictObject({ date: v.optional(v.pipe(v.boolean(), v.description('Whether the date is said before the time.')), false) });

interface ClockState {
  readonly at: 'speaking';
}

const stay: ActionStep<ClockState> = { to: 'state', state: { at: 'speaking' }, effects: [] };

export const clock: ActionKind<v.InferOutput<typeof schema>, ClockState> = {
  name: 'Clock',
  group: 'Miscellaneous',
  about: "Speaks the time of day in the unit's time zone, and the date where it is asked for. A key cuts it short.",
  schema,
  results: () => [{ name: 'Next', about: 'It is heard.' }],
  waits: false,
  begin: ({ nowMs }, { date }) => ({ to: 'state', state: { at: 'speaking' }, effects: [{ type: 'play', phrases: [{ clock: nowMs, withDate: date }], bargeIn: true }] }),
  step: (_context, _settings, _state, { type }) => (type === 'played' || type === 'digit' || type === 'hung-up' ? result('Next') : stay),
  example: { with: { date: true }, results: { Next: 'menu' } },
};
