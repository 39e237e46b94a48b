// Compares node_modules with package-lock.json by reading both, which takes milliseconds, and lets npm mend it.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError, run, step } from './say.mjs';

/** Why node_modules has to be (re)installed, or undefined when it is as the lock file says. */
export function npmFault(root) {
  const lock = readJson(path.join(root, 'package-lock.json'));
  const installed = readJson(path.join(root, 'node_modules/.package-lock.json'));
  if (!lock) return 'there is no package-lock.json';
  if (!installed) return 'there is no node_modules yet';
  if (!sameRequests(lock.packages[''], readJson(path.join(root, 'package.json')))) return 'package.json names other packages than package-lock.json';
  const wanted = Object.entries(lock.packages).filter(([place, entry]) => place !== '' && fitsHere(entry));
  const wrong = wanted.filter(([place, entry]) => !isInstalled(root, place, entry, installed.packages[place]));
  return wrong.length > 0 ? `missing or of another version: ${wrong.map(([place]) => nameOf(place)).join(', ')}` : undefined;
}

/** Makes node_modules match. Throws when npm cannot. */
export async function ensureNpmPackages(root) {
  const fault = npmFault(root);
  if (fault === undefined) return;
  await step(`Installing npm packages (${fault})`, async () => {
    const { code, output } = await npm(root, fault.startsWith('package.json') ? 'install' : 'ci');
    if (code !== 0) throw new SetupError(`npm could not install the packages:\n${output}`);
  });
}

function npm(root, command) {
  return run('npm', [command, '--no-audit', '--no-fund', '--no-update-notifier'], { cwd: root });
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function sameRequests(locked, manifest) {
  return ['dependencies', 'optionalDependencies', 'devDependencies'].every((kind) => sameMap(locked[kind] ?? {}, manifest[kind] ?? {}));
}

function sameMap(one, other) {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/**
 * Optional packages carry binaries for one system and processor each, and only this machine's are installed; or they are compiled, and
 * absent where that cannot be done.
 */
function fitsHere({ optional, os, cpu }) {
  if (!optional) return true;
  return (os !== undefined || cpu !== undefined) && allows(os, process.platform) && allows(cpu, process.arch);
}

function allows(list, value) {
  return list === undefined || list.includes(value) || (list.every((item) => item.startsWith('!')) && !list.includes(`!${value}`));
}

function isInstalled(root, place, wanted, found) {
  return found?.version === wanted.version && found.integrity === wanted.integrity && existsSync(path.join(root, place));
}

function nameOf(place) {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
