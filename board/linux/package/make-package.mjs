// npm run package: the Debian package of board linux, with the Node it is tested with, so that a plain Debian 12 runs it. See usage.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildInfo, commitTime } from '../../build/build-info.mjs';
import { commandLine } from '../../setup/command-line.mjs';
import { ensure } from '../../setup/ensure.mjs';
import { pinnedNode } from '../../setup/pinned-node.mjs';
import { SetupError, run, step } from '../../setup/say.mjs';
import { architectures, debianVersion } from './control-file.mjs';
import { packageTree } from './package-tree.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const usage = `npm run package [-- options]     makes dist/understudy_VERSION_ARCH.deb
  --arch amd64,arm64   this machine's when left out
  --out DIR            instead of dist
  --bundle FILE        a built understudy.cjs of board linux for that processor, in place of building one
`;

function readOptions() {
  const own = Object.keys(architectures).find((name) => architectures[name] === process.arch) ?? 'amd64';
  const { values } = commandLine(usage, {
    options: { arch: { type: 'string', default: own }, out: { type: 'string', default: path.join(root, 'dist') }, bundle: { type: 'string' } },
  });
  const archs = values.arch.split(',');
  const unknown = archs.filter((arch) => !(arch in architectures));
  if (unknown.length > 0) throw new SetupError(`--arch ${unknown.join(',')}: there are packages for ${Object.keys(architectures).join(', ')}`);
  if (values.bundle !== undefined && archs.length !== 1) throw new SetupError('--bundle goes with one --arch: a built file is for one processor');
  return { ...values, archs, out: path.resolve(values.out) };
}

/** Of what is packed: what the environment says; else the commit's; else the beginning, so that nothing depends on the day. */
function timeOf() {
  return /^\d+$/.test(process.env.SOURCE_DATE_EPOCH ?? '') ? Number(process.env.SOURCE_DATE_EPOCH) : (commitTime(root) ?? 0);
}

async function built(arch, work) {
  const { code, output } = await run(process.execPath, [path.join(root, 'build.mjs'), 'linux', '--arch', architectures[arch], '--out', work, '--brief', '--pinned-node'], { cwd: root });
  if (code !== 0) throw new SetupError(`the build failed:\n${output}`);
  for (const line of output.split('\n')) if (line.includes(' is left out: ')) console.log(line);
  return path.join(work, 'linux/understudy.cjs');
}

const saidBy = (bundle, word) => execFileSync(process.execPath, [bundle, word], { encoding: 'utf8', timeout: 20_000 });

async function makePackage(arch, { out, bundle: given }) {
  const { version } = buildInfo(root);
  const time = timeOf();
  const work = mkdtempSync(path.join(tmpdir(), 'understudy-package-'));
  try {
    const node = await pinnedNode(root, architectures[arch]);
    const bundle = given ?? (await step(`Building board linux for ${arch}`, () => built(arch, work)));
    const tree = path.join(work, 'tree');
    mkdirSync(tree, { mode: 0o755 });
    const bytes = packageTree(tree, { root, node: node.folder, bundle, help: saidBy(bundle, 'help'), sample: saidBy(bundle, 'sample'), version, architecture: arch, time });
    const name = `understudy_${debianVersion(version)}_${arch}.deb`;
    await step(`Packing ${name}`, () => packed(tree, path.join(work, name), time));
    mkdirSync(out, { recursive: true });
    moved(path.join(work, name), path.join(out, name));
    console.log(`${path.relative(process.cwd(), path.join(out, name))}  ${megabytes(statSync(path.join(out, name)).size)}, installed ${megabytes(bytes)}, Node ${node.version}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** One thread, since the number of them shows in the bytes; dpkg-deb sorts, and takes no later time than the epoch's. */
async function packed(tree, file, time) {
  const { code, output } = await run('dpkg-deb', ['--root-owner-group', '-Zxz', '-z3', '--threads-max=1', '--build', tree, file], { env: { SOURCE_DATE_EPOCH: String(time) } });
  if (code !== 0) throw new SetupError(`dpkg-deb failed:\n${output}`);
}

/** The temporary folder may be another file system. */
function moved(from, to) {
  execFileSync('cp', [from, `${to}.part`]);
  renameSync(`${to}.part`, to);
}

const megabytes = (bytes) => `${(bytes / 1_000_000).toFixed(1)} MB`;

try {
  const options = readOptions();
  await ensure('build');
  for (const arch of options.archs) await makePackage(arch, options);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
