import type * as v from 'valibot';
import type { WallMs } from '../../../hal/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { CallSource } from '../../mailbox/owner/trusted-source.ts';
import type { DiversionReason } from '../../sip/leg.ts';
import type { PointName, PromptItem } from '../document/flow-document.ts';
import type { FlowEffect, FlowInput } from '../flow.ts';
import type { Phrase } from '../phrase.ts';
import type { QueuePriority } from '../requests/queue-requests.ts';

/** As the editors of VoiceMail Pro group them. */
export const actionGroups = ['Basic', 'Mailbox', 'Configuration', 'Telephony', 'Miscellaneous', 'Condition', 'Database', 'Queue'] as const;
export type ActionGroup = (typeof actionGroups)[number];

/** Variables of the call by name without '$': CLI, DDI, KEY, COUNTER1, CP0, RES, SAV, VAR ... A value is at most 512 characters. */
export type Variables = Readonly<Record<string, string>>;

/** What an action may know of its call and its unit. Everything is read as it is now. */
export interface ActionContext {
  readonly variables: Variables;
  /** Of the mailbox that a start point presumes: who was called, or who calls (Collect); null = none. */
  readonly mailbox: string | null;
  readonly reason: DiversionReason;
  /** Where the call comes from: an owner may need no PIN there; null = from nobody that could be trusted. */
  readonly source: CallSource | null;
  readonly point: PointName | null;
  readonly flow: string;
  readonly settings: Settings;
  readonly nowMs: WallMs;
  /** '$NAME' and '$REG[name]' filled in; '$$' is a dollar. Unknown ones are empty. */
  expand(text: string): string;
  /** Of a named condition; unknown = false. */
  condition(name: string): boolean;
  userVariable(name: string): string;
  /** The node's own entry prompts: to be heard again. */
  readonly prompts: readonly PromptItem[];
  /** As they are to be heard now, variables filled in. */
  phrases(items: readonly PromptItem[]): readonly Phrase[];
}

/** What an action does next. `set`: variables that are different from now on. */
export type ActionStep<State> =
  | { readonly to: 'state'; readonly state: State; readonly effects: readonly FlowEffect[]; readonly set?: Variables }
  /** The action is over with this result. */
  | { readonly to: 'result'; readonly result: string; readonly effects?: readonly FlowEffect[]; readonly set?: Variables }
  /** Another flow goes on; `returns`: its Module Return comes back here, as result 'Return'. */
  | { readonly to: 'flow'; readonly flow: string; readonly returns: boolean; readonly set?: Variables }
  /** The caller waits in a queue of this unit from now on: the flow is over, the call is not. */
  | { readonly to: 'queue'; readonly queue: string; readonly priority: QueuePriority | null }
  | { readonly to: 'home' }
  | { readonly to: 'module-return' }
  /** The call is over; `phrases` are heard before. */
  | { readonly to: 'hang-up'; readonly text: string; readonly phrases?: readonly Phrase[] };

export interface ActionResult {
  readonly name: string;
  readonly about: string;
}

/** What `flow check` follows from a node to things outside the flow; prompts it finds by the schema (`namesPrompt`, `promptsSchema`). */
export interface References {
  readonly mailboxes?: readonly string[];
  readonly flows?: readonly string[];
  readonly conditions?: readonly string[];
}

/**
 * One kind of action: its data, and a pure machine that does it. `begin` comes after the PIN and the entry prompts; then each input goes to
 * `step` until the step is no 'state' any more. State is JSON. An action takes its result when all that it has asked of the store or the unit is
 * answered, and its recording has ended; its timers and what plays are ended for it. After `hung-up` it finishes what it has in the store and takes
 * a result; one with nothing under way there is over by itself.
 */
export interface ActionKind<With = unknown, State = unknown> {
  /** As VoiceMail Pro calls it. */
  readonly name: string;
  readonly group: ActionGroup;
  /** One or two sentences, for the page of the action. */
  readonly about: string;
  /** Of `with`; each key has a `v.description`. */
  readonly schema: v.GenericSchema<unknown, With>;
  results(settings: With): readonly ActionResult[];
  /** Keys pressed in the entry prompts are for the action: it begins at once and is given them. */
  readonly hearsKeys?: boolean;
  /** With such settings it branches on a fax tone, and must hear keys too. */
  hearsFax?(settings: With): boolean;
  /** It waits for the caller: a loop through it is not endless. */
  readonly waits: boolean;
  /** Of one that waits: only with such settings. */
  waitsIf?(settings: With): boolean;
  begin(context: ActionContext, settings: With): ActionStep<State>;
  step(context: ActionContext, settings: With, state: State, input: FlowInput): ActionStep<State>;
  references?(settings: With): References;
  /** Whose it is, where it may be another mailbox than the presumed one: `pin: "mailbox"` asks for that one's PIN. null = nobody's. */
  concerns?(context: ActionContext, settings: With): string | null;
  /** For its page: `with` and `results` of a node. */
  readonly example: { readonly with: With extends object ? Partial<Record<keyof With, unknown>> : unknown; readonly results: Readonly<Record<string, string>> };
}

/** Whether the action, set so, waits for the caller. */
export const waitsFor = (kind: Pick<ActionKind, 'waits' | 'waitsIf'>, settings: unknown): boolean => kind.waits && (kind.waitsIf?.(settings) ?? true);

/** A name of a result, a key of a menu ... each action's own file says which. */
export const result = (name: string, set?: Variables, effects?: readonly FlowEffect[]): ActionStep<never> => ({
  to: 'result', result: name, ...(set === undefined ? {} : { set }), ...(effects === undefined ? {} : { effects }),
});
