// Which modules of the kernel go into an image: those that the board names, with all that they need.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ImageError } from './image-error.mjs';
import { runText } from './programs.mjs';

export class KernelModules {
  #files = new Map();
  #needs = new Map();
  #drivers = new Map();

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
    for (const [, words, name] of readFileSync(path.join(this.folder, this.release, 'modules.alias'), 'utf8').matchAll(/^alias of:N\*T\*C(\S*[^*\s]) (\S+)$/gm)) {
      this.#drivers.set(words, [...(this.#drivers.get(words) ?? []), name]);
    }
  }

  /** Modules that are drivers for a part that the kernel's description of a board knows by any of these words (`compatible`). */
  driversOf(compatible) {
    return [...new Set(compatible.flatMap((words) => this.#drivers.get(words) ?? []))];
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
    writeFileSync(path.join(target, 'modules.dep'), withWishes(readFileSync(path.join(target, 'modules.dep'), 'utf8'), readFileSync(path.join(target, 'modules.softdep'), 'utf8')));
  }
}

/** modules.dep in which a module needs what it only wishes to be loaded before it (`softdep`): busybox's modprobe hears no wish, and genet without its bus finds no network. */
export function withWishes(needs, wishes) {
  const rows = needs.split('\n').filter((row) => row !== '').map((row) => row.split(':'));
  const rowOf = (name) => rows.find(([file]) => moduleName(file) === moduleName(name));
  const wished = new Map([...wishes.matchAll(/^softdep (\S+) (.*)$/gm)].map(([, name, words]) => [moduleName(name), before(words).map(rowOf).filter((row) => row !== undefined)]));
  return rows.map(([file, needed]) => {
    const files = needed.split(' ').filter((word) => word !== '');
    for (const [other, itsNeeds] of wished.get(moduleName(file)) ?? []) for (const one of [other, ...itsNeeds.split(' ')]) if (one !== '' && one !== file && !files.includes(one)) files.push(one);
    return `${[`${file}:`, ...files].join(' ')}\n`;
  }).join('');
}

/** Of `pre: a b post: c` a and b. */
const before = (words) => (/pre:(.*?)(?:post:|$)/.exec(words)?.[1] ?? '').trim().split(' ');

/** As the kernel has it: of a path, or of a name with hyphens. */
export const moduleName = (file) => path.basename(file).replace(/\.ko$/, '').replaceAll('-', '_');
