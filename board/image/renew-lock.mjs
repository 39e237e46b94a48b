// What the lock file names: what apt would install today for the programs of an image, of that only the packages whose files are used.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DebianArchive } from './debian-archive.mjs';
import { boardsWithImage } from './image-options.mjs';
import { writeLock } from './lock.mjs';
import { nodeRuntime } from './node-runtime.mjs';
import { PackageTree } from './package-tree.mjs';
import { bootPackages, kernelPackage, processors, rootFiles } from './recipe.mjs';

/** Records it. */
export async function renewLock(root, cache) {
  const packages = await packagesOfToday(root, cache);
  for (const { name, version } of packages) console.log(`${name} ${version}`);
  writeLock(root, packages);
}

/** In the form of the lock file. */
export async function packagesOfToday(root, cache) {
  const processor = processors.arm64;
  const archive = new DebianArchive(cache, processor.debian);
  const kernel = archive.dependency(kernelPackage);
  const boards = await Promise.all(boardsWithImage(root).map((name) => import(pathToFileURL(path.join(root, 'board', name, 'image.mjs')).href)));
  const wanted = [kernel, ...bootPackages, ...new Set(boards.flatMap(({ image }) => image.packages))];
  const solved = archive.solve([...Object.keys(rootFiles), 'libstdc++6', 'libc6']);
  const tree = new PackageTree(path.join(cache, 'unpacked'), processor.triple);
  for (const entry of solved) tree.add(entry, archive.fetch(entry));
  const { file } = await nodeRuntime(root, cache, processor);
  const programs = Object.entries(rootFiles).flatMap(([name, places]) => places.map((place) => tree.find(name, place)));
  const libraries = tree.librariesOf([file, ...programs]);
  const files = new Set([...Object.keys(rootFiles), ...[...libraries.values()].map(({ name }) => name)]);
  const used = new Set([...files].flatMap((name) => [name, tree.copyright(name).name]));
  return [...solved.filter(({ name }) => used.has(name)), ...archive.describe(wanted)];
}
