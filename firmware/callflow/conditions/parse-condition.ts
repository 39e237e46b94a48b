import { nearest } from '../../config/nearest.ts';
import { namePattern } from '../document/flow-document.ts';
import { mostVariableCharacters } from '../variables/variables.ts';
import type { ConditionDocument, Test, Week } from './condition.ts';
import { comparisons, mostCalendarDays, mostConditionBytes, mostDepth, mostElements, weekdays } from './condition.ts';

/** What is wrong with a condition: where (JSON pointer, RFC 6901; '' = all of it), in a sentence with a remedy. */
export interface ConditionFault {
  readonly place: string;
  readonly text: string;
}

export type ParsedCondition = { readonly condition: ConditionDocument; readonly faults: readonly [] } | { readonly condition: null; readonly faults: readonly ConditionFault[] };

/** Faults told of one document; the rest is left out. */
const mostFaults = 50;

const elements = ['calendar', 'week', 'condition', 'compare', 'and', 'or', 'not'] as const;
const elementList = elements.join(', ');

/** A condition, or all that is wrong with it. `text`: JSON; a byte-order mark is no part of it. */
export function parseCondition(text: string): ParsedCondition {
  if (Buffer.byteLength(text) > mostConditionBytes) return refused([{ place: '', text: `a condition has at most ${mostConditionBytes} bytes; move parts of it into conditions of their own` }]);
  try {
    return readCondition(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    return refused([{ place: '', text: `this is no JSON: ${(error as Error).message}` }]);
  }
}

/** As `parseCondition`, of a value. */
export function readCondition(value: unknown): ParsedCondition {
  const faults: ConditionFault[] = [];
  const tell = (place: string, text: string): void => void faults.push({ place, text });
  if (!isGroup(value)) return refused([{ place: '', text: "a condition is an object with form, name and test" }]);
  unknownKeys(value, ['form', 'name', 'about', 'test'], '', tell);
  const { form, name, about = '', test } = value;
  if (form !== 1) tell('/form', 'this must be 1');
  if (typeof name !== 'string' || !namePattern.test(name)) tell('/name', 'this must be a name of letters, digits, spaces, dots, dashes and underscores, at most 64');
  if (typeof about !== 'string' || about.length > 500) tell('/about', 'this must be a sentence of at most 500 characters');
  const read = new TestReader(tell).read(test, '/test', 1);
  if (faults.length > 0 || read === null) return refused(faults);
  return { condition: { form: 1, name: name as string, about: about as string, test: read }, faults: [] };
}

type Tell = (place: string, text: string) => void;

/** Reads a test into one that is right, telling what is not. */
class TestReader {
  readonly #tell: Tell;
  #elements = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** null: something was told. */
  read(value: unknown, place: string, depth: number): Test | null {
    if (depth > mostDepth) return this.#no(place, `tests nest at most ${mostDepth} deep; move this one into a condition of its own`);
    if (!isGroup(value)) return this.#no(place, `a test is an object with one of: ${elementList}`);
    const keys = Object.keys(value);
    const [key = ''] = keys;
    if (keys.length !== 1) return this.#no(place, `a test has one key, of: ${elementList}; join several by and, or`);
    if (!elements.some((one) => one === key)) return this.#no(`${place}/${escaped(key)}`, `'${key.slice(0, 40)}' is no test${guess(key, elements)}; it is one of: ${elementList}`);
    if (++this.#elements > mostElements) return this.#elements === mostElements + 1 ? this.#no(place, `a condition has at most ${mostElements} elements`) : null;
    return this.#element(key as (typeof elements)[number], value[key], `${place}/${key}`, depth);
  }

  #element(key: (typeof elements)[number], value: unknown, place: string, depth: number): Test | null {
    switch (key) {
      case 'and':
      case 'or':
        return this.#joined(key, value, place, depth);
      case 'not': {
        const inner = this.read(value, place, depth + 1);
        return inner === null ? null : { not: inner };
      }
      case 'calendar':
        return this.#calendar(value, place);
      case 'week':
        return this.#week(value, place);
      case 'condition':
        return typeof value === 'string' && namePattern.test(value) ? { condition: value } : this.#no(place, 'this must be the name of a condition');
      case 'compare':
        return this.#compare(value, place);
    }
  }

  #joined(key: 'and' | 'or', value: unknown, place: string, depth: number): Test | null {
    if (!Array.isArray(value) || value.length === 0) return this.#no(place, `${key} joins a list of tests, at least one`);
    const parts = value.slice(0, mostElements + 1).map((one, at) => this.read(one, `${place}/${at}`, depth + 1));
    if (parts.includes(null)) return null;
    return key === 'and' ? { and: parts as Test[] } : { or: parts as Test[] };
  }

  #calendar(value: unknown, place: string): Test | null {
    if (!Array.isArray(value) || value.length === 0 || value.length > mostCalendarDays) return this.#no(place, `a calendar is a list of 1 to ${mostCalendarDays} days`);
    const wrong = value.findIndex((day) => !isDay(day));
    if (wrong >= 0) return this.#no(`${place}/${wrong}`, 'this must be a day that exists, like 2026-12-25');
    return { calendar: value as string[] };
  }

  #week(value: unknown, place: string): Test | null {
    if (!isGroup(value) || Object.keys(value).length === 0) return this.#no(place, `a week has hours for some of: ${weekdays.join(', ')}`);
    const right = unknownKeys(value, weekdays, place, this.#tell) && Object.entries(value).map(([day, hours]) => this.#hours(hours, `${place}/${escaped(day)}`)).every((one) => one);
    return right ? { week: value as Week } : null;
  }

  #hours(value: unknown, place: string): boolean {
    if (!isGroup(value) || !isTime(value['from']) || value['from'] === '24:00' || !isTime(value['to'])) return this.#wrong(place, "hours are an object with from and to, like { \"from\": \"08:00\", \"to\": \"17:30\" }; the end of the day is 24:00");
    if (value['from'] === value['to']) return this.#wrong(place, 'these hours end when they begin; for a whole day write 00:00 to 24:00, for none leave the day out');
    return unknownKeys(value, ['from', 'to'], place, this.#tell);
  }

  #compare(value: unknown, place: string): Test | null {
    if (!isGroup(value) || !unknownKeys(value, ['a', 'is', 'b'], place, this.#tell)) return this.#no(place, 'compare is an object with a, is and b');
    const { a, is, b } = value;
    const sides = [['a', a], ['b', b]] as const;
    const wrong = sides.filter(([, side]) => !(typeof side === 'number' && Number.isFinite(side)) && !(typeof side === 'string' && side.length <= mostVariableCharacters));
    wrong.forEach(([name]) => this.#tell(`${place}/${name}`, `this must be a number or a text of at most ${mostVariableCharacters} characters, in which variables like $POS are filled in`));
    const sign = comparisons.find((one) => one === is);
    if (sign === undefined) return this.#no(`${place}/is`, `this must be one of: ${comparisons.join(' ')}`);
    return wrong.length > 0 ? null : { compare: { a: String(a), is: sign, b: String(b) } };
  }

  #no(place: string, text: string): null {
    this.#tell(place, text);
    return null;
  }

  #wrong(place: string, text: string): false {
    this.#tell(place, text);
    return false;
  }
}

type Group = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): value is string => typeof value === 'string' && /^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/.test(value);

function isDay(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}

/** Tells each that is not known; whether all are. */
function unknownKeys(value: Group, known: readonly string[], place: string, tell: Tell): boolean {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  for (const key of unknown.slice(0, mostFaults)) tell(`${place}/${escaped(key)}`, `'${key.slice(0, 40)}' is not known here${guess(key, known)}; it has: ${known.join(', ')}`);
  return unknown.length === 0;
}

function guess(word: string, among: readonly string[]): string {
  const near = nearest(word, among);
  return near === null ? '' : `; did you mean '${near}'?`;
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const refused = (faults: readonly ConditionFault[]): ParsedCondition => ({ condition: null, faults: faults.slice(0, mostFaults) });
