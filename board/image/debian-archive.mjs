// Debian's packages for another processor, fetched by apt with lists and cache of our own: nothing is added to this machine.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ImageError } from './image-error.mjs';
import { runText } from './programs.mjs';
import { suite } from './recipe.mjs';

const COMPONENTS = 'main non-free-firmware';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export class DebianArchive {
  #folder;
  #architecture;
  #updated = false;

  /** @param folder .cache/image */
  constructor(folder, architecture) {
    this.#folder = path.join(folder, 'apt');
    this.#architecture = architecture;
    this.packages = path.join(folder, 'packages');
    for (const name of ['lists/partial', 'cache/archives/partial', 'empty']) mkdirSync(path.join(this.#folder, name), { recursive: true });
    mkdirSync(this.packages, { recursive: true });
  }

  /** The package of that checksum as a file: kept from earlier, or fetched. Throws ImageError. */
  fetch(entry) {
    const file = path.join(this.packages, `${entry.name}_${entry.sha256.slice(0, 16)}.deb`);
    if (existsSync(file) && checksum(file) === entry.sha256) return file;
    this.#download(entry, file);
    const found = checksum(file);
    if (found === entry.sha256) return file;
    rmSync(file);
    throw new ImageError(`${entry.name} ${entry.version}: what apt fetched has the SHA-256 ${found}, the lock file names ${entry.sha256}.`);
  }

  /** What apt would install for these packages on an empty system: [{ name, version, architecture, source, bytes, sha256 }]. */
  solve(names) {
    this.#update();
    const rows = this.#apt('apt-get', ['install', '-qq', '-y', '--no-install-recommends', '--print-uris', ...names]).trim().split('\n');
    return this.describe(rows.map((row) => /' (\S+)_/.exec(row)?.[1].split('_')[0]));
  }

  /** The newest version of each of these packages. */
  describe(names) {
    this.#update();
    const found = new Map(this.#apt('apt-cache', ['show', '--no-all-versions', ...names]).split('\n\n').map(described).map((entry) => [entry.name, entry]));
    const unknown = names.filter((name) => !found.has(name));
    if (unknown.length > 0) throw new ImageError(`Debian has no ${unknown.join(', ')} for ${this.#architecture}`);
    return names.map((name) => found.get(name));
  }

  /** First of what a package, usually an empty one, depends on. */
  dependency(name) {
    this.#update();
    const first = /Depends: (\S+)/.exec(this.#apt('apt-cache', ['depends', name]))?.[1];
    if (first === undefined) throw new ImageError(`Debian's package ${name} depends on nothing`);
    return first;
  }

  #download({ name, version }, file) {
    this.#update();
    const folder = `${file}.fetch-${process.pid}`;
    mkdirSync(folder, { recursive: true });
    try {
      this.#apt('apt-get', ['-qq', 'download', `${name}=${version}`], folder);
      const [found] = readdirSync(folder).filter((entry) => entry.endsWith('.deb'));
      renameSync(path.join(folder, found), file);
    } catch (error) {
      throw new ImageError(`${name} ${version} cannot be had from Debian any more: ${error.message}\nTake the versions of today with: npm run image -- --renew-packages`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Once, and only when something has to be fetched. */
  #update() {
    if (this.#updated) return;
    const sources = mirrors().map(({ uri, release }) => `deb [signed-by=${KEYRING}] ${uri} ${release} ${COMPONENTS}\n`);
    writeFileSync(path.join(this.#folder, 'sources.list'), sources.join(''));
    this.#apt('apt-get', ['-qq', 'update']);
    this.#updated = true;
  }

  #apt(program, args, cwd) {
    const place = (name) => path.join(this.#folder, name);
    const options = {
      'APT::Architecture': this.#architecture, 'APT::Architectures': this.#architecture, 'APT::Sandbox::User': '',
      'Dir::Etc::sourcelist': place('sources.list'), 'Dir::Etc::sourceparts': place('empty'), 'Dir::Etc::preferences': '/dev/null', 'Dir::Etc::preferencesparts': place('empty'),
      'Dir::State::lists': place('lists'), 'Dir::State::status': '/dev/null', 'Dir::Cache': place('cache'),
    };
    return runText(program, [...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), ...args], { cwd, env: { ...process.env, LC_ALL: 'C' } });
  }
}

/** Where this machine has Debian from, which may be a mirror of its own: [{ uri, release }] of the suite that images are made of. */
function mirrors() {
  const format = '$(ORIGIN)|$(CODENAME)|$(REPO_URI)|$(RELEASE)|$(CREATED_BY)';
  const rows = runText('apt-get', ['indextargets', '--format', format]).split('\n').filter((row) => row.endsWith('|Packages')).map((row) => row.split('|'));
  const found = new Map(rows.filter(([origin, codename]) => origin === 'Debian' && codename.startsWith(suite)).map(([, , uri, release]) => [`${uri} ${release}`, { uri, release }]));
  if (found.size === 0) throw new ImageError(`apt knows no mirror of Debian "${suite}": images are made on such a machine, or with its lines in /etc/apt/sources.list and apt-get update.`);
  return [...found.values()];
}

/** Of the paragraph that apt-cache shows of a package. */
function described(paragraph) {
  const field = (key) => new RegExp(`^${key}: (.+)$`, 'm').exec(paragraph)?.[1];
  return { name: field('Package'), version: field('Version'), architecture: field('Architecture'), source: field('Source') ?? field('Package'), bytes: Number(field('Size')), sha256: field('SHA256') };
}

const checksum = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
