import type { Conflict, Draft } from './cross-rules.ts';
import type { FlowSettings } from './flow-settings.ts';

/** Rules of what call flows may reach. */
export const flowRules: readonly ((draft: Draft) => Conflict[])[] = [
  ({ flows }) => namesOnce(flows, 'databases', 'database'),
  ({ flows }) => namesOnce(flows, 'remote', 'remote flow'),
  oneWriterOfAFile,
];

function namesOnce(flows: FlowSettings | undefined, list: 'databases' | 'remote', what: string): Conflict[] {
  const names = (flows?.[list] ?? []).map(({ name }) => name);
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [{ path: ['flows', list, index, 'name'], message: `the name ${name} is taken by another ${what}`, suggestion: 'use another' }] : []));
}

/** Two that hold a copy each would undo what the other wrote. */
function oneWriterOfAFile({ flows }: Draft): Conflict[] {
  const databases = flows?.databases ?? [];
  return databases.flatMap(({ file }, index) => {
    const same = databases.filter((one) => one.file === file);
    const first = databases.findIndex((one) => one.file === file) === index;
    if (first || !same.some(({ write }) => write)) return [];
    return [{ path: ['flows', 'databases', index, 'file'], message: 'a database that flows may change stands in the list once', suggestion: 'remove one of the two' }];
  });
}
