import type { Fate, Fates } from '../../hal/sim/sim-content.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';

/** Ways to survive a power cut, named for the report. */
export interface NamedFates {
  readonly name: string;
  readonly make: () => Fates;
}

const same = (name: string, data: Fate, names: 'keep' | 'drop'): NamedFates => ({ name, make: () => (what) => (what === 'name' ? names : data) });

/**
 * Unsynced names are lost (the strict view, that of LazyFS) or kept (a journal that committed in the meantime, as ext4 does), each
 * with every fate of unsynced data.
 */
export const bothViews: readonly NamedFates[] = (['drop', 'keep'] as const).flatMap((names) =>
  (['drop', 'keep', 'tear', 'zero'] as const).map((data) => same(`names ${names}, data ${data}`, data, names)),
);

const options = { data: ['drop', 'keep', 'tear', 'zero'], name: ['drop', 'keep'] } as const;

/** Every combination of fates of single changes, when there are at most `limit`; else null. `count` runs the cut once to ask what there is. */
export function everyCombination(ask: (fates: Fates) => unknown, limit: number): NamedFates[] | null {
  const found: NamedFates[] = [];
  for (let choices: number[] | null = []; choices !== null; ) {
    const taken: number[] = [];
    const kinds: ('data' | 'name')[] = [];
    ask(replay(choices, taken, kinds));
    const fixed = [...taken];
    found.push({ name: `choices ${fixed.join('')}`, make: () => replay(fixed, [], []) });
    if (found.length > limit) return null;
    choices = following(taken, kinds);
  }
  return found;
}

export const randomFates = (seed: number): NamedFates => ({
  name: `seed ${seed}`,
  make: () => {
    const random = new SimRandom(seed);
    return (what) => options[what][random.below(options[what].length)] as Fate;
  },
});

function replay(choices: readonly number[], taken: number[], kinds: ('data' | 'name')[]): Fates {
  return (what) => {
    const choice = choices[taken.length] ?? 0;
    taken.push(choice);
    kinds.push(what);
    return options[what][choice] as Fate;
  };
}

/** Counts up, last choice first; null after the last combination. */
function following(taken: readonly number[], kinds: readonly ('data' | 'name')[]): number[] | null {
  for (let at = taken.length - 1; at >= 0; at--) {
    const kind = kinds[at] as 'data' | 'name';
    const next = (taken[at] as number) + 1;
    if (next < options[kind].length) return [...taken.slice(0, at), next];
  }
  return null;
}
