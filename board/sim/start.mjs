// npm start: the whole product on this machine. Installs what is missing, builds when the sources have changed, writes a
// sample configuration once, and hands the terminal to the unit. Arguments after `npm start --` go to the unit's `run`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensure } from '../setup/ensure.mjs';
import { SetupError } from '../setup/say.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const unit = path.join(root, 'dist/sim/understudy.cjs');
const keyFile = path.join(root, '.cache/sim-build-key');

/** Where the data and the configuration are, unless the arguments name other places. */
function places(args) {
  const { values } = parseArgs({
    args,
    strict: false,
    options: { data: { type: 'string', default: path.join(root, 'data') }, config: { type: 'string' } },
  });
  return { data: values.data, config: values.config ?? path.join(values.data, 'understudy.yaml') };
}

async function buildWhenChanged(missing) {
  const { sourceKey } = await import('../build/source-key.mjs');
  const key = sourceKey(root, missing.map((need) => need.program));
  if (existsSync(unit) && existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key) return;
  console.log('Building the simulated unit (at the first time the prompts are voiced, which takes a minute) ...');
  const { status } = spawnSync(process.execPath, [path.join(root, 'build.mjs'), 'sim', '--brief'], { stdio: 'inherit' });
  if (status !== 0) throw new SetupError('The build failed, see above.');
  mkdirSync(path.dirname(keyFile), { recursive: true });
  writeFileSync(keyFile, key);
}

/** The sample holds PINs, so it is for its owner's eyes. A file that is there is never touched. */
function writeSampleOnce(config) {
  if (existsSync(config)) return;
  const { status, stdout } = spawnSync(process.execPath, [unit, 'sample'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new SetupError('No sample configuration could be made, see above.');
  mkdirSync(path.dirname(config), { recursive: true });
  writeFileSync(config, stdout, { flag: 'wx', mode: 0o600 });
  console.log(`Wrote a sample configuration: ${path.relative(process.cwd(), config)}`);
}

/** What the unit ends with when it wants to be started again. */
const startAgain = 80;
/** So often within a minute; then something is wrong that no start mends. */
const mostStarts = 5;

/** Runs the unit in this terminal, starts it again when it asks for that, and ends as it ends. The unit refuses an option given twice. */
function runUnit({ data, config }, args) {
  const given = (name) => args.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const ours = [...(given('config') ? [] : ['--config', config]), ...(given('data') ? [] : ['--data', data]), ...(given('console') ? [] : ['--console'])];
  const starts = [];
  let child;
  const start = () => {
    starts.push(Date.now());
    child = spawn(process.execPath, [unit, 'run', ...ours, ...args], { stdio: 'inherit', env: { UNDERSTUDY_CACHE_DIR: path.join(root, '.cache/code'), MALLOC_ARENA_MAX: '1', ...process.env, UNDERSTUDY_SUPERVISOR: 'start.mjs' } });
    child.once('exit', (code, signal) => {
      if (code === startAgain && starts.filter((at) => Date.now() - at < 60_000).length < mostStarts) return start();
      process.exitCode = code ?? 128 + constants.signals[signal];
    });
  };
  // a terminal gives Ctrl-C to the unit too, which must not get it twice
  const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  if (process.stdin.isTTY) process.on('SIGINT', () => {});
  start();
}

try {
  const args = process.argv.slice(2);
  await buildWhenChanged(await ensure('start'));
  const where = places(args);
  writeSampleOnce(where.config);
  runUnit(where, args);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
