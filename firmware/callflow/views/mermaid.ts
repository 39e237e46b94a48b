import { waitsFor } from '../actions/action.ts';
import type { ReadyFlow } from '../document/parse-flow.ts';
import { startKey } from '../document/start-key.ts';
import { edgesOf, readingOrder } from './flow-graph.ts';

/** A flow as a Mermaid flowchart. */
export function mermaid(flow: ReadyFlow): string[] {
  const { reached, rest } = readingOrder(flow);
  const ids = new Map([...reached, ...rest].map(({ name }, at) => [name, `n${at}`]));
  const start = flow.document.starts.map(startKey).join('; ') || flow.document.name;
  return [
    'flowchart TD',
    `  start([${quoted(start)}]) --> ${ids.get(flow.document.first)}`,
    ...[...reached, ...rest].map(({ name, kind, settings }) => `  ${ids.get(name)}${box(waitsFor(kind, settings), `${escaped(name)}<br/><i>${escaped(kind.name)}</i>`)}`),
    ...edgesOf(flow).map(({ from, to, result }) => `  ${ids.get(from)} -->|${quoted(result)}| ${ids.get(to)}`),
  ];
}

/** What waits for the caller has the form of a choice. */
const box = (waits: boolean, text: string): string => (waits ? `{{"${text}"}}` : `["${text}"]`);

/** Entity codes, as Mermaid reads them. */
const escaped = (text: string): string => text.replace(/[^A-Za-z0-9 .,;:_()-]/g, (sign) => `#${sign.codePointAt(0)};`);
const quoted = (text: string): string => `"${escaped(text)}"`;
