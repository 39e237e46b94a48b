import type { ConditionsConsole } from '../console/parts/conditions-console.ts';
import { chainFault } from '../callflow/conditions/condition-chains.ts';
import { momentAt } from '../callflow/conditions/moment-at.ts';
import { conditionHolds, putCondition } from '../flows/condition-library.ts';
import { documentsConsole } from './documents-console.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Named conditions as the console sees them. */
export function conditionsConsole({ flows, settings, parts: { clock } }: WholeUnit): ConditionsConsole {
  const { timeZone } = settings.unit;
  const holds = (name: string, nowMs: number): boolean => conditionHolds(flows.conditions, name, { nowMs, timeZone, variables: {}, userVariable: (shared) => flows.variables.get(shared) });
  return {
    ...documentsConsole(() => flows.conditions, (text) => putCondition(flows.conditions, text)),
    list: () => [...flows.conditions.all().values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, value, faults }) => ({
      name,
      holds: value === null ? null : holds(name, clock.wall()),
      about: value === null ? `not used: ${faults[0]?.text ?? ''}` : (chainFault(name, (other) => flows.conditions.get(other)?.value?.test) ?? value.about),
    })),
    test: (name, at) => {
      const nowMs = at === null ? clock.wall() : momentAt(at, timeZone);
      return nowMs === null ? null : holds(name, nowMs);
    },
  };
}
