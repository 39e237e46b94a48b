import own from './release.json' with { type: 'json' };

/** Versions of the pair's protocol: the newest and the oldest that a unit speaks. */
export interface PairVersions {
  readonly pair: number;
  readonly pairFrom: number;
}

/** What a version says of itself, for others to know whether they go together; its numbers are in `release.json`. */
export interface ReleaseFacts extends PairVersions {
  /** Once this version is good, older ones than this are refused for ever. */
  readonly floor: string;
  /** Format of the data that it writes; it reads all up to this. */
  readonly data: number;
  /** The lowest `data` of a version that can read what it writes. */
  readonly dataFrom: number;
}

export const ownRelease: ReleaseFacts = own;

const form = /^floor=(\S{1,40}) data=(\d{1,6}) data-from=(\d{1,6}) pair=(\d{1,3}) pair-from=(\d{1,3})$/;

/** As it stands in a manifest's description. */
export const describeRelease = ({ floor, data, dataFrom, pair, pairFrom }: ReleaseFacts): string => `floor=${floor} data=${data} data-from=${dataFrom} pair=${pair} pair-from=${pairFrom}`;

/** null = that is not such a description. */
export function readRelease(description: string): ReleaseFacts | null {
  const found = form.exec(description);
  if (found === null) return null;
  const [, floor = '', ...numbers] = found;
  const [data = 0, dataFrom = 0, pair = 0, pairFrom = 0] = numbers.map(Number);
  return dataFrom > data || pairFrom > pair ? null : { floor, data, dataFrom, pair, pairFrom };
}

/** Whether two versions of the pair's protocol have one in common. */
export const pairsWith = (one: PairVersions, other: PairVersions): boolean => one.pairFrom <= other.pair && other.pairFrom <= one.pair;
