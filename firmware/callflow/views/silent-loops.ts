import { waitsFor } from '../actions/action.ts';
import type { ReadyFlow, ReadyNode } from '../document/parse-flow.ts';

export interface SilentLoop {
  /** Where it begins, of the flow that was asked about. */
  readonly node: ReadyNode;
  readonly text: string;
}

interface Place {
  readonly flow: ReadyFlow;
  readonly node: ReadyNode;
}

const key = ({ flow, node }: Place): string => JSON.stringify([flow.document.name, node.name]);

/** Whether the caller has a say there. */
const waits = ({ node, kind, settings }: ReadyNode): boolean => waitsFor(kind, settings) || node.pin !== null;

/** Ways from an action back to itself on which nobody waits for the caller, also through other flows. One is told for each set of actions. */
export function silentLoops(flow: ReadyFlow, flows: ReadonlyMap<string, ReadyFlow>): SilentLoop[] {
  const told = new Set<string>();
  const loops: SilentLoop[] = [];
  for (const node of flow.nodes.values()) {
    if (waits(node) || told.has(node.name)) continue;
    const way = wayBack({ flow, node }, flow, flows);
    if (way === null) continue;
    for (const place of way) if (place.flow === flow) told.add(place.node.name);
    const names = [...way, { flow, node }].map((place) => (place.flow === flow ? `'${place.node.name}'` : `'${place.node.name}' of flow '${place.flow.document.name}'`));
    loops.push({ node, text: `this goes round without waiting for the caller: ${names.join(' -> ')}; put a Menu, or another action that waits, into it` });
  }
  return loops;
}

/** Breadth first, so the shortest; null = there is none. `home`: the flow that Home goes back to. */
function wayBack(start: Place, home: ReadyFlow, flows: ReadonlyMap<string, ReadyFlow>): Place[] | null {
  const from = new Map<string, Place | null>([[key(start), null]]);
  const queue: Place[] = [start];
  for (const place of queue) {
    for (const next of following(place, home, flows)) {
      if (key(next) === key(start)) return trail(place, from);
      if (waits(next.node) || from.has(key(next))) continue;
      from.set(key(next), place);
      queue.push(next);
    }
  }
  return null;
}

function trail(last: Place, from: ReadonlyMap<string, Place | null>): Place[] {
  const places: Place[] = [];
  for (let place: Place | null = last; place !== null; place = from.get(key(place)) ?? null) places.unshift(place);
  return places;
}

/** Where the call may be next. A module's results count only where it can come back without waiting. */
function following({ flow, node }: Place, home: ReadyFlow, flows: ReadonlyMap<string, ReadyFlow>): Place[] {
  const results = Object.values(node.node.results).flatMap((to) => placed(flow, to));
  if (node.kind.name === 'Home') return placed(home, home.document.first);
  const called = (node.kind.references?.(node.settings).flows ?? []).flatMap((name) => flows.get(name) ?? []);
  const entered = called.flatMap((one) => placed(one, one.document.first));
  if (node.kind.name === 'Module') return called.some(returnsSilently) ? [...results, ...entered] : entered;
  return [...results, ...entered];
}

const placed = (flow: ReadyFlow, name: string): Place[] => {
  const node = flow.nodes.get(name);
  return node === undefined ? [] : [{ flow, node }];
};

function returnsSilently(module: ReadyFlow): boolean {
  const seen = new Set<string>([module.document.first]);
  for (const name of seen) {
    const node = module.nodes.get(name);
    if (node === undefined || waits(node)) continue;
    if (node.kind.name === 'Module Return') return true;
    for (const to of Object.values(node.node.results)) seen.add(to);
  }
  return false;
}
