// Composes the root of a slot: programs and their libraries out of packages, the kernel, Node, the unit's program, and the project's own files.
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Folders that are one: programs look in any of them. */
const merged = { bin: 'usr/bin', sbin: 'usr/bin', 'usr/sbin': 'usr/bin', lib: 'usr/lib' };

/** Where something is mounted, or linked to what may be written. */
const mountPoints = ['proc', 'sys', 'dev', 'run', 'tmp', 'var', 'data', 'boot', 'root', 'mnt'];

export class RootTree {
  #origins = new Map();

  constructor(folder, triple) {
    this.folder = folder;
    this.triple = triple;
    for (const place of [...Object.values(merged), ...mountPoints, `usr/lib/${triple}`, 'etc']) mkdirSync(path.join(folder, place), { recursive: true });
    for (const [link, target] of Object.entries(merged)) symlinkSync(path.relative(path.dirname(link), target), path.join(folder, link));
  }

  /** Puts one file at `place`, and remembers who it is from. */
  put(origin, place, file, mode) {
    const target = path.join(this.folder, place);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(file, target);
    chmodSync(target, mode ?? ((statSync(file).mode & 0o111) === 0 ? 0o644 : 0o755));
    this.count(origin, statSync(target).size);
  }

  write(origin, place, content, mode = 0o644) {
    const target = path.join(this.folder, place);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, mode);
    this.count(origin, Buffer.byteLength(content));
  }

  link(place, target) {
    mkdirSync(path.dirname(path.join(this.folder, place)), { recursive: true });
    symlinkSync(target, path.join(this.folder, place));
  }

  /** A folder of the project, as it is. */
  lay(origin, folder) {
    if (!existsSync(folder)) return;
    cpSync(folder, this.folder, { recursive: true, verbatimSymlinks: true });
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const inside = path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name));
      if (entry.isSymbolicLink()) continue;
      const isProgram = !entry.isFile() || (statSync(path.join(folder, inside)).mode & 0o100) !== 0;
      chmodSync(path.join(this.folder, inside), isProgram ? 0o755 : 0o644);
      if (entry.isFile()) this.count(origin, statSync(path.join(folder, inside)).size);
    }
  }

  /** Programs and data by package, then every library that they, and `others`, ask for. Gives the names of the packages that were used. */
  fill(packages, filesByPackage, others) {
    const programs = [...others];
    for (const [name, places] of Object.entries(filesByPackage)) {
      for (const place of places) {
        const file = packages.find(name, place);
        this.put(name, merge(place), file);
        programs.push(file);
      }
    }
    const libraries = packages.librariesOf(programs);
    for (const [wanted, { name, file }] of libraries) {
      this.put(name, `usr/lib/${this.triple}/${wanted}`, file, wanted.startsWith('ld-') ? 0o755 : 0o644);
      if (wanted.startsWith('ld-')) this.link(`usr/lib/${wanted}`, `${this.triple}/${wanted}`);
    }
    return new Set([...Object.keys(filesByPackage), ...[...libraries.values()].map(({ name }) => name)]);
  }

  /** Names under which busybox is called: one link each. */
  applets(file) {
    for (const applet of readFileSync(file, 'utf8').split('\n').map((row) => row.replace(/#.*/, '').trim()).filter((name) => name !== '')) {
      if (!existsSync(path.join(this.folder, 'usr/bin', applet))) this.link(`usr/bin/${applet}`, 'busybox');
    }
  }

  /** [origin, bytes], the largest first. */
  sizes() {
    return [...this.#origins].sort(([, one], [, other]) => other - one);
  }

  /** Adds to what an origin has. */
  count(origin, bytes) {
    this.#origins.set(origin, (this.#origins.get(origin) ?? 0) + bytes);
  }
}

function merge(place) {
  const [link, target] = Object.entries(merged).find(([folder]) => place.startsWith(`${folder}/`)) ?? ['', ''];
  return `${target}${place.slice(link.length)}`;
}
