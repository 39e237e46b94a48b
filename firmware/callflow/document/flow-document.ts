import * as v from 'valibot';
import { nearest } from '../../config/nearest.ts';
import { catalogue } from '../language/en/catalogue.ts';

/**
 * A call flow as people write it: one JSON document. Its actions are nodes with results that lead to other nodes; what a node needs stands in
 * `with`, checked by the schema of its action (`actions/`). Nothing in it is code.
 */

/** Where a flow begins to serve a call (VoiceMail Pro's start points). */
export const pointNames = ['Collect', 'Leave', 'Callback', 'Queued', 'Still Queued'] as const;
export type PointName = (typeof pointNames)[number];

/** Names of flows, actions in them, conditions, prompts: letters, digits, space, dot, dash, underscore; at most 64. */
export const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$/;
export const nameSchema = v.pipe(v.string(), v.regex(namePattern, 'a name of letters, digits, spaces, dots, dashes and underscores, at most 64'));
const sentence = v.pipe(v.string(), v.maxLength(500));

const startSchema = v.variant('scope', [
  /** A mailbox of one person, or of a group (one that has members). */
  v.strictObject({ scope: v.literal('mailbox'), mailbox: v.pipe(v.string(), v.regex(/^[0-9]{1,32}$/)), point: v.picklist(pointNames) }),
  v.strictObject({ scope: v.literal('default'), point: v.picklist(pointNames) }),
  /** A number that is dialled at this unit. */
  v.strictObject({ scope: v.literal('short code'), number: v.pipe(v.string(), v.regex(/^[0-9*#+]{1,32}$/)) }),
  /** Used by other flows through the action Module. */
  v.strictObject({ scope: v.literal('module') }),
]);

const noPrompt = (id: string): string => {
  const near = nearest(id, Object.keys(catalogue));
  return `the unit has no prompt '${id}' of its own${near === null ? '' : `; did you mean '${near}'?`}; a recorded prompt of the site is written as a text alone`;
};

/**
 * One thing to be heard. A text alone is a variable ('$KEY', '$NAM', '$RES') or the name of a recorded prompt, in which variables are
 * filled in ('Greeting$KEY').
 */
export const promptSchema = v.union([
  v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  /** Spoken by the unit; variables are filled in. */
  v.strictObject({ speak: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)) }),
  /** One of the unit's own prompts, by its id ('goodbye'). */
  v.strictObject({ prompt: v.pipe(v.string(), v.maxLength(64), v.check((id) => id in catalogue, (issue) => noPrompt(String(issue.input)))) }),
  /** Spoken as a number ('21' = twenty-one), digit by digit, or as a time. Variables are filled in. */
  v.strictObject({ number: v.pipe(v.string(), v.maxLength(32)) }),
  v.strictObject({ digits: v.pipe(v.string(), v.maxLength(64)) }),
  /** The recorded name of a mailbox, else its number. */
  v.strictObject({ nameOf: v.pipe(v.string(), v.maxLength(32)) }),
  v.strictObject({ pauseMs: v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(60_000)) }),
  v.strictObject({ beep: v.literal(true) }),
]);

/** In the schema of an action: the text is the name of a recorded prompt, so `flow check` looks for it. `but`: words that name none. `literal`: variables are not filled in. */
export interface NamesPrompt {
  readonly but?: readonly string[];
  readonly literal?: boolean;
}
export const namesPrompt = (how: NamesPrompt = {}): v.MetadataAction<string, { readonly namesPrompt: NamesPrompt }> => v.metadata({ namesPrompt: how });

/** For `prompts` of a node, and of actions that have further ones. */
export const promptsSchema = v.optional(v.pipe(v.array(promptSchema), v.maxLength(32)), []);

const actionSchema = v.strictObject({
  action: v.pipe(v.string(), v.maxLength(64)),
  about: v.optional(sentence, ''),
  /** Digits that must be keyed before the action, or 'mailbox' for the PIN of the mailbox that it is about; null = none. */
  pin: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^(?:[0-9]{1,15}|mailbox)$/))), null),
  /** Heard before the action. */
  prompts: promptsSchema,
  /** The prompts are heard to their end; else a key cuts them short. */
  uninterrupted: v.optional(v.boolean(), false),
  with: v.optional(v.record(v.string(), v.unknown()), {}),
  /** Result -> node of this flow. A result that leads nowhere ends the call, or goes back to the queue that it came from. */
  results: v.optional(v.record(v.string(), nameSchema), {}),
});

export const flowSchema = v.strictObject({
  form: v.literal(1),
  name: nameSchema,
  about: v.optional(sentence, ''),
  starts: v.optional(v.pipe(v.array(startSchema), v.maxLength(64)), []),
  first: nameSchema,
  /** The flow goes on after the caller has hung up, until an action needs them. */
  completeSequence: v.optional(v.boolean(), false),
  actions: v.record(nameSchema, actionSchema),
});

export type FlowDocument = v.InferOutput<typeof flowSchema>;
export type FlowStart = v.InferOutput<typeof startSchema>;
export type FlowNode = v.InferOutput<typeof actionSchema>;
export type PromptItem = v.InferOutput<typeof promptSchema>;

/** Nodes of one flow; bytes of its document. */
export const mostNodes = 500;
export const mostFlowBytes = 100 * 1024;
