import type { FlowStart } from '../document/flow-document.ts';
import type { ReadyFlow, ReadyNode } from '../document/parse-flow.ts';
import { startKey } from '../document/start-key.ts';
import { mentioned, variableKind } from '../variables/variables.ts';
import { openResults, readingOrder } from './flow-graph.ts';
import { promptPlaces } from './prompt-places.ts';
import { silentLoops } from './silent-loops.ts';

/** Something that will go wrong on a call, or that nobody can have meant. */
export interface FlowFinding {
  readonly flow: string;
  /** JSON pointer into the document. */
  readonly place: string;
  readonly text: string;
}

/** What is known of the site; null: it is not, and nothing is said about it. */
export interface CheckWorld {
  readonly flows: ReadonlyMap<string, ReadyFlow>;
  readonly mailboxes: ReadonlySet<string> | null;
  readonly conditions: ReadonlySet<string> | null;
  /** Recorded prompts. */
  readonly prompts: ReadonlySet<string> | null;
}

/** Findings told of one flow. */
const mostFindings = 200;

/** Everything about a flow that a look at it, and at its site, can find. */
export function checkFlow(flow: ReadyFlow, world: CheckWorld): FlowFinding[] {
  const nodes = [...flow.nodes.values()];
  const { rest } = readingOrder(flow);
  return [
    ...flow.document.starts.flatMap((start, at) => startFindings(flow, start, at, world)),
    ...rest.map((node) => at(flow, node, '', 'nothing leads here; connect a result to it, or remove it')),
    ...(endsInQueue(flow) ? [] : nodes.flatMap((node) => deadEnds(flow, node))),
    ...nodes.flatMap((node) => promptFindings(flow, node, world)),
    ...nodes.flatMap((node) => referenceFindings(flow, node, world)),
    ...nodes.flatMap((node) => variableFindings(flow, node)),
    ...silentLoops(flow, world.flows).map(({ node, text }) => at(flow, node, '', text)),
  ].slice(0, mostFindings);
}

const at = ({ document }: ReadyFlow, { name }: ReadyNode, below: string, text: string): FlowFinding => ({ flow: document.name, place: `/actions/${name.replaceAll('~', '~0').replaceAll('/', '~1')}${below}`, text });

/** There a result that leads nowhere is how a caller goes back. */
const endsInQueue = ({ document: { starts } }: ReadyFlow): boolean => starts.length > 0 && starts.every((start) => 'point' in start && (start.point === 'Queued' || start.point === 'Still Queued'));

function deadEnds(flow: ReadyFlow, node: ReadyNode): FlowFinding[] {
  return openResults(node).map((result) => at(flow, node, '/results', `result ${result} leads nowhere, so the call ends without a word; connect it, at least to a Disconnect with a prompt`));
}

function startFindings({ document }: ReadyFlow, start: FlowStart, index: number, { mailboxes, flows }: CheckWorld): FlowFinding[] {
  const place = `/starts/${index}`;
  const finding = (text: string): FlowFinding => ({ flow: document.name, place, text });
  const unknown = start.scope === 'mailbox' && mailboxes !== null && !mailboxes.has(start.mailbox) ? [finding(`there is no mailbox ${start.mailbox}`)] : [];
  const twin = start.scope === 'module' ? undefined : [...flows.values()].find((other) => other.document.name !== document.name && other.document.starts.some((one) => startKey(one) === startKey(start)));
  return twin === undefined ? unknown : [...unknown, finding(`${startKey(start)} is a start point of flow '${twin.document.name}' too; the first by name counts`)];
}

function promptFindings(flow: ReadyFlow, node: ReadyNode, { prompts, mailboxes }: CheckWorld): FlowFinding[] {
  return promptPlaces(node).flatMap(({ place, item, literal }) => {
    if (typeof item === 'string') return (item.includes('$') && !literal) || prompts === null || prompts.has(item) ? [] : [at(flow, node, place, `there is no recorded prompt '${item}'; record or import it, or let the unit speak the text`)];
    const name = 'nameOf' in item ? item.nameOf : '$';
    return name.includes('$') || mailboxes === null || mailboxes.has(name) ? [] : [at(flow, node, place, `there is no mailbox ${name}`)];
  });
}

function referenceFindings(flow: ReadyFlow, node: ReadyNode, { flows, mailboxes, conditions }: CheckWorld): FlowFinding[] {
  const references = node.kind.references?.(node.settings) ?? {};
  const missing = (what: string, names: readonly string[] | undefined, known: { has(name: string): boolean } | null): FlowFinding[] =>
    (names ?? []).filter((name) => !name.includes('$') && known !== null && !known.has(name)).map((name) => at(flow, node, '/with', `there is no ${what} '${name}'`));
  const modules = node.kind.name !== 'Module' ? [] : (references.flows ?? []).flatMap((name) => flows.get(name) ?? []);
  return [
    ...missing('flow', references.flows, flows),
    ...missing('mailbox', references.mailboxes, mailboxes),
    ...missing('condition', references.conditions, conditions),
    ...modules.filter(({ nodes }) => ![...nodes.values()].some(({ kind }) => kind.name === 'Module Return')).map(({ document }) => at(flow, node, '/with', `flow '${document.name}' has no Module Return, so it never comes back here`)),
  ];
}

function variableFindings(flow: ReadyFlow, node: ReadyNode): FlowFinding[] {
  const names = textsIn([node.node.prompts, node.node.with]).flatMap(mentioned);
  const unknown = names.filter((name) => !/^REG\[/i.test(name) && variableKind(name) === null && !beginsWithVariable(name));
  return [...new Set(unknown)].map((name) => at(flow, node, '', `there is no variable $${name}; a dollar sign is written $$`));
}

/** '$KEYs' is $KEY and an s. */
const beginsWithVariable = (name: string): boolean => Array.from(name, (_, at) => name.slice(0, at)).some((part) => variableKind(part) !== null);

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
