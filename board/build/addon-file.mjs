// Finds a native addon for a processor. Of koffi npm installs only this machine's; another one's package is fetched by npm, checked
// against the lock file and kept in .cache. serialport's addon comes for all of them in one package.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SetupError, run, step } from '../setup/say.mjs';
import { writeWhole } from './pack.mjs';

/** Addons by the name that the product loads them under: path of the glibc build for `arch`. */
export const addonFiles = { koffi: koffiFile, serialport: serialportFile };

/** Names of processors where the package has them otherwise than Node. */
const serialportTags = { arm64: 'armv8.glibc', x64: 'glibc' };

function serialportFile(root, arch) {
  const folder = path.join(root, 'node_modules/@serialport/bindings-cpp/prebuilds', `linux-${arch}`);
  const file = path.join(folder, `@serialport+bindings-cpp.${serialportTags[arch]}.node`);
  if (!existsSync(file)) throw new SetupError(`serialport has no library for linux-${arch}`);
  return file;
}

async function koffiFile(root, arch) {
  const name = `@koromix/koffi-linux-${arch}`;
  const inside = `linux_${arch}/koffi.node`;
  const installed = path.join(root, 'node_modules', name, inside);
  if (existsSync(installed)) return installed;
  const entry = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages[`node_modules/${name}`];
  if (entry === undefined) throw new SetupError(`koffi has no library for linux-${arch}`);
  const cached = path.join(root, '.cache/addons', `koffi-${entry.version}-${arch}.node`);
  if (!existsSync(cached)) await step(`Fetching ${name} ${entry.version}`, () => fetchAddon(root, name, entry, inside, cached));
  return cached;
}

async function fetchAddon(root, name, entry, inside, cached) {
  const folder = path.join(root, '.cache/addons', `fetch-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    await must('npm', ['pack', `${name}@${entry.version}`, '--pack-destination', folder], root);
    const archive = path.join(folder, `${name.slice(1).replace('/', '-')}-${entry.version}.tgz`);
    const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (digest !== entry.integrity) throw new SetupError(`${name}: what npm fetched is not what package-lock.json names`);
    await must('tar', ['-xzf', archive, '-C', folder, `package/${inside}`], root);
    writeWhole(cached, readFileSync(path.join(folder, 'package', inside)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function must(command, args, cwd) {
  const { code, output } = await run(command, args, { cwd });
  if (code !== 0) throw new SetupError(`${command} ${args[0]} failed:\n${output}`);
}
