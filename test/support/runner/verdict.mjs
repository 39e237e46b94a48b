// Judges a test file by three accounts that must agree: uvu's totals, the ledger, and how the process ended. uvu's exit
// code alone is 0 when a before hook throws, when run() was forgotten and when a test.only was left in.

/** Turns what `runFile` saw into counts, the skips with their reasons, the figures told, and the reasons why the file failed. */
export function judge(run) {
  const skips = run.ledger.filter((entry) => entry.kind === 'skip').map(({ test, reason }) => ({ test, reason }));
  const figures = run.ledger.filter((entry) => entry.kind === 'figure').map(({ text }) => text);
  const totals = uvuTotals(run.output);
  const end = run.ledger.find((entry) => entry.kind === 'end');
  const why = processFaults(run);
  if (!run.timedOut && !run.signal) why.push(...countFaults(totals, end, skips, run.output));
  const passed = totals?.passed ?? 0;
  const failed = why.length === 0 ? 0 : Math.max(1, (end?.registered ?? totals?.total ?? 0) - passed);
  return { passed, failed, skips, figures, why };
}

/** uvu prints four lines at its end; a test could print the like before, so the last ones count. */
export function uvuTotals(output) {
  const all = [...output.matchAll(/^ {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)$/gm)];
  const last = all.at(-1);
  return last && { total: Number(last[1]), passed: Number(last[2]), skipped: Number(last[3]) };
}

const toldTests = 3;

/** The first tests that failed, each with the first line of what it said. */
function failedTests(output) {
  return [...output.matchAll(/^ {3}FAIL {2}.*?"(.+)"\n {4}(.*)$/gm)].slice(0, toldTests).map(([, name, said]) => `${name}: ${said.replace(/ {2}\(\w+\)$/, '').trim()}`);
}

function processFaults(run) {
  if (run.timedOut) return [`no end within ${run.limitMs / 1000} s, ${lastStarted(run.ledger)}`];
  const faults = [];
  if (run.signal) faults.push(`killed by ${run.signal}, ${lastStarted(run.ledger)}`);
  else if (run.code !== 0) faults.push(`exit code ${run.code}`);
  if (run.leftovers.length > 0) faults.push(`left running: ${run.leftovers.join(', ')}`);
  return faults;
}

function lastStarted(ledger) {
  const last = ledger.filter((entry) => entry.kind === 'start').at(-1);
  return last ? `last test started: ${last.test}` : 'before its first test';
}

function countFaults(totals, end, skips, output) {
  if (!end) return ['ended without closing its account'];
  if (end.notRun.length > 0) return [`run() was not called: ${end.notRun.join(', ')}`];
  if (end.registered === 0) return skips.length > 0 ? [] : ['has no test'];
  if (!totals) return ['ended before its tests had finished'];
  const faults = [];
  if (totals.passed !== totals.total) faults.push(`${totals.total - totals.passed} of ${totals.total} did not pass`, ...failedTests(output));
  if (totals.skipped > 0) faults.push(`${totals.skipped} left out by test.only() or test.skip(); use test/support/skip.ts`);
  else if (totals.total !== end.registered) faults.push(`${end.registered} registered, ${totals.total} run`);
  return faults;
}
