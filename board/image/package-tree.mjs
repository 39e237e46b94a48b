// Debian packages, unpacked each by itself, so that of every file it is known where it came from.
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { linkage } from './elf.mjs';
import { ImageError } from './image-error.mjs';
import { runText } from './programs.mjs';

export class PackageTree {
  #folders = new Map();
  #libraries = new Map();

  /** @param folder where packages are unpacked to, kept from image to image; @param triple of the libraries' folder */
  constructor(folder, triple) {
    this.folder = folder;
    this.libraryFolders = [`lib/${triple}`, `usr/lib/${triple}`];
  }

  /** Unpacks the .deb unless that was done before. */
  add({ name, sha256 }, file) {
    const kept = path.join(this.folder, `${name}_${sha256.slice(0, 16)}`);
    if (!existsSync(kept)) {
      const work = `${kept}.${process.pid}`;
      mkdirSync(work, { recursive: true });
      try {
        runText('dpkg-deb', ['-x', file, work]);
        renameSync(work, kept);
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }
    this.#folders.set(name, kept);
    for (const inside of this.libraryFolders) this.#listLibraries(name, kept, inside);
  }

  folderOf(name) {
    const folder = this.#folders.get(name);
    if (folder === undefined) throw new ImageError(`Debian's package ${name} is not in the lock file. Make it anew with: npm run image -- --renew-packages`);
    return folder;
  }

  /** Where `inside` of a package lies here; links within the package are followed. Throws ImageError when the package has no such file. */
  find(name, inside) {
    const file = path.join(this.folderOf(name), inside);
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) throw new ImageError(`Debian's package ${name} has no ${inside}`);
    return follow(file);
  }

  /** { name, file }: the licence text of a package, which may lie in that of a neighbour. Throws ImageError. */
  copyright(name) {
    const inside = path.join('usr/share/doc', name);
    const folder = path.join(this.folderOf(name), inside);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return this.copyright(path.basename(readlinkSync(folder)));
    return { name, file: this.find(name, path.join(inside, 'copyright')) };
  }

  /** { name, file } of a shared library by the name that programs ask for. */
  #library(wanted) {
    const found = this.#libraries.get(wanted);
    if (found === undefined) throw new ImageError(`no package of the lock file has the library ${wanted}`);
    return found;
  }

  /** All libraries that these files need, and those in turn: Map from the name asked for to { name, file }. */
  librariesOf(files) {
    const found = new Map();
    const open = [...files];
    while (open.length > 0) {
      for (const wanted of linkage(readFileSync(open.pop()))?.needed ?? []) {
        if (found.has(wanted)) continue;
        const library = this.#library(wanted);
        found.set(wanted, library);
        open.push(library.file);
      }
    }
    return found;
  }

  #listLibraries(name, folder, inside) {
    const place = path.join(folder, inside);
    if (!existsSync(place)) return;
    for (const entry of readdirSync(place)) {
      if (/\.so(\.|$)/.test(entry)) this.#libraries.set(entry, { name, file: follow(path.join(place, entry)) });
    }
  }
}

/** The file behind links that lead to a neighbour. */
function follow(file) {
  let at = file;
  while (lstatSync(at).isSymbolicLink()) at = path.resolve(path.dirname(at), readlinkSync(at));
  return at;
}
