import * as v from 'valibot';
import { weekdays } from '../../../config/notify-settings.ts';
import { nameSchema, namesPrompt } from '../../document/flow-document.ts';
import type { FlowInput } from '../../flow.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import type { KeyEntry } from '../key-entry.ts';
import { awaitKeys, keyEntryStep } from '../key-entry.ts';

const whole = (min: number, max: number, about: string) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max), v.description(about));

const schema = v.strictObject({
  time: v.optional(v.pipe(v.string(), v.maxLength(64), v.description("When, as 07:30 or 0730, in the unit's time zone; variables are filled in. Left out: the caller keys four digits.")), ''),
  number: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.description('What rings; variables are filled in.')), '$CLI'),
  repeat: v.optional(v.pipe(v.picklist(['single', 'daily', 'weekly']), v.description('How often.')), 'single' as const),
  day: v.optional(v.pipe(v.nullable(v.picklist(weekdays)), v.description('Day of a single or weekly alarm; without it, the next such time.')), null),
  prompt: v.optional(v.pipe(v.nullable(v.pipe(nameSchema, namesPrompt())), v.description('Recorded prompt of the site that is heard; without it the standard words.')), null),
  text: v.optional(v.pipe(v.string(), v.maxLength(128), v.description('Spoken in its place; variables are filled in.')), ''),
  ringSec: v.optional(whole(5, 120, 'So long it rings, s.'), 60),
  retries: v.optional(whole(0, 10, 'So often again when nobody answers.'), 0),
  intervalMin: v.optional(whole(1, 60, 'Before each retry, min.'), 5),
  cancelCode: v.optional(v.pipe(v.string(), v.regex(/^[0-9*#]{0,4}$/, 'at most 4 of 0-9 * #'), v.description('What its hearer keys, or the alarm counts as unanswered; empty: the answer is enough.')), '*'),
  timeoutSec: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(60), v.description('So long the first key is waited for, s.')), 10),
});
type With = v.InferOutput<typeof schema>;

type AlarmState = { readonly at: 'keying'; readonly entry: KeyEntry } | { readonly at: 'asked' };
type Step = ActionStep<AlarmState>;

const asksCaller = ({ time }: With): boolean => time === '';

export const alarmSet: ActionKind<With, AlarmState> = {
  name: 'Alarm Set',
  group: 'Miscellaneous',
  about: 'Sets an alarm call: the unit rings a number at a time of day, once, daily or weekly.',
  schema,
  results: (settings) => [
    { name: 'Success', about: 'The alarm is set, durably.' },
    { name: 'Failure', about: 'The number may not be called, there are too many alarms, or they cannot be kept.' },
    { name: 'Invalid', about: 'What was keyed, or the variable holds, is no time of day.' },
    ...(asksCaller(settings) ? [{ name: 'Timeout', about: 'The caller keyed nothing.' }] : []),
  ],
  hearsKeys: true,
  waits: true,
  waitsIf: asksCaller,
  begin: (context, settings) => (asksCaller(settings) ? keying(awaitKeys(settings.timeoutSec)) : set(context, settings, context.expand(settings.time))),
  step: (context, settings, state, input) => {
    if (state.at === 'keying') return keyed(context, settings, state.entry, input);
    if (input.type !== 'answered' || input.kind !== 'set-alarm') return { to: 'state', state, effects: [] };
    const outcome = input.answer?.outcome;
    return result(outcome === 'ok' ? 'Success' : outcome === 'bad' ? 'Invalid' : 'Failure');
  },
  example: { with: { repeat: 'single', text: 'This is your wake-up call.' }, results: { Success: 'goodbye', Failure: 'operator', Invalid: 'again', Timeout: 'again' } },
};

/** Four digits are a whole time: nobody has to press #. */
function keyed(context: ActionContext, settings: With, entry: KeyEntry, input: FlowInput): Step {
  const pressed = input.type === 'digit' ? entry.pressed + input.digit : entry.pressed;
  if (input.type === 'digit' && /^[0-9]{4}$/.test(pressed)) return set(context, settings, pressed);
  const step = keyEntryStep(entry, input, (outcome) => (outcome === 'timeout' ? result('Timeout', { KEY: '' }) : result('Invalid', { KEY: outcome.keys })));
  return keying(step);
}

const keying = (step: ActionStep<KeyEntry>): Step => (step.to === 'state' ? { ...step, state: { at: 'keying', entry: step.state } } : step);

function set({ expand, mailbox }: ActionContext, { number, repeat, day, prompt, text, ringSec, retries, intervalMin, cancelCode }: With, written: string): Step {
  const time = timeOf(written);
  if (time === null) return result('Invalid', { KEY: written });
  const wish = { number: expand(number), mailbox, time, repeat, day, prompt, text: expand(text).slice(0, 128), ringSec, retries, intervalMin, cancelCode };
  return { to: 'state', state: { at: 'asked' }, effects: [{ type: 'cancel-timer', name: 'key-entry' }, { type: 'ask', request: { kind: 'set-alarm', ...wish } }], set: { KEY: written } };
}

/** '7:30', '07:30', '0730' as 'HH:MM'; null = no time of day. */
export function timeOf(written: string): string | null {
  const [, hour = '', minute = ''] = /^([0-9]{1,2}):?([0-9]{2})$/.exec(written.trim()) ?? [];
  return hour === '' || Number(hour) > 23 || Number(minute) > 59 ? null : `${hour.padStart(2, '0')}:${minute}`;
}
