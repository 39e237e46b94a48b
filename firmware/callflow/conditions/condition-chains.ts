import type { Test } from './condition.ts';
import { mostChained } from './condition.ts';

/** Conditions that a test asks for, each once. */
export function conditionsIn(test: Test): string[] {
  if ('and' in test) return unique(test.and.flatMap(conditionsIn));
  if ('or' in test) return unique(test.or.flatMap(conditionsIn));
  if ('not' in test) return conditionsIn(test.not);
  return 'condition' in test ? [test.condition] : [];
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

export type Find = (name: string) => Test | undefined;

/** What is wrong with what a condition leads to, in a sentence; null = nothing. A circle, a name that is none, a way of more than `mostChained`. */
export function chainFault(name: string, find: Find): string | null {
  const done = new Map<string, number>();
  return follow(name, [], find, done).fault;
}

/** `length`: conditions on the longest way from here on. Each is followed once, so the work is bounded by how many there are. */
function follow(name: string, way: readonly string[], find: Find, done: Map<string, number>): { readonly fault: string | null; readonly length: number } {
  const known = done.get(name);
  if (way.includes(name)) return { fault: `condition '${name}' leads back to itself: ${[...way.slice(way.indexOf(name)), name].join(', ')}; take one of them out`, length: 0 };
  if (known !== undefined) return { fault: null, length: known };
  const test = find(name);
  if (test === undefined) return { fault: `there is no condition '${name}'${way.length === 0 ? '' : `, which '${way.at(-1)}' asks for`}; load it first`, length: 0 };
  let length = 0;
  for (const next of conditionsIn(test)) {
    const found = follow(next, [...way, name], find, done);
    if (found.fault !== null) return found;
    length = Math.max(length, found.length + 1);
    if (length > mostChained) return { fault: `condition '${name}' leads through more than ${mostChained} others; join some of them`, length };
  }
  done.set(name, length);
  return { fault: null, length };
}
