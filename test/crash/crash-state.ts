import type { SimRandom } from '../../hal/sim/sim-random.ts';
import type { LogEntry } from './write-log.ts';

const sectorBytes = 512;
/** Of the writes that survive without a flush, how many survive in part. */
const tornShare = 0.3;

/** The power goes when the entries up to `cut` have been sent to the disk. */
export interface Cut {
  readonly cut: number;
  /** The last flush among them, -1 for none: what came before it is on the disk for certain. */
  readonly flush: number;
}

/** Bytes at a place of the disk. */
export type DiskPiece = Pick<LogEntry, 'at' | 'data'>;

/** What becomes of the writes between the last flush and the cut. */
export interface LaterWrites {
  readonly survivors: readonly DiskPiece[];
  readonly kept: number;
  readonly torn: number;
  readonly lost: number;
}

/** A cut after entry `first` at the earliest. */
export function chooseCut(entries: readonly LogEntry[], first: number, random: SimRandom): Cut {
  const cut = first + random.below(entries.length - first);
  let flush = cut;
  while (flush >= 0 && entries[flush]?.kind !== 'flush') flush--;
  return { cut, flush };
}

/** As a disk with a volatile cache may leave them: a random half is there, some of it torn at a sector. */
export function laterWrites(entries: readonly LogEntry[], { cut, flush }: Cut, random: SimRandom): LaterWrites {
  const survivors: DiskPiece[] = [];
  const count = { kept: 0, torn: 0, lost: 0 };
  for (const entry of entries.slice(flush + 1, cut + 1)) {
    const fate = fateOf(entry, random);
    count[fate]++;
    if (fate !== 'lost') survivors.push(fate === 'torn' ? tornAt(entry, random) : entry);
  }
  return { survivors, ...count };
}

function fateOf({ fua, data }: LogEntry, random: SimRandom): 'kept' | 'torn' | 'lost' {
  if (fua) return 'kept';
  if (random.chance(0.5)) return 'lost';
  return data.length > sectorBytes && random.chance(tornShare) ? 'torn' : 'kept';
}

/** Its beginning or its end, in whole sectors. */
function tornAt({ at, data }: LogEntry, random: SimRandom): DiskPiece {
  const place = sectorBytes * (1 + random.below(data.length / sectorBytes - 1));
  return random.chance(0.5) ? { at, data: data.subarray(0, place) } : { at: at + place, data: data.subarray(place) };
}
