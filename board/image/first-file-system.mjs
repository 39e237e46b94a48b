// The first file system (initrd): busybox, the modules that the root lies behind, and the script that finds the root.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cpio } from './cpio.mjs';

/**
 * @param parts { script, busybox, modules, names, applets }: paths, and names of modules to be loaded first, without what they need
 * Of the script `@MODULES@` becomes the modules in the order in which they are loaded.
 */
export function firstFileSystem({ script, busybox, modules, names, extra = [] }) {
  const order = modules.inOrder(names);
  const text = readFileSync(script, 'utf8').replaceAll('@MODULES@', order.join(' '));
  const folders = ['bin', 'modules', 'proc', 'sys', 'dev', 'run', 'root', ...extra.filter(({ folder }) => folder).map(({ name }) => name)];
  return cpio([
    ...folders.map((name) => ({ name, folder: true })),
    { name: 'bin/busybox', bytes: readFileSync(busybox), executable: true },
    { name: 'init', bytes: Buffer.from(text), executable: true },
    ...order.map((name) => ({ name: `modules/${name}.ko`, bytes: readFileSync(modules.fileOf(name)), executable: false })),
    ...extra.filter(({ folder }) => !folder),
  ]);
}

/** The project's own files that go into the first file system beside the script. */
export function filesBeside(folder, names) {
  return names.filter((name) => existsSync(path.join(folder, name))).map((name) => ({ name, bytes: readFileSync(path.join(folder, name)), executable: true }));
}
