// The suite. See usage.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../board/setup/command-line.mjs';
import { bundleTests } from './support/runner/bundle-tests.mjs';
import { checks, runCheck } from './support/runner/check-part.mjs';
import { filesBelow, selected } from './support/runner/find-tests.mjs';
import { parts, secondRuns, suiteOf } from './support/runner/parts.mjs';
import { killAllGroups } from './support/runner/process-group.mjs';
import { Report } from './support/runner/report.mjs';
import { runPart } from './support/runner/run-part.mjs';

const usage = `node test/run.mjs [FILTER ...] [options]     npm test [-- FILTER ...]
  A filter is a piece of a file's path (unit/sip, peers) or of a check (check/types). Without one all of npm test runs.
  --image                 the other suite: what boots images and guests (npm run test:image)
  --root DIR --ending E   other tests than those of this folder (the runner's own test uses it)
  --no-setup              do not look for missing packages first
  --limit S               time limit per file, in place of the part's
`;
const BUILD = '.test-build';

/** Each run has a folder of its own, so that two may go on side by side; those of dead runs are cleared away. */
function freshFolder() {
  mkdirSync(BUILD, { recursive: true });
  for (const name of readdirSync(BUILD).filter((name) => /^run-\d+$/.test(name))) {
    if (!existsSync(`/proc/${name.slice('run-'.length)}`)) rmSync(path.join(BUILD, name), { recursive: true, force: true });
  }
  return path.join(BUILD, `run-${process.pid}`);
}

/** Whoever names files gets them, of whichever suite; whoever gives them more time gives it to the part too. */
function chosenParts({ root, ending, limit, filters, suite }) {
  return parts
    .filter((part) => filters.length > 0 || suiteOf(part) === suite)
    .map((part) => ({ part, files: filesBelow(path.join(root, part.name), ending).filter((file) => selected(file, filters)) }))
    .filter(({ files }) => files.length > 0)
    .map(({ part, files }) => ({ part: limit ? { ...part, fileLimitS: limit, budgetS: Math.max(part.budgetS, limit * files.length) } : part, files }));
}

async function timed(report, name, count, run) {
  if (count === 0) return;
  const began = Date.now();
  report.part(name, count);
  const results = await run();
  report.partDone(name, results, Date.now() - began);
}

async function runChecks(report, filters) {
  const chosen = checks.filter(({ file }) => selected(file, filters));
  await timed(report, 'check', chosen.length, async () => {
    const results = [];
    for (const check of chosen) {
      results.push(await runCheck(check));
      report.file(results.at(-1));
    }
    return results;
  });
}

async function runTests(report, chosen, root) {
  const outdir = freshFolder();
  const seconds = { left: secondRuns };
  try {
    const broken = await bundleTests({
      tests: chosen.flatMap(({ files }) => files),
      companions: ['.worker.ts', '.child.ts'].flatMap((ending) => filesBelow(root, ending)),
      outdir,
    });
    report.notBundled(broken, chosen.flatMap(({ files }) => files));
    for (const { part, files } of chosen) {
      await timed(report, part.name, files.length, () => runPart({ part, files, broken, outdir, report, seconds }));
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function setUp(chosen) {
  const { ensure } = await import('../board/setup/ensure.mjs');
  await ensure('test');
  if (chosen.some(({ part }) => part.name === 'image')) await ensure('test-image');
}

function readOptions() {
  const { values, positionals } = commandLine(usage, {
    allowPositionals: true,
    options: {
      root: { type: 'string', default: 'test' },
      ending: { type: 'string', default: '.test.ts' },
      limit: { type: 'string', default: '0' },
      'no-setup': { type: 'boolean', default: false },
      image: { type: 'boolean', default: false },
    },
  });
  const suite = values.image ? 'image' : 'test';
  return { suite, root: values.root, ending: values.ending, limit: Number(values.limit), setup: !values['no-setup'], filters: positionals };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    killAllGroups();
    process.exit(130);
  });
}
process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const options = readOptions();
const chosen = chosenParts(options);
if (options.setup) await setUp(chosen);
const report = new Report(path.join(BUILD, 'logs'));
if (options.root === 'test' && options.suite === 'test') await runChecks(report, options.filters);
await runTests(report, chosen, options.root);
const { passed, failed, skipped } = report.summary();
/** A machine without an emulator says so, test by test, and is no failure; of the other suite something must have run. */
const nothing = passed === 0 && (options.suite === 'test' || skipped === 0);
process.exitCode = failed > 0 || nothing ? 1 : 0;
