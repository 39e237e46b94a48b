// Which modules of the kernel go into an image: those that the board names, with all that they need.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ImageError } from './image-error.mjs';
import { runText } from './programs.mjs';

export class KernelModules {
  #files = new Map();
  #needs = new Map();

  /** @param folder of the unpacked package of the kernel */
  constructor(folder) {
    this.folder = path.join(folder, 'lib/modules');
    [this.release] = readdirSync(this.folder);
    this.kernel = path.join(folder, `boot/vmlinuz-${this.release}`);
    if (!existsSync(this.kernel)) throw new ImageError(`the package of the kernel has no boot/vmlinuz-${this.release}`);
    const list = path.join(this.folder, this.release, 'modules.dep');
    if (!existsSync(list)) runText('depmod', ['-b', folder, this.release]);
    for (const row of readFileSync(list, 'utf8').trim().split('\n')) {
      const [file, needs] = row.split(':');
      this.#files.set(moduleName(file), file);
      this.#needs.set(moduleName(file), needs.trim().split(' ').filter((word) => word !== '').map(moduleName));
    }
  }

  /** Names with all that they need, in an order in which they can be loaded. */
  inOrder(names) {
    const order = [];
    const visit = (name) => {
      if (order.includes(name)) return;
      if (!this.#files.has(name)) throw new ImageError(`the kernel ${this.release} has no module ${name}`);
      for (const need of [...this.#needs.get(name)].reverse()) visit(need);
      order.push(name);
    };
    names.map(moduleName).forEach(visit);
    return order;
  }

  fileOf(name) {
    return path.join(this.folder, this.release, this.#files.get(name));
  }

  /** Lays the modules, and the lists that modprobe reads, into the root. */
  install(names, root) {
    const target = path.join(root, 'usr/lib/modules', this.release);
    for (const name of this.inOrder(names)) {
      const file = path.join(target, this.#files.get(name));
      mkdirSync(path.dirname(file), { recursive: true });
      copyFileSync(this.fileOf(name), file);
    }
    for (const list of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo']) copyFileSync(path.join(this.folder, this.release, list), path.join(target, list));
    runText('depmod', ['-b', path.join(root, 'usr'), this.release]);
  }
}

const moduleName = (file) => path.basename(file).replace(/\.ko$/, '').replaceAll('-', '_');
