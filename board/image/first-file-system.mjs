// The first file system (initrd): busybox, the modules that the root lies behind, and the script that finds the root.
import { readFileSync } from 'node:fs';
import { cpio } from './cpio.mjs';

/**
 * @param parts { script, busybox, modules, names }: paths, and names of modules to be loaded first, without what they need
 * Of the script `@MODULES@` becomes the modules in the order in which they are loaded.
 */
export function firstFileSystem({ script, busybox, modules, names }) {
  const order = modules.inOrder(names);
  const text = readFileSync(script, 'utf8').replaceAll('@MODULES@', order.join(' '));
  const folders = ['bin', 'modules', 'proc', 'sys', 'dev', 'run', 'root'];
  return cpio([
    ...folders.map((name) => ({ name, folder: true })),
    { name: 'bin/busybox', bytes: readFileSync(busybox), executable: true },
    { name: 'init', bytes: Buffer.from(text), executable: true },
    ...order.map((name) => ({ name: `modules/${name}.ko`, bytes: readFileSync(modules.fileOf(name)), executable: false })),
  ]);
}
