import type { ReadyFlow, ReadyNode } from '../document/parse-flow.ts';

export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  readonly result: string;
}

/** In the order of the document; each result that leads somewhere. */
export const edgesOf = ({ nodes }: ReadyFlow): FlowEdge[] =>
  [...nodes.values()].flatMap(({ name, node }) => Object.entries(node.results).map(([result, to]) => ({ from: name, to, result })));

/** Results of the node that lead nowhere. */
export const openResults = ({ node, kind, settings }: ReadyNode): string[] => kind.results(settings).map(({ name }) => name).filter((result) => node.results[result] === undefined);

/** From the first action on, nearest first; what cannot be reached follows, as it stands in the document. */
export function readingOrder(flow: ReadyFlow): { readonly reached: readonly ReadyNode[]; readonly rest: readonly ReadyNode[] } {
  const seen = new Set<string>([flow.document.first]);
  // A set is walked in the order in which it grows.
  for (const name of seen) for (const to of Object.values(flow.nodes.get(name)?.node.results ?? {})) seen.add(to);
  const reached = [...seen].flatMap((name) => flow.nodes.get(name) ?? []);
  return { reached, rest: [...flow.nodes.values()].filter(({ name }) => !seen.has(name)) };
}
