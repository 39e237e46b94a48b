/** A directed graph as rows of items, so that every link goes from a row to the next (Sugiyama's method, first part). */
export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** A node, or a place where a long arc passes through a row (`node` null). */
export interface Item {
  readonly node: number | null;
  readonly row: number;
}

/** An arc as laid out: items from its upper to its lower end; `back`: it leads upwards. */
export interface Chain {
  readonly arc: Arc;
  readonly back: boolean;
  readonly items: readonly number[];
}

export interface Layers {
  readonly items: readonly Item[];
  readonly rows: readonly (readonly number[])[];
  readonly chains: readonly Chain[];
}

/** Nodes are numbered from 0, in the order in which people read them; arcs from a node to itself are left out. */
export function layered(count: number, arcs: readonly Arc[]): Layers {
  const proper = arcs.filter(({ from, to }) => from !== to);
  const back = backArcs(count, proper);
  const down = proper.map((arc) => (back.has(arc) ? { upper: arc.to, lower: arc.from } : { upper: arc.from, lower: arc.to }));
  const rowOf = rowsOf(count, down);
  const items: Item[] = rowOf.map((row, node) => ({ node, row }));
  const chains = proper.map((arc, at): Chain => {
    const { upper, lower } = down[at] as { upper: number; lower: number };
    const passing: number[] = [];
    for (let row = (rowOf[upper] as number) + 1; row < (rowOf[lower] as number); row += 1) passing.push(items.push({ node: null, row }) - 1);
    return { arc, back: back.has(arc), items: [upper, ...passing, lower] };
  });
  const rows: number[][] = Array.from({ length: Math.max(0, ...rowOf) + 1 }, () => []);
  items.forEach(({ row }, item) => (rows[row] as number[]).push(item));
  return { items, rows, chains };
}

/** Arcs that close a circle, seen from the first node on. */
function backArcs(count: number, arcs: readonly Arc[]): Set<Arc> {
  const leaving: Arc[][] = Array.from({ length: count }, () => []);
  for (const arc of arcs) (leaving[arc.from] as Arc[]).push(arc);
  const state = new Uint8Array(count); // 0 not seen, 1 on the way, 2 left
  const back = new Set<Arc>();
  for (let root = 0; root < count; root += 1) {
    const way: { node: number; next: number }[] = state[root] === 0 ? [{ node: root, next: 0 }] : [];
    state[root] = Math.max(1, state[root] as number);
    for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
      const arc = (leaving[top.node] as Arc[])[top.next];
      top.next += 1;
      if (arc === undefined) {
        state[top.node] = 2;
        way.pop();
      } else if (state[arc.to] === 1) back.add(arc);
      else if (state[arc.to] === 0) {
        state[arc.to] = 1;
        way.push({ node: arc.to, next: 0 });
      }
    }
  }
  return back;
}

/** As far down as the longest way there is. */
function rowsOf(count: number, down: readonly { readonly upper: number; readonly lower: number }[]): number[] {
  const rows = new Array<number>(count).fill(0);
  for (let round = 0, moved = true; moved && round <= count; round += 1) {
    moved = false;
    for (const { upper, lower } of down) {
      const least = (rows[upper] as number) + 1;
      if ((rows[lower] as number) >= least) continue;
      rows[lower] = least;
      moved = true;
    }
  }
  return rows;
}
