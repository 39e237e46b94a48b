import type { FlowStart, PointName } from '../callflow/document/flow-document.ts';
import type { ReadyFlow } from '../callflow/document/parse-flow.ts';
import { startKey } from '../callflow/document/start-key.ts';

/** Which flow a call begins with; null = none, and the standard behaviour applies. */
export interface FlowStarts {
  /** Of a mailbox, else of all (`mailbox` null: only of all). */
  point(mailbox: string | null, point: PointName): string | null;
  shortCode(number: string): string | null;
  has(flow: string): boolean;
}

export const noStarts: FlowStarts = { point: () => null, shortCode: () => null, has: () => false };

/** Where two flows have the same start point, the first by name counts; `flow check` tells of it. */
export function flowStarts(flows: Iterable<ReadyFlow>): FlowStarts {
  const starts = new Map<string, string>();
  const named = [...flows].map(({ document }) => document).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, starts: all } of named) {
    for (const start of all) if (!starts.has(startKey(start))) starts.set(startKey(start), name);
  }
  const names = new Set(named.map(({ name }) => name));
  const find = (start: FlowStart): string | null => starts.get(startKey(start)) ?? null;
  return {
    point: (mailbox, point) => (mailbox === null ? null : find({ scope: 'mailbox', mailbox, point })) ?? find({ scope: 'default', point }),
    has: (flow) => names.has(flow),
    shortCode: (number) => find({ scope: 'short code', number }),
  };
}
