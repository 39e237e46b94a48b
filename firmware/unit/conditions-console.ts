import type { ConditionsConsole } from '../console/console-unit.ts';
import { chainFault } from '../callflow/conditions/condition-chains.ts';
import { momentAt } from '../callflow/conditions/moment-at.ts';
import { conditionHolds, putCondition } from '../flows/condition-library.ts';
import { nameIn } from '../flows/flow-library.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Named conditions as the console sees them. */
export function conditionsConsole({ flows, settings, parts: { clock } }: WholeUnit): ConditionsConsole {
  const { timeZone } = settings.unit;
  const holds = (name: string, nowMs: number): boolean => conditionHolds(flows.conditions, name, { nowMs, timeZone, variables: {}, userVariable: (shared) => flows.variables.get(shared) });
  return {
    list: () => [...flows.conditions.all().values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, value, faults }) => ({
      name,
      holds: value === null ? null : holds(name, clock.wall()),
      about: value === null ? `not used: ${faults[0]?.text ?? ''}` : (chainFault(name, (other) => flows.conditions.get(other)?.value?.test) ?? value.about),
    })),
    text: (name) => flows.conditions.get(name)?.text ?? '',
    test: (name, at) => {
      const nowMs = at === null ? clock.wall() : momentAt(at, timeZone);
      return nowMs === null ? null : holds(name, nowMs);
    },
    put: async (text) => {
      const outcome = await putCondition(flows.conditions, text);
      return outcome.put ? (nameIn(text) ?? '') : outcome.faults;
    },
    remove: (name) => flows.conditions.remove(name),
  };
}
