import type { Variables } from '../callflow/actions/action.ts';
import type { ReadyFlow } from '../callflow/document/parse-flow.ts';
import type { FlowStarts } from '../flows/flow-starts.ts';

/** What calls see of the site's flows. Everything but a snapshot is read as it is now. */
export interface FlowDocuments {
  starts(): FlowStarts;
  /** A flow by name, whatever becomes of it later. */
  snapshot(): (name: string) => ReadyFlow | null;
  /** Of a named condition; unknown = false. */
  condition(name: string, variables: Variables): boolean;
  userVariable(name: string): string;
}
