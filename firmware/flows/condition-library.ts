import { chainFault } from '../callflow/conditions/condition-chains.ts';
import type { ConditionDocument, Test } from '../callflow/conditions/condition.ts';
import { mostConditionBytes, mostConditions } from '../callflow/conditions/condition.ts';
import { evaluate } from '../callflow/conditions/evaluate.ts';
import { parseCondition } from '../callflow/conditions/parse-condition.ts';
import type { Variables } from '../callflow/actions/action.ts';
import { expand } from '../callflow/variables/variables.ts';
import type { DocumentLibrary, LibraryKind, PutOutcome } from './document-library.ts';
import { nameIn } from './flow-library.ts';

export type ConditionLibrary = DocumentLibrary<ConditionDocument>;

export const conditionKind: LibraryKind<ConditionDocument> = {
  what: 'condition',
  folder: 'condition',
  most: mostConditions,
  mostBytes: mostConditionBytes,
  mostTogetherBytes: 2 * 1024 * 1024,
  read: (text) => {
    const { condition, faults } = parseCondition(text);
    const name = condition?.name ?? nameIn(text);
    return name === null ? null : { name, value: condition, faults };
  },
};

export interface ConditionMoment {
  readonly nowMs: number;
  readonly timeZone: string;
  readonly variables: Variables;
  userVariable(name: string): string;
}

/** Whether the named condition holds; one that does not exist, or has faults, does not. */
export function conditionHolds(library: ConditionLibrary, name: string, { nowMs, timeZone, ...scope }: ConditionMoment): boolean {
  return evaluate({ condition: name }, { nowMs, timeZone, expand: (text) => expand(scope, text), find: (other) => testOf(library, other) });
}

/** Durable when resolved. Beside what the library refuses: a condition that leads in a circle, too far, or to one that is not there. Errors: HalError. */
export async function putCondition(library: ConditionLibrary, text: string): Promise<PutOutcome> {
  const { condition, faults } = parseCondition(text);
  if (condition === null) return { put: false, faults };
  const fault = chainFault(condition.name, (name) => (name === condition.name ? condition.test : testOf(library, name)));
  return fault === null ? library.put(text) : { put: false, faults: [{ place: '/test', text: fault }] };
}

const testOf = (library: ConditionLibrary, name: string): Test | undefined => library.get(name)?.value?.test;
