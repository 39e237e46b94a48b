import * as v from 'valibot';
import { toneZones } from '../media/detect/tone-zones.ts';
import type { TextForm } from './schema-kinds.ts';
import { choice, text, textOrNull, wholeNumber } from './schema-kinds.ts';
import * as form from './text-forms.ts';

/** Transfers, and keys that lead callers out of a greeting. */

const numberPattern: TextForm = {
  form: 'a pattern of 1 to 32 digits, X (any digit), [1-8] (one of these) and a final dot (anything)',
  accepts: (pattern) => pattern.length <= 64 && /^(?:[0-9*#+X]|\[[0-9](?:-[0-9])?\]){1,32}\.?$/.test(pattern),
};

/** Five digits at most, and none that begins with 0 or 9, by which PBXs usually dial out. */
export const extensionsOnly = ['[1-8]', '[1-8]X', '[1-8]XX', '[1-8]XXX', '[1-8]XXXX'];

export const transfers = v.strictObject({
  method: v.optional(choice(['refer', 'bridge'], { about: 'Refer asks the PBX to take a call over (RFC 3515), and where it refuses the unit stays between the two on a second port; bridge always does the latter.' }), 'refer'),
  allow: v.optional(
    v.pipe(
      v.array(text({ is: numberPattern, about: 'A pattern.' })),
      v.maxLength(64),
      v.description('Numbers that callers may be sent to, beside mailboxes, telephones and breakout numbers of this unit: X is any digit, [1-8] one of these, a final dot anything. What is not here costs nobody a call.'),
    ),
    extensionsOnly,
  ),
  ringSec: wholeNumber({ unit: 's', min: 5, max: 180, default: 20, about: 'How long a number rings that the unit itself calls for a caller.' }),
  reportSec: wholeNumber({ unit: 's', min: 5, max: 180, default: 40, about: 'How long the PBX may take to say what became of a transfer; after that it counts as done.' }),
  talkMin: wholeNumber({ unit: 'min', min: 1, max: 1440, default: 240, about: 'Longest conversation that goes through the unit.' }),
  zone: v.optional(choice(Object.keys(toneZones).sort(), { about: 'Country whose ringing tone waiting callers hear, as ISO 3166 code.' }), 'us'),
  parkPrefix: textOrNull({ is: form.numberPrefix, about: 'Dialled at the unit with the number of a slot behind it, it takes a parked call; without it nobody can.' }),
});

const key = (about: string) => textOrNull({ is: form.dialledNumber, about });

export const breakout = v.strictObject({
  key0: key('Number that key 0 leads to, usually the reception.'),
  key2: key('Number that key 2 leads to.'),
  key3: key('Number that key 3 leads to.'),
});
