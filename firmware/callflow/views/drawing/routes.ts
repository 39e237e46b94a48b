import type { Chain, Layers } from './layers.ts';
import type { Box, Route } from './svg-parts.ts';
import { textWidth } from './svg-parts.ts';

/** Where arrows leave and enter boxes, and the curves between. */

interface Port {
  readonly chain: Chain;
  /** Where its next point is: ports stand in that order, so that arrows do not cross at the box. */
  readonly towards: number;
  readonly weight: number;
}

const middle = ({ x, width }: Box): number => x + width / 2;

export function routed({ chains }: Layers, boxes: readonly Box[]): Route[] {
  const lowerEnds = ports(chains, boxes, false);
  const upperEnds = ports(chains, boxes, true);
  return chains.map((chain) => route(chain, boxes, upperEnds.get(chain) as number, lowerEnds.get(chain) as number));
}

/** What an arrow takes of the side of a box: where it leaves, it has its label. */
export const portWidth = ({ arc, back }: Chain, upper: boolean): number => 20 + (upper !== back ? textWidth(arc.label, 11) : 0);

/** For each chain, where on the side of its box it ends: shares of the side by the width of labels. */
function ports(chains: readonly Chain[], boxes: readonly Box[], upper: boolean): Map<Chain, number> {
  const sides = new Map<number, Port[]>();
  for (const chain of chains) {
    const [item, next] = (upper ? [chain.items[0], chain.items[1]] : [chain.items.at(-1), chain.items.at(-2)]) as [number, number];
    sides.set(item, [...(sides.get(item) ?? []), { chain, towards: middle(boxes[next] as Box), weight: portWidth(chain, upper) }]);
  }
  const found = new Map<Chain, number>();
  for (const [item, side] of sides) {
    const { x, width } = boxes[item] as Box;
    const total = side.reduce((sum, { weight }) => sum + weight, 0);
    let before = 0;
    for (const { chain, weight } of [...side].sort((a, b) => a.towards - b.towards)) {
      found.set(chain, x + (width * (before + (side.length === 1 ? weight / 2 : Math.min(weight / 2, 12)))) / total);
      before += weight;
    }
  }
  return found;
}

function route({ arc, back, items }: Chain, boxes: readonly Box[], upperX: number, lowerX: number): Route {
  const upper = boxes[items[0] as number] as Box;
  const lower = boxes[items.at(-1) as number] as Box;
  const through = items.slice(1, -1).map((item) => boxes[item] as Box).flatMap((box) => [[middle(box), box.y] as const, [middle(box), box.y + box.height] as const]);
  const points = [[upperX, upper.y + upper.height] as const, ...through, [lowerX, lower.y] as const];
  const way = back ? [...points].reverse() : points;
  const [fromX, fromY] = way[0] as readonly [number, number];
  const labelY = back ? fromY - 8 : fromY + 15;
  return { path: curve(way), back, label: arc.label, labelX: fromX + 4, labelY };
}

/** Vertical at every point. */
function curve(points: readonly (readonly [number, number])[]): string {
  const [[startX, startY], ...rest] = points as [readonly [number, number], ...(readonly [number, number])[]];
  let [lastX, lastY] = [startX, startY];
  return [`M${round(startX)} ${round(startY)}`, ...rest.map(([x, y]) => {
    const bend = (y - lastY) * 0.5;
    const part = Math.abs(x - lastX) < 0.5 ? `L${round(x)} ${round(y)}` : `C${round(lastX)} ${round(lastY + bend)} ${round(x)} ${round(y - bend)} ${round(x)} ${round(y)}`;
    [lastX, lastY] = [x, y];
    return part;
  })].join(' ');
}

const round = (value: number): number => Math.round(value * 10) / 10;
