import { toJsonSchema } from '@valibot/to-json-schema';
import type { ActionKind } from '../../firmware/callflow/actions/action.ts';
import { actionGroups } from '../../firmware/callflow/actions/action.ts';
import { sipNotes } from './action-notes.ts';
import { referencePage } from './action-reference.ts';

/** Of a JSON Schema what the pages need. */
interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

/** The folder of the pages, from the root of the project. */
export const pagesFolder = 'firmware/callflow/actions/docs';

const notice = '<!-- Written by npm run docs, out of the schemas: edit those. -->';

export const pageName = (action: string): string => `${action.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')}.md`;

/** Every page by its file name: one for each action, the index, and the reference of variables and start points. */
export function actionPages(actions: readonly ActionKind[]): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', index(actions)],
    ['reference.md', `${notice}\n${referencePage()}`],
    ...actions.map((action) => [pageName(action.name), page(action)] as const),
  ]);
}

function index(actions: readonly ActionKind[]): string {
  const groups = actionGroups.filter((group) => actions.some((action) => action.group === group));
  const sections = groups.map((group) => {
    const rows = actions.filter((action) => action.group === group).map(({ name, about }) => `| [${name}](${pageName(name)}) | ${cell(firstSentence(about))} |`);
    return [`## ${group}`, '', '| action | what it does |', '| --- | --- |', ...rows].join('\n');
  });
  return `${notice}\n# Actions of call flows\n\nEach node of a flow names an action; what the action needs stands in \`with\`. Variables, start points and what is different from VoiceMail Pro: [reference](reference.md).\n\n${sections.join('\n\n')}\n`;
}

function page(action: ActionKind): string {
  const { name, group, about, example } = action;
  const sip = sipNotes[name];
  const parts = [
    notice,
    `# ${name}`,
    `*${group}.* ${about}`,
    ...(action.hearsKeys === true ? ['Keys that are pressed in its prompts are for the action.'] : []),
    '## With',
    withTable(shapeOf(action)),
    '## Results',
    resultsTable(action),
    ...(sip === undefined ? [] : ['## On SIP', sip]),
    '## Example',
    `\`\`\`json\n${JSON.stringify({ action: name, with: example.with, results: example.results }, null, 2)}\n\`\`\``,
  ];
  return `${parts.join('\n\n')}\n`;
}

const shapeOf = ({ schema }: ActionKind): Shape => toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' }) as Shape;

function withTable({ properties = {}, required = [] }: Shape): string {
  const keys = Object.entries(properties);
  if (keys.length === 0) return 'Nothing.';
  const rows = keys.map(([key, shape]) => {
    const standard = required.includes(key) ? 'required' : shape.default === undefined ? '' : `\`${JSON.stringify(shape.default)}\``;
    return `| \`${key}\` | ${cell(kindOf(shape))} | ${cell(standard)} | ${cell(descriptionOf(shape))} |`;
  });
  return ['| key | is | unless told | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Optional and nullable schemas keep it inside. */
function descriptionOf(shape: Shape): string {
  return shape.description ?? shape.anyOf?.map(descriptionOf).find((text) => text !== '') ?? '';
}

/** What may stand there, in words. */
function kindOf(shape: Shape): string {
  if (shape.const !== undefined) return shape.const === null ? 'null' : `\`${JSON.stringify(shape.const)}\``;
  if (shape.enum !== undefined) return shape.enum.map((one) => `\`${JSON.stringify(one)}\``).join(', ');
  if (shape.anyOf !== undefined) return isPrompt(shape) ? 'prompt' : [...new Set(shape.anyOf.map(kindOf))].join(' or ');
  switch (shape.type) {
    case 'array':
      return isPrompt(shape.items) ? 'prompts' : `list of ${kindOf(shape.items ?? {})}${shape.maxItems === undefined ? '' : `, at most ${shape.maxItems}`}`;
    case 'string':
      return `text${shape.maxLength === undefined ? '' : `, at most ${shape.maxLength} characters`}`;
    case 'integer':
      return `whole number${rangeOf(shape)}`;
    case 'number':
      return `number${rangeOf(shape)}`;
    case 'boolean':
      return 'true or false';
    case 'object':
      return 'object';
    default:
      return shape.type ?? 'anything';
  }
}

const rangeOf = ({ minimum, maximum }: Shape): string => {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  return minimum === undefined ? '' : `, at least ${minimum}`;
};

/** Prompts are a union that only they have: some member can `speak`. */
const isPrompt = (shape: Shape | undefined): boolean => shape?.anyOf?.some(({ properties }) => properties?.['speak'] !== undefined) === true;

/** Results may depend on `with`: those of the example. */
function resultsTable(action: ActionKind): string {
  const results = action.results(settingsOf(action));
  if (results.length === 0) return 'None: the call goes on elsewhere, or ends.';
  return ['| result | when |', '| --- | --- |', ...results.map(({ name, about }) => `| ${cell(name)} | ${cell(about)} |`)].join('\n');
}

/** The example's `with`, complete. */
export function settingsOf(action: ActionKind): unknown {
  const checked = action.schema['~run']({ value: structuredClone(action.example.with) }, {});
  if (checked.issues !== undefined) throw new Error(`the example of ${action.name} is wrong: ${checked.issues.map(({ message }) => message).join('; ')}`);
  return checked.value;
}

const firstSentence = (text: string): string => /^.*?[.](?=\s|$)/s.exec(text)?.[0] ?? text;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
