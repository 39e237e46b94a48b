import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import type { Cut, DiskPiece } from './crash-state.ts';
import { chooseCut, laterWrites } from './crash-state.ts';
import { DurableDisk } from './durable-disk.ts';
import { whileMounted } from './ext4-disk.ts';
import type { WriteHistory } from './logged-disk.ts';
import type { Survey } from './survey.ts';
import { Tally } from './tally.ts';

export interface ReplayPlan {
  /** For images and mounts. */
  readonly folder: string;
  readonly states: number;
  /** State n is made from seed + n. */
  readonly seed: number;
  /** Length of the log before which no power is cut. */
  readonly from: number;
  /** Where states that break a promise are kept, to be looked at; null = nowhere. */
  readonly keep: string | null;
  /** Looks at a mounted state; `logBytes` is the length of the log at the cut, `state` counts from 0. */
  readonly look: (mount: string, logBytes: number, state: number) => Promise<Survey>;
}

interface SeededCut extends Cut {
  readonly seed: number;
  /** Goes on to decide on the later writes. */
  readonly random: SimRandom;
}

const mostKept = 3;
/** States looked at side by side: a mount waits more than it works. Each takes a loop device. */
const lanes = 2;

/** Cuts the power at random places of a write log, mounts what is left each time, and looks at it. */
export async function replay(history: WriteHistory, plan: ReplayPlan): Promise<Tally> {
  const { base, entries } = history;
  const tally = new Tally(entries);
  const disk = new DurableDisk(base, entries);
  const cuts = cutsOf(entries, plan).entries();
  const lane = async (name: string): Promise<void> => {
    const [image, mount] = [path.join(plan.folder, `${name}.img`), path.join(plan.folder, name)] as const;
    for (const [state, cut] of cuts) {
      disk.advanceTo(cut.flush);
      const later = laterWrites(entries, cut, cut.random);
      disk.write(image, later.survivors);
      const found = await whileMounted(image, mount, () => plan.look(mount, entries[cut.cut]?.end ?? 0, state));
      tally.add(later, found, `seed ${cut.seed}, cut after write ${cut.cut}, last flush ${cut.flush}`);
      if (found.broken.length > 0 && plan.keep !== null && tally.brokenStates <= mostKept) keepImage(plan.keep, history, cut, later.survivors);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(`state-${number}`)));
  return tally;
}

/** In the order of the log, so that the disk need be written once only. */
function cutsOf(entries: WriteHistory['entries'], { from, states, seed }: ReplayPlan): SeededCut[] {
  const first = entries.findIndex(({ end }) => end >= from);
  const cuts = Array.from({ length: states }, (_, state) => {
    const random = new SimRandom(seed + state);
    return { ...chooseCut(entries, first, random), seed: seed + state, random };
  });
  return cuts.sort((left, right) => left.cut - right.cut);
}

function keepImage(folder: string, { base, entries }: WriteHistory, { seed, flush }: SeededCut, survivors: readonly DiskPiece[]): void {
  mkdirSync(folder, { recursive: true });
  const disk = new DurableDisk(base, entries);
  disk.advanceTo(flush);
  disk.write(path.join(folder, `crash-state-${seed}.img`), survivors);
}
