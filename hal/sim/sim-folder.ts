import type { Fates } from './sim-content.ts';
import { SimContent } from './sim-content.ts';

export type SimNode = SimContent | SimFolder;

/** One name made or unmade that is not durable yet. */
interface NameChange {
  readonly folder: SimFolder;
  readonly name: string;
  /** null: the name goes. */
  readonly node: SimNode | null;
  /** For the old name of a rename: the new name, without which the old one never goes (no file system loses the file itself). */
  readonly after: NameChange | null;
}

/** The names in one simulated folder: what a reader sees, and what the medium is sure to have. */
export class SimFolder {
  readonly live = new Map<string, SimNode>();
  /** When a name in it last came, went or changed; of what a power cut left, 0. */
  modifiedMs = 0;
  readonly #durable = new Map<string, SimNode>();
  #pending: NameChange[] = [];

  link(name: string, node: SimNode): void {
    this.#change({ folder: this, name, node, after: null });
  }

  unlink(name: string): void {
    this.#change({ folder: this, name, node: null, after: null });
  }

  move(name: string, to: SimFolder, newName: string): void {
    const node = this.live.get(name);
    if (node === undefined || (to === this && name === newName)) return;
    const after: NameChange = { folder: to, name: newName, node, after: null };
    to.#change(after);
    this.#change({ folder: this, name, node: null, after });
  }

  sync(): void {
    for (const change of [...this.#pending]) {
      if (change.after !== null) change.after.folder.#commit(change.after);
      this.#commit(change);
    }
  }

  /** The folder and all in it after a power cut. */
  survivor(fates: Fates): SimFolder {
    return this.#survivor({ fates, decided: new Map(), nodes: new Map() });
  }

  awaits(change: NameChange): boolean {
    return this.#pending.includes(change);
  }

  #survivor(cut: Cut): SimFolder {
    const names = new Map(this.#durable);
    for (const change of this.#pending) if (kept(change, cut)) put(names, change);
    const result = new SimFolder();
    for (const [name, node] of names) {
      const after = cut.nodes.get(node) ?? (node instanceof SimFolder ? node.#survivor(cut) : node.survivor(cut.fates));
      cut.nodes.set(node, after);
      result.live.set(name, after);
      result.#durable.set(name, after);
    }
    return result;
  }

  #change(change: NameChange): void {
    put(this.live, change);
    this.#pending.push(change);
  }

  #commit(change: NameChange): void {
    if (!this.awaits(change)) return;
    put(this.#durable, change);
    this.#pending = this.#pending.filter((other) => other !== change);
  }
}

/** What one power cut has decided so far: a node with two names survives as one node. */
interface Cut {
  readonly fates: Fates;
  readonly decided: Map<NameChange, boolean>;
  readonly nodes: Map<SimNode, SimNode>;
}

function kept(change: NameChange, cut: Cut): boolean {
  const known = cut.decided.get(change);
  if (known !== undefined) return known;
  const { after } = change;
  const own = cut.fates('name') === 'keep';
  const result = own && (after === null || !after.folder.awaits(after) || kept(after, cut));
  cut.decided.set(change, result);
  return result;
}

function put(names: Map<string, SimNode>, change: NameChange): void {
  if (change.node === null) names.delete(change.name);
  else names.set(change.name, change.node);
}
