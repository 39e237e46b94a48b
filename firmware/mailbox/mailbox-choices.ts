import * as v from 'valibot';
import type { StoredRecording } from './mailbox-state.ts';
import { storedRecordingSchema } from './mailbox-state.ts';
import type { GreetingKind, MailboxOptions } from './owner-choices.ts';
import { numberedGreetings, reasonGreetings, standardOptions } from './owner-choices.ts';

/**
 * What an owner has chosen beyond the PIN, the standard greeting and the name: a document of its own, `mailboxes/<number>/choices.a .b`, so that
 * the one with the PIN stays readable for an older version of the firmware.
 */
const moreGreetings = [...reasonGreetings, ...numberedGreetings] as const;
const greetingUses = ['greeting', ...moreGreetings] as const;
export type ChosenGreeting = (typeof moreGreetings)[number];

const optionsSchema = v.strictObject({
  takesCalls: v.exactOptional(v.boolean()),
  loopGreeting: v.exactOptional(v.boolean()),
  pinGiven: v.exactOptional(v.boolean()),
  envelope: v.exactOptional(v.strictObject({ number: v.boolean(), name: v.boolean(), time: v.boolean(), length: v.boolean() })),
});

/** The part that is no recording; the site has it as it is. */
const choiceEntries = {
  /** The recording for calls of a kind, where it is another than that kind's own. */
  use: v.record(v.picklist(greetingUses), v.picklist(greetingUses)),
  /** Until when the temporary greeting counts, wall time; null: until it is removed. */
  temporaryUntilMs: v.nullable(v.number()),
  options: optionsSchema,
};

const choicesSchema = v.strictObject({ version: v.literal(1), greetings: v.record(v.picklist(moreGreetings), storedRecordingSchema), ...choiceEntries });

export interface MailboxChoices {
  version: 1;
  greetings: Partial<Record<ChosenGreeting, StoredRecording>>;
  use: Partial<Record<GreetingKind, GreetingKind>>;
  temporaryUntilMs: number | null;
  options: Partial<MailboxOptions>;
}

export const noChoices = (): MailboxChoices => ({ version: 1, greetings: {}, use: {}, temporaryUntilMs: null, options: {} });

/** Throws a ValiError on anything else. */
export const checkChoices = (found: unknown): MailboxChoices => v.parse(choicesSchema, found) as MailboxChoices;

export type ChoiceRecord = Pick<MailboxChoices, 'use' | 'temporaryUntilMs' | 'options'>;

/** The part that is no recording. Throws a ValiError on anything else. */
export const checkedChoice = (found: unknown): ChoiceRecord => v.parse(v.strictObject(choiceEntries), found) as ChoiceRecord;

export const optionsOf = ({ options }: Pick<MailboxChoices, 'options'>): MailboxOptions => ({ ...standardOptions, ...options });

/** Nothing that differs from a mailbox whose owner has chosen nothing. */
export const isUnchosen = ({ use, temporaryUntilMs, options }: ChoiceRecord): boolean => Object.keys(use).length === 0 && temporaryUntilMs === null && Object.keys(options).length === 0;
