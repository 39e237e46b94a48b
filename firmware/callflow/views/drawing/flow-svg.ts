import type { ReadyFlow, ReadyNode } from '../../document/parse-flow.ts';
import { startKey } from '../../document/start-key.ts';
import type { Catalogue } from '../../language/language.ts';
import { edgesOf, readingOrder } from '../flow-graph.ts';
import { promptWords } from '../outline.ts';
import { ordered, placed } from './arrange.ts';
import type { Arc, Chain } from './layers.ts';
import { layered } from './layers.ts';
import { portWidth, routed } from './routes.ts';
import type { Box, Face } from './svg-parts.ts';
import { boxHeight, page, svgBox, svgRoute, textWidth } from './svg-parts.ts';

/** Pixels between boxes side by side, and for the labels between rows. */
const gap = 28;
const rowGap = 64;
const margin = 24;

/** A flow as a drawing: its start above, each action below what leads to it; what goes back is dashed. */
export function flowSvg(flow: ReadyFlow, catalogue: Catalogue): string {
  const { reached, rest } = readingOrder(flow);
  const nodes = [...reached, ...rest];
  const arcs = arcsOf(flow, nodes);
  const layers = layered(nodes.length + 1, arcs);
  const rows = ordered(layers);
  const faces = [startFace(flow), ...nodes.map((node) => nodeFace(node, catalogue, new Set(rest)))];
  const widths = layers.items.map(({ node }, item) => (node === null ? 16 : Math.max(widthOf(faces[node] as Face), sideWidth(item, layers.chains))));
  const middles = placed(layers, rows, widths.map((width) => width + gap));
  const boxes: Box[] = layers.items.map(({ node, row }, item) => ({
    x: margin + (middles[item] as number) - (widths[item] as number) / 2 - gap / 2,
    y: margin + row * (boxHeight + rowGap),
    width: widths[item] as number,
    height: boxHeight,
    passes: node === null,
  }));
  const drawn = nodes.length + 1;
  const loops = edgesOf(flow).filter(({ from, to }) => from === to);
  const width = boxes.reduce((most, box) => Math.max(most, box.x + box.width), 0) + margin + (loops.length > 0 ? 60 : 0);
  const height = boxes.reduce((most, { y }) => Math.max(most, y), 0) + boxHeight + margin;
  return page(width, height, flow.document.name, [
    ...routed(layers, boxes).map(svgRoute),
    ...selfRoutes(nodes, loops, boxes),
    ...boxes.slice(0, drawn).map((box, at) => svgBox(box, faces[at] as Face)),
  ]);
}

const startFace = ({ document }: ReadyFlow): Face => ({ kind: 'start', title: document.name, action: cut(document.starts.map(startKey).join('; ') || 'no start point', 48), words: '', group: '' });

function nodeFace(node: ReadyNode, catalogue: Catalogue, stray: ReadonlySet<ReadyNode>): Face {
  const [first] = node.node.prompts;
  const words = first === undefined ? '' : cut(promptWords(first, catalogue), 36);
  return { kind: stray.has(node) ? 'stray' : 'node', title: node.name, action: node.kind.name + (node.node.pin === null ? '' : ' (PIN)'), words, group: node.kind.group };
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const widthOf = ({ title, action, words }: Face): number => Math.max(96, textWidth(title, 13) + 30, textWidth(action, 11) + 30, textWidth(words, 10.5) + 30);

/** So wide that the labels of what leaves, and the arrows of what comes, stand side by side. */
function sideWidth(item: number, chains: readonly Chain[]): number {
  const upper = chains.filter(({ items }) => items[0] === item).reduce((sum, chain) => sum + portWidth(chain, true), 0);
  const lower = chains.filter(({ items }) => items.at(-1) === item).reduce((sum, chain) => sum + portWidth(chain, false), 0);
  return Math.max(upper, lower);
}

/** Results that lead to the same action are one arrow. */
function arcsOf(flow: ReadyFlow, nodes: readonly ReadyNode[]): Arc[] {
  const number = new Map(nodes.map(({ name }, at) => [name, at + 1]));
  const labels = new Map<string, { from: number; to: number; results: string[] }>();
  for (const { from, to, result } of edgesOf(flow)) {
    const [a, b] = [number.get(from) as number, number.get(to) as number];
    const known = labels.get(`${a} ${b}`);
    if (known === undefined) labels.set(`${a} ${b}`, { from: a, to: b, results: [result] });
    else known.results.push(result);
  }
  return [{ from: 0, to: number.get(flow.document.first) ?? 0, label: '' }, ...[...labels.values()].map(({ from, to, results }) => ({ from, to, label: cut(results.join(', '), 24) }))];
}

/** To the right of its box. */
function selfRoutes(nodes: readonly ReadyNode[], loops: readonly { readonly from: string; readonly result: string }[], boxes: readonly Box[]): string[] {
  const byNode = grouped(loops);
  return [...byNode].map(([name, mine]) => {
    const { x, y, width, height } = boxes[nodes.findIndex((node) => node.name === name) + 1] as Box;
    const [right, upper, lower] = [x + width, y + height * 0.3, y + height * 0.7];
    return svgRoute({ path: `M${right} ${lower} C${right + 34} ${lower + 8} ${right + 34} ${upper - 8} ${right + 2} ${upper}`, back: true, label: cut(mine.map(({ result }) => result).join(', '), 24), labelX: right + 6, labelY: lower + 16 });
  });
}

function grouped<T extends { readonly from: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(one.from, [...(groups.get(one.from) ?? []), one]);
  return groups;
}
