import type { AgentRow, QueueRow, QueuedRow } from '../../queues/queue-rows.ts';

/** Queues that the unit owns, as they are now. */
export interface QueuesConsole {
  /** In the order of the configuration; callers in the order in which they are served. */
  look(): { readonly rows: readonly QueueRow[]; readonly callers: readonly QueuedRow[]; readonly agents: readonly AgentRow[] };
}
