// npm run bench: what the unit costs on this machine, each figure beside the least that it can cost, measured in the same run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { benchOptions } from './bench-options.ts';
import { regressions, table } from './figures.ts';
import { Measurement } from './measurement.ts';
import { storedRatios, storeRatios } from './ratios-file.ts';
import { seconds } from './seconds.ts';
import { sectionsOf } from './sections.ts';

const resultFile = 'dist/bench.json';
/** A regression must show in the median of as many runs. */
const checkedRuns = 3;

const { check, store, profile, storedFolder, plan } = benchOptions();
const beganMs = performance.now();
const tell = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
const measurement = new Measurement(sectionsOf({ plan, profiles: profile, storedFolder, tell }), tell);

mkdirSync('dist', { recursive: true });
if (plan.leftOut.length > 0) tell(`left out, as nothing of it is compared: ${plan.leftOut.join(', ')}`);
const rounds = Math.max(...plan.sections.map(({ runs }) => runs));
const steps = Array.from({ length: rounds }, (_, run) => plan.sections.filter(({ runs }) => run < runs).map(({ name, runs }) => ({ name, of: runs === 1 ? name : `${name}, run ${run + 1} of ${runs}` }))).flat();
for (const [at, { name, of }] of steps.entries()) {
  tell(`${at + 1} of ${steps.length}: ${of} (${seconds(performance.now() - beganMs)} so far)`);
  await measurement.measure(name);
}

// What looks worse is measured again, and the median counts: a disturbance is not a regression.
const before = check ? storedRatios() : {};
for (let again = 1; again < checkedRuns; again++) {
  const worse = new Set(regressions(measurement.figures, before).map(({ name }) => name));
  for (const name of measurement.sectionsWith(worse)) {
    tell(`again: ${name}, of which something looks worse than stored (${seconds(performance.now() - beganMs)} so far)`);
    await measurement.measure(name);
  }
}

const figures = measurement.figures;
process.stdout.write(`${table(figures)}\n\n${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}, Node.js ${process.version}\n`);
writeFileSync(resultFile, `${JSON.stringify({ node: process.version, kernel: release(), processor: cpus()[0]?.model ?? null, cores: cpus().length, windowSec: plan.windowSec, tookSec: Math.round((performance.now() - beganMs) / 1000), skipped: measurement.skipped, failed: measurement.failed, figures }, null, 1)}\n`);
tell(`written: ${resultFile}`);

if (store) storeRatios(figures, tell);
if (check) {
  const stored = storedRatios();
  const checked = figures.filter(({ name, ratio }) => ratio !== null && name in stored).length;
  tell(`${checked} of ${Object.keys(stored).length} stored ratios were compared, in ${seconds(performance.now() - beganMs)}`);
  const worse = regressions(figures, stored);
  for (const { name, stored: then, now } of worse) process.stdout.write(`REGRESSION ${name}: ratio ${now.toFixed(2)}, stored ${then.toFixed(2)}\n`);
  // A check that compared nothing has not passed.
  if (worse.length > 0 || checked === 0) process.exitCode = 1;
}
