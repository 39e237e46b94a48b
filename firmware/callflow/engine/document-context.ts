import type { WallMs } from '../../../hal/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { CallSource } from '../../mailbox/owner/trusted-source.ts';
import type { DiversionReason } from '../../sip/leg.ts';
import type { ActionContext, Variables } from '../actions/action.ts';
import type { PointName, PromptItem } from '../document/flow-document.ts';
import type { ReadyFlow, ReadyNode } from '../document/parse-flow.ts';
import { expand, withSet } from '../variables/variables.ts';
import type { DocumentState } from './document-state.ts';
import { phrasesOf } from './prompt-phrases.ts';

/** What flow documents may know of the call that they serve, and of its unit. Only what is read "now" changes during a call. */
export interface DocumentContext {
  /** The flow that the call begins with. */
  readonly flow: string;
  /** null: a short code, or an incoming route. */
  readonly point: PointName | null;
  /** Of the mailbox that the start point presumes. */
  readonly mailbox: string | null;
  readonly reason: DiversionReason;
  /** null: from nobody that could be trusted. */
  readonly source: CallSource | null;
  /** Variables that the call came with: CID, CLI, DDI, NAM, TARGET, UUI, POS, ETA ... */
  facts(): Variables;
  /** As they were when the call began; null = there is none. */
  flows(name: string): ReadyFlow | null;
  settings(): Settings;
  nowMs(): WallMs;
  condition(name: string, variables: Variables): boolean;
  userVariable(name: string): string;
  /** A result that leads nowhere: the call ends, or the flow alone does ('queue'), and the caller is who called it's again. */
  readonly unconnected: 'hang-up' | 'queue';
  /** Something is wrong with a flow, in a sentence for the log. */
  tell(text: string): void;
}

/** What the action of `node` may know. */
export function actionContext(context: DocumentContext, state: DocumentState, { node }: Pick<ReadyNode, 'node'>): ActionContext {
  const variables = withSet(context.facts(), state.variables);
  const { mailbox, reason, source, point } = context;
  const userVariable = (name: string): string => context.userVariable(name);
  const scope = { variables, mailbox, userVariable };
  return {
    variables, mailbox, reason, source, point, userVariable,
    flow: state.flow,
    settings: context.settings(),
    nowMs: context.nowMs(),
    expand: (text) => expand(scope, text),
    condition: (name) => context.condition(name, variables),
    prompts: node.prompts,
    phrases: (items: readonly PromptItem[]) => phrasesOf(scope, items),
  };
}
