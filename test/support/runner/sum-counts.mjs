// node test/support/runner/sum-counts.mjs RUNS LOG: adds up the counts that so many runs of the suite left at their ends in one log, and prints
// them in the same form, below what of both failed, at first or for good. A run that never came to its end has no counts: then it fails, whatever the others say.
import { readFileSync } from 'node:fs';

/** The last line of each run's summary. */
function sumCounts(log) {
  const found = [...log.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].map(([, ...counts]) => counts.map(Number));
  return { runs: found.length, counts: [0, 1, 2].map((at) => found.reduce((sum, counts) => sum + counts[at], 0)) };
}

/** What the summaries list of failures: who sees only the end of a long log has them. */
function failures(log) {
  return [...log.matchAll(/^failed(?: at first[^\n]*)?\n(?: {2}.*\n)+/gm)].map(([section]) => section);
}

const [wanted, file] = process.argv.slice(2);
const log = readFileSync(file, 'utf8');
const { runs, counts: [passed, failed, skipped] } = sumCounts(log);
for (const section of failures(log)) console.log(section);
const missing = Math.max(0, Number(wanted) - runs);
if (missing > 0) console.log(`${missing} of ${wanted} runs did not come to their end`);
console.log(`${passed} passed, ${failed + missing} failed, ${skipped} skipped`);
process.exitCode = failed + missing > 0 || passed === 0 ? 1 : 0;
