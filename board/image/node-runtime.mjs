// The pinned Node of the unit without its symbols, which nothing on a unit reads.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { runText } from './programs.mjs';

/** { name, version, integrity, file, licence }: of the package that it came in; paths of the stripped program and of its licence text. @param cache .cache/image */
export async function nodeRuntime(root, cache, processor) {
  const { folder, ...pin } = await pinnedNode(root, processor.node);
  const file = path.join(cache, 'node', `${pin.version}-${processor.node}`);
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    runText(`${processor.triple}-strip`, ['-o', unfinished, path.join(folder, 'bin/node')]);
    renameSync(unfinished, file);
  }
  return { ...pin, file, licence: path.join(folder, 'LICENSE') };
}
