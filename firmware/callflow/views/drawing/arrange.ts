import type { Layers } from './layers.ts';

/** Second and third part of Sugiyama's method: who stands beside whom, and where. */

/** Of the largest drawings fewer, so that they too are made in a moment. */
const mostSweeps = 16;
const sweptItems = 400_000;
const mostSettlings = 24;
const settledItems = 1_000_000;

interface Neighbours {
  readonly above: readonly (readonly number[])[];
  readonly below: readonly (readonly number[])[];
}

function neighboursOf({ items, chains }: Layers): Neighbours {
  const above: number[][] = items.map(() => []);
  const below: number[][] = items.map(() => []);
  for (const { items: way } of chains) {
    way.slice(1).forEach((lower, at) => {
      const upper = way[at] as number;
      (above[lower] as number[]).push(upper);
      (below[upper] as number[]).push(lower);
    });
  }
  return { above, below };
}

/** Rows in an order with few crossings: each item goes where its neighbours are, row by row, down and up again; the best order is kept. */
export function ordered(layers: Layers): number[][] {
  const { above, below } = neighboursOf(layers);
  let rows = layers.rows.map((row) => [...row]);
  let best = rows;
  let fewest = crossings(rows, below);
  const sweeps = Math.min(mostSweeps, Math.ceil(sweptItems / layers.items.length));
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    rows = sweep % 2 === 0 ? swept(rows, above) : swept([...rows].reverse(), below).reverse();
    const count = crossings(rows, below);
    if (count < fewest) [best, fewest] = [rows, count];
  }
  return best;
}

function swept(rows: readonly (readonly number[])[], towards: Neighbours['above']): number[][] {
  const place = new Float64Array(towards.length);
  const wanted = new Float64Array(towards.length);
  return rows.map((row, rowAt) => {
    row.forEach((item, at) => (wanted[item] = rowAt === 0 ? at : (mean(towards[item] as number[], place) ?? at)));
    const next = [...row].sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
    next.forEach((item, at) => (place[item] = at));
    return next;
  });
}

function crossings(rows: readonly (readonly number[])[], below: Neighbours['below']): number {
  let count = 0;
  const place = new Int32Array(below.length);
  rows.slice(0, -1).forEach((row, at) => {
    const next = rows[at + 1] as readonly number[];
    next.forEach((item, index) => (place[item] = index));
    const ends = new EndCounter(next.length);
    for (const item of row) {
      for (const one of below[item] as number[]) count += ends.after(place[one] as number);
      for (const one of below[item] as number[]) ends.add(place[one] as number);
    }
  });
  return count;
}

/** How many ends lie to the right of one: a Fenwick tree, so that large flows are drawn in a moment. */
class EndCounter {
  readonly #sums: Int32Array;
  #all = 0;

  constructor(places: number) {
    this.#sums = new Int32Array(places + 1);
  }

  add(place: number): void {
    this.#all += 1;
    for (let at = place + 1; at < this.#sums.length; at += at & -at) this.#sums[at] = (this.#sums[at] as number) + 1;
  }

  after(place: number): number {
    let upTo = 0;
    for (let at = place + 1; at > 0; at -= at & -at) upTo += this.#sums[at] as number;
    return this.#all - upTo;
  }
}

/** The middle of each item: as near to those of its neighbours as its row allows. `widths`: of items, with the space between them. */
export function placed(layers: Layers, rows: readonly (readonly number[])[], widths: readonly number[]): number[] {
  const { above, below } = neighboursOf(layers);
  const middles = new Array<number>(widths.length).fill(0);
  for (const row of rows) spread(row, widths, row.map(() => 0), middles);
  const settlings = Math.min(mostSettlings, Math.ceil(settledItems / widths.length));
  for (let round = 0; round < settlings; round += 1) {
    const [towards, order] = round % 2 === 0 ? [above, rows] : [below, [...rows].reverse()];
    for (const row of order) spread(row, widths, wishesOf(row, towards, below, above, middles), middles);
  }
  const left = middles.reduce((least, middle, item) => Math.min(least, middle - (widths[item] as number) / 2), Infinity);
  return middles.map((middle) => middle - left);
}

/** Least squares under "no two overlap": pool adjacent violators over what is left of each wish after the widths before it. */
function spread(row: readonly number[], widths: readonly number[], wishes: readonly number[], middles: number[]): void {
  const offsets: number[] = [];
  row.forEach((item, at) => offsets.push(at === 0 ? 0 : (offsets[at - 1] as number) + ((widths[row[at - 1] as number] as number) + (widths[item] as number)) / 2));
  const pools: { sum: number; count: number }[] = [];
  wishes.forEach((wish, at) => {
    let pool = { sum: wish - (offsets[at] as number), count: 1 };
    for (let last = pools.at(-1); last !== undefined && last.sum / last.count >= pool.sum / pool.count; last = pools.at(-1)) {
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const values = pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
  row.forEach((item, at) => (middles[item] = (values[at] as number) + (offsets[at] as number)));
}

/** What nothing leads to or from stands beside its neighbour in the row. */
function wishesOf(row: readonly number[], towards: Neighbours['above'], below: Neighbours['below'], above: Neighbours['above'], middles: readonly number[]): number[] {
  const wishes: number[] = [];
  for (const item of row) {
    const lonely = (above[item] as number[]).length + (below[item] as number[]).length === 0;
    wishes.push(mean(towards[item] as number[], middles) ?? (lonely ? (wishes.at(-1) ?? 0) : (middles[item] as number)));
  }
  return wishes;
}

/** Of the places of these items; null = there are none. */
function mean(items: readonly number[], places: { readonly [item: number]: number }): number | null {
  let sum = 0;
  for (const item of items) sum += places[item] as number;
  return items.length === 0 ? null : sum / items.length;
}
