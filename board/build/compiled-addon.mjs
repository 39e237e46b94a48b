// Addons that are compiled for one version of Node and one processor: the one that npm has compiled for this machine's Node, or one compiled here for a Node
// that is carried along (npm run package), whose headers lie in its package.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError, run, step } from '../setup/say.mjs';
import { writeWhole } from './pack.mjs';

/**
 * { file, arch, abi } or null: there is none, and what needs it says so on the unit.
 * @param place of the addon below node_modules: PACKAGE/build/Release/NAME.node; @param node { folder, version } of the Node that will run it; undefined = this one
 */
export async function compiledAddon(root, place, archs, node) {
  const installed = path.join(root, 'node_modules', place);
  if (node === undefined) return existsSync(installed) ? { file: installed, arch: process.arch, abi: process.versions.modules } : null;
  const source = path.join(root, 'node_modules', place.split('/')[0]);
  const abi = abiOf(node.folder);
  // There is no compiler for other processors here.
  if (!archs.includes(process.arch)) return leftOut(path.basename(source), `it is compiled on a machine of that processor only (${archs.join(', ')})`);
  if (!existsSync(path.join(source, 'binding.gyp'))) return leftOut(path.basename(source), 'npm could not install it (board/setup/debian-packages.mjs names what it is compiled with)');
  const { version } = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8'));
  const file = path.join(root, '.cache/addons', `${path.basename(source)}-${version}-node-${node.version}-${process.arch}.node`);
  if (!existsSync(file)) await step(`Compiling ${path.basename(source)} ${version} for Node ${node.version}`, () => compile(root, source, place, node.folder, file));
  return { file, arch: process.arch, abi };
}

/** In Node's own words, out of its headers. */
export function abiOf(folder) {
  const header = readFileSync(path.join(folder, 'include/node/node_version.h'), 'utf8');
  const abi = /^#define NODE_MODULE_VERSION (\d+)$/m.exec(header)?.[1];
  if (abi === undefined) throw new SetupError(`${folder} has no headers of a Node`);
  return abi;
}

function leftOut(name, why) {
  console.log(`${name} is left out: ${why}.`);
  return null;
}

/** A copy is compiled, below the project, so that it finds the packages it needs; npm brings node-gyp. */
async function compile(root, source, place, nodeFolder, file) {
  mkdirSync(path.dirname(file), { recursive: true });
  const work = mkdtempSync(path.join(path.dirname(file), 'compile-'));
  try {
    cpSync(source, work, { recursive: true, filter: (name) => name !== path.join(source, 'build') });
    const facts = { ...JSON.parse(readFileSync(path.join(work, 'package.json'), 'utf8')), scripts: { compile: 'node-gyp rebuild' } };
    writeFileSync(path.join(work, 'package.json'), JSON.stringify(facts));
    const { code, output } = await run('npm', ['run', 'compile', '--no-update-notifier'], { cwd: work, env: { npm_config_nodedir: nodeFolder } });
    if (code !== 0) throw new SetupError(`${path.basename(source)} cannot be compiled:\n${output.split('\n').slice(-20).join('\n')}`);
    writeWhole(file, readFileSync(path.join(work, place.split('/').slice(1).join('/'))));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
