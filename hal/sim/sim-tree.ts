import { HalError } from '../errors.ts';
import { pathParts } from '../storage-path.ts';
import { SimContent } from './sim-content.ts';
import type { SimNode } from './sim-folder.ts';
import { SimFolder } from './sim-folder.ts';

/** Folders and files of a simulated partition, by path. */
export class SimTree {
  readonly root: SimFolder;

  constructor(root: SimFolder) {
    this.root = root;
  }

  /** undefined = there is none. */
  node(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.root;
    for (const part of pathParts(path)) node = node instanceof SimFolder ? node.live.get(part) : undefined;
    return node;
  }

  /** Errors: HalError not-found. */
  folder(path: string): SimFolder {
    return asFolder(this.node(path), path);
  }

  /** Errors: HalError not-found, io. */
  file(path: string): SimContent {
    const node = this.node(path);
    if (node === undefined) throw new HalError('not-found', path, 'no such file');
    if (node instanceof SimFolder) throw new HalError('io', path, 'is a folder');
    return node;
  }

  /** Where the name is, and the name. Errors: HalError not-found, permission-denied. */
  parent(path: string): [SimFolder, string] {
    const parts = pathParts(path);
    const name = parts.pop();
    if (name === undefined) throw new HalError('permission-denied', path, 'names the root');
    return [this.folder(parts.join('/')), name];
  }

  /** Errors: HalError already-exists, and those of `parent`. */
  create(path: string, nowMs: number): void {
    const [folder, name] = this.parent(path);
    if (folder.live.has(name)) throw new HalError('already-exists', path, 'exists');
    folder.link(name, new SimContent());
    folder.modifiedMs = nowMs;
  }

  /** With all folders above it. Errors: HalError not-found where a file is in the way. */
  makeFolders(path: string, nowMs: number): void {
    let folder = this.root;
    for (const part of pathParts(path)) {
      if (!folder.live.has(part)) {
        folder.link(part, new SimFolder());
        folder.modifiedMs = nowMs;
      }
      folder = asFolder(folder.live.get(part), path);
    }
  }

  /** A file with two names counts once. */
  usedBytes(): number {
    const seen = new Set<SimNode>();
    const used = (node: SimNode): number => {
      if (seen.has(node)) return 0;
      seen.add(node);
      if (node instanceof SimContent) return node.size;
      return [...node.live.values()].reduce((sum, child) => sum + used(child), 0);
    };
    return used(this.root);
  }
}

function asFolder(node: SimNode | undefined, path: string): SimFolder {
  if (node instanceof SimFolder) return node;
  throw new HalError('not-found', path, 'no such folder');
}
