// Builds the product, one file per board. See usage.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BuildError, buildBoard } from './board/build/build-board.mjs';
import { buildInfo } from './board/build/build-info.mjs';
import { checkSources } from './board/build/check-imports.mjs';
import { voicePrompts } from './board/build/prompts-plugin.mjs';
import { commandLine } from './board/setup/command-line.mjs';
import { ensure } from './board/setup/ensure.mjs';
import { pinnedNode } from './board/setup/pinned-node.mjs';
import { SetupError } from './board/setup/say.mjs';

const usage = `node build.mjs [BOARD ...] [options]     all boards when none is named
  --out DIR         instead of dist
  --arch x64,arm64  processors to carry native addons for; this machine's when left out
  --pinned-node     compiled addons are for the Node that packages carry, not for the one that builds
  --imports-only    only check who imports whom
  --brief           without the table of sizes
  --silent-prompts  without spoken prompts, to build quickly while working on something else
`;
const START_LIMIT_MS = 20_000;
const root = path.dirname(fileURLToPath(import.meta.url));

/** A folder of board/ with an entry is a board; so adding one is adding its folder. The simulated one comes first: it is what is tried out. */
function allBoards() {
  const boards = readdirSync(path.join(root, 'board')).filter((name) => existsSync(path.join(root, 'board', name, 'entry.ts')));
  return boards.sort((one, other) => Number(other === 'sim') - Number(one === 'sim') || one.localeCompare(other));
}

function readOptions() {
  const { values, positionals } = commandLine(usage, {
    allowPositionals: true,
    options: {
      out: { type: 'string', default: path.join(root, 'dist') },
      arch: { type: 'string', default: process.arch },
      brief: { type: 'boolean', default: false },
      'pinned-node': { type: 'boolean', default: false },
      'imports-only': { type: 'boolean', default: false },
      'silent-prompts': { type: 'boolean', default: false },
    },
  });
  return { ...values, boards: positionals.length > 0 ? positionals : allBoards() };
}

/** Whether it starts shows that every module and every packed part loads; `version` must tell what was built. */
function startOnce(file, { version, commit }) {
  const output = execFileSync(process.execPath, [file, 'version'], { encoding: 'utf8', timeout: START_LIMIT_MS, cwd: path.dirname(file) });
  if (!output.includes(version) || !output.includes(commit)) {
    throw new BuildError(`${file} version: expected ${version} and ${commit} in:\n${output}`);
  }
}

function printSizes(file, { total, byOrigin }, tookMs, brief) {
  console.log(`${path.relative(process.cwd(), file)}  ${kilobytes(total)}, built in ${(tookMs / 1000).toFixed(1)} s`);
  if (brief) return;
  for (const [origin, bytes] of byOrigin) console.log(`  ${kilobytes(bytes).padStart(10)}  ${origin}`);
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

async function main() {
  const options = readOptions();
  await ensure('build');
  const faults = checkSources(root);
  if (faults.length > 0) throw new BuildError(faults.join('\n'));
  if (options['imports-only']) return;
  const info = buildInfo(root);
  const archs = options.arch.split(',');
  const node = options['pinned-node'] ? await pinnedNode(root, archs[0]) : undefined;
  let voiced;
  const prompts = () => (voiced ??= options['silent-prompts'] ? Promise.resolve({ root }) : voicePrompts(root));
  for (const board of options.boards) {
    const began = Date.now();
    const { file, sizes } = await buildBoard({ root, board, out: path.resolve(options.out), archs, node, info, prompts });
    startOnce(file, info);
    printSizes(file, sizes, Date.now() - began, options.brief);
  }
}

try {
  await main();
} catch (error) {
  const forPeople = error instanceof BuildError || error instanceof SetupError || error.name === 'VoicingError';
  console.error(forPeople ? error.message : error);
  process.exitCode = 1;
}
