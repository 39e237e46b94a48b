import path from 'node:path';
import { moduleOf } from './bundle-tests.mjs';
import { runFile } from './run-file.mjs';
import { judge } from './verdict.mjs';

const HEARTBEAT_MS = 15_000;
const lanesTogether = 2;

/**
 * Runs the files of one part, `part.jobs` at a time, within its budget, and resolves to its results in file order.
 * A result is { file, passed, failed, skips, why, output, ms }; `first` beside them is why the file failed before its second run.
 * `seconds.left` counts down the second runs that the whole suite may have.
 */
export async function runPart({ part, files, broken, outdir, report, seconds }) {
  const deadline = Date.now() + part.budgetS * 1000;
  const results = [];
  const all = files.map((file, index) => ({ file, index }));
  const place = (file, pieces = []) => pieces.findIndex((piece) => path.basename(file).startsWith(piece));
  const named = (file, pieces) => place(file, pieces) >= 0;
  const waits = ({ file }) => named(file, part.together);
  const inLanes = async (queue, lanes) => {
    const worker = async (_, lane) => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const result = { file: next.file, ...(await outcome(next.file, { part, broken, outdir, deadline, report, lane })) };
        results[next.index] = result;
        report.file(result);
      }
    };
    await Promise.all(Array.from({ length: lanes }, worker));
  };
  await inLanes(all.filter((one) => !waits(one)), part.jobs);
  await inLanes(all.filter(waits).sort((one, other) => place(one.file, part.together) - place(other.file, part.together)), lanesTogether);
  for (const [index, { file, failed, why }] of results.entries()) {
    if (!part.twice || named(file, part.once) || failed === 0 || broken.has(file) || seconds.left === 0 || Date.now() >= deadline) continue;
    seconds.left--;
    report.again(file);
    results[index] = { file, ...(await outcome(file, { part, broken, outdir, deadline, report })), first: why };
    report.file(results[index]);
  }
  return results;
}

async function outcome(file, { part, broken, outdir, deadline, report, lane = 0 }) {
  if (broken.has(file)) return failure('cannot be bundled', broken.get(file));
  const left = deadline - Date.now();
  if (left <= 0) return failure(`not run: the ${part.budgetS} s of part ${part.name} are used up`);
  let current = 'starting';
  const began = Date.now();
  const heartbeat = setInterval(() => report.busy(file, current, Date.now() - began), HEARTBEAT_MS);
  try {
    const limitMs = Math.min(part.fileLimitS * 1000, left);
    const run = await runFile({ module: moduleOf(file, outdir), limitMs, outdir, lane, onTest: (test) => { current = test; } });
    return { ...judge(run), output: run.output, ms: run.ms };
  } finally {
    clearInterval(heartbeat);
  }
}

function failure(why, output = '') {
  return { passed: 0, failed: 1, skips: [], why: [why], output, ms: 0 };
}
