import type { PromptItem } from '../document/flow-document.ts';
import type { ReadyFlow, ReadyNode } from '../document/parse-flow.ts';
import { startKey } from '../document/start-key.ts';
import type { Catalogue } from '../language/language.ts';
import { readingOrder } from './flow-graph.ts';

/** A flow to read, without its syntax (VoiceMail Pro's View as Text). `catalogue`: what the unit's own prompts say. */
export function outline(flow: ReadyFlow, catalogue: Catalogue): string[] {
  const { document } = flow;
  const { reached, rest } = readingOrder(flow);
  return [
    `Flow ${document.name}`,
    ...(document.about === '' ? [] : [`  ${document.about}`]),
    `  Starts: ${document.starts.length === 0 ? 'none; other flows or routes lead here' : document.starts.map(startKey).join('; ')}`,
    ...(document.completeSequence ? ['  Goes on after the caller has hung up, until an action needs them.'] : []),
    ...reached.flatMap((node) => ['', ...nodeLines(node, catalogue)]),
    ...(rest.length === 0 ? [] : ['', 'Nothing leads to these:']),
    ...rest.flatMap((node) => ['', ...nodeLines(node, catalogue)]),
  ];
}

function nodeLines({ name, node, kind, settings }: ReadyNode, catalogue: Catalogue): string[] {
  const details = Object.entries(node.with).map(([key, value]) => `    ${key}: ${valueWords(value, catalogue)}`);
  return [
    `${name}: ${kind.name}`,
    ...(node.about === '' ? [] : [`    ${node.about}`]),
    ...(node.pin === null ? [] : [`    PIN required: ${node.pin === 'mailbox' ? 'that of the mailbox' : 'its own'}`]),
    ...node.prompts.map((item) => `    says ${promptWords(item, catalogue)}`),
    ...details,
    ...kind.results(settings).map((result) => `    ${result.name} -> ${node.results[result.name] ?? '(ends)'}`),
  ];
}

/** A prompt in a few words. */
export function promptWords(item: PromptItem, catalogue: Catalogue): string {
  if (typeof item === 'string') return item.startsWith('$') ? item : `prompt ${item}`;
  if ('speak' in item) return JSON.stringify(item.speak);
  if ('prompt' in item) return JSON.stringify(catalogue[item.prompt as keyof Catalogue] ?? item.prompt);
  if ('number' in item) return `number ${item.number}`;
  if ('digits' in item) return `digits ${item.digits}`;
  if ('nameOf' in item) return `name of ${item.nameOf}`;
  return 'pauseMs' in item ? `pause of ${item.pauseMs / 1000} s` : 'beep';
}

function valueWords(value: unknown, catalogue: Catalogue): string {
  if (Array.isArray(value)) return value.map((one) => (isPrompt(one) ? promptWords(one, catalogue) : valueWords(one, catalogue))).join(', ');
  if (typeof value === 'object' && value !== null) return isPrompt(value) ? promptWords(value, catalogue) : JSON.stringify(value);
  return String(value);
}

const isPrompt = (value: unknown): value is Exclude<PromptItem, string> => typeof value === 'object' && value !== null && Object.keys(value).length === 1 && ['speak', 'prompt', 'number', 'digits', 'nameOf', 'pauseMs', 'beep'].includes(Object.keys(value)[0] as string);
