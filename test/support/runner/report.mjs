import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SHOWN_LINES = 40;

/** Prints the progress of a run and its summary. `logs` is the folder for the whole output of files that failed. */
export class Report {
  constructor(logs) {
    this.logs = logs;
    this.parts = [];
  }

  part(name, files) {
    console.log(`\n${name} (${files} ${files === 1 ? 'file' : 'files'})`);
  }

  /** One line per finished file, and the figures it told; the end of its output when it failed. */
  file(result) {
    const counts = [`${result.passed} passed`];
    if (result.failed > 0) counts.push(`${result.failed} failed`);
    if (result.skips.length > 0) counts.push(`${result.skips.length} skipped`);
    const mark = result.failed > 0 ? 'FAIL' : result.passed > 0 ? 'ok  ' : 'skip';
    console.log(`  ${mark} ${result.file}  ${counts.join(', ')}  ${seconds(result.ms)}`);
    for (const figure of result.figures ?? []) console.log(`       ${figure}`);
    if (result.failed > 0) this.#fault(result);
  }

  /** Workers and child programs have no line of their own; the tests that start them will fail for want of a file. */
  notBundled(broken, tests) {
    for (const [file, why] of broken) {
      if (!tests.includes(file)) console.log(`\n${file} cannot be bundled\n${why}`);
    }
  }

  busy(file, test, ms) {
    console.log(`  ...  ${file}  ${seconds(ms)}: ${test}`);
  }

  again(file) {
    console.log(`  again: ${file}`);
  }

  #fault(result) {
    for (const reason of result.why) console.log(`       ${reason}`);
    const lines = result.output.trimEnd().split('\n');
    const shown = lines.slice(-SHOWN_LINES).map((line) => `       | ${line}`);
    if (lines.length > SHOWN_LINES) shown.unshift(`       | ... ${lines.length - SHOWN_LINES} more lines in ${this.#keep(result)}`);
    if (result.output) console.log(shown.join('\n'));
  }

  #keep(result) {
    const log = path.join(this.logs, `${result.file.replaceAll('/', '-')}.log`);
    mkdirSync(this.logs, { recursive: true });
    writeFileSync(log, result.output);
    return log;
  }

  partDone(name, results, ms) {
    this.parts.push({ name, results, ms });
  }

  /** Prints the summary, whose last line is the counts, and returns them. */
  summary() {
    const results = this.parts.flatMap((part) => part.results);
    console.log('\nsummary');
    for (const { name, results: of, ms } of this.parts) {
      console.log(`  ${name.padEnd(9)} ${line(of).padEnd(40)} ${of.length} files, ${seconds(ms)}`);
    }
    this.#lists(results);
    console.log(`\n${line(results)}`);
    return totals(results);
  }

  #lists(results) {
    const skips = results.flatMap(({ file, skips: of }) => of.map((skip) => `  ${file}: ${skip.test}: ${skip.reason}`));
    if (skips.length > 0) console.log(`\nskipped\n${skips.join('\n')}`);
    const unsteady = results.filter((result) => result.first && result.failed === 0).map(({ file, first }) => `  ${file}: ${first.join('; ')}`);
    if (unsteady.length > 0) console.log(`\nfailed at first, passed at the second run\n${unsteady.join('\n')}`);
    const failed = results.filter((result) => result.failed > 0).map(({ file, why }) => `  ${file}: ${why.join('; ')}`);
    if (failed.length > 0) console.log(`\nfailed\n${failed.join('\n')}`);
  }
}

function totals(results) {
  const sum = (count) => results.reduce((total, result) => total + count(result), 0);
  return {
    passed: sum((result) => result.passed),
    failed: sum((result) => result.failed),
    skipped: sum((result) => result.skips.length),
  };
}

function line(results) {
  const { passed, failed, skipped } = totals(results);
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
