// The suite's runner must not report success by mistake. Each file in runner-fixtures/ does one thing that has made a
// test runner lie, and is run through the real command.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const fixtures = 'test/bundle/runner-fixtures';
const inAll = ['--root', fixtures, '--ending', '.fixture.ts', '--no-setup', '--limit', '3'];

function runner(...filters: string[]): { status: number | null; stdout: string; lastLine: string } {
  const { status, stdout } = spawnSync(process.execPath, ['test/run.mjs', ...inAll, ...filters], { encoding: 'utf8' });
  return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

/** Fixture -> its counts, and the reason that must be printed. */
const failing: Record<string, [counts: string, reason: string]> = {
  'after-hook-throws': ['0 passed, 1 failed', 'exit code 1'],
  'before-hook-throws': ['0 passed, 1 failed', '1 of 1 did not pass'],
  'busy-loop': ['0 passed, 1 failed', 'no end within 3 s, last test started: never yields'],
  'cannot-be-bundled': ['0 passed, 1 failed', 'cannot be bundled'],
  'exits-at-load': ['0 passed, 1 failed', 'ended before its tests had finished'],
  'exits-early': ['0 passed, 2 failed', 'ended before its tests had finished'],
  'fails': ['1 passed, 1 failed', '1 of 2 did not pass'],
  'false-totals': ['1 passed, 1 failed', 'exit code 1'],
  'forgotten-run': ['0 passed, 1 failed', 'run() was not called: 1 of the file'],
  'forgotten-run-of-one-suite': ['1 passed, 1 failed', 'run() was not called: 1 of suite "forgotten"'],
  'hangs-after-tests': ['1 passed, 1 failed', 'no end within 3 s'],
  'hangs-in-test': ['0 passed, 1 failed', 'no end within 3 s, last test started: waits for ever'],
  'kills-itself': ['0 passed, 1 failed', 'killed by SIGKILL, last test started: ends by a signal'],
  'late-rejection': ['1 passed, 1 failed', 'exit code 1'],
  'leaves-a-process': ['1 passed, 1 failed', 'left running: sleep'],
  'never-settles': ['0 passed, 1 failed', 'ended before its tests had finished'],
  'no-test': ['0 passed, 1 failed', 'has no test'],
  'only-left-in': ['1 passed, 1 failed', '1 left out by test.only() or test.skip()'],
  'raw-skip': ['1 passed, 1 failed', '1 left out by test.only() or test.skip()'],
  'throws-at-load': ['0 passed, 1 failed', 'exit code 1'],
};

const all = runner();

for (const [name, [counts, reason]] of Object.entries(failing)) {
  test(`${name} is a failure`, () => {
    const file = `${fixtures}/unit/${name}.fixture.ts`;
    assert.match(all.stdout, `FAIL ${file}  ${counts}  `);
    const summary = all.stdout.slice(all.stdout.indexOf('\nfailed\n'));
    const line = summary.split('\n').find((text) => text.startsWith(`  ${file}: `));
    assert.ok(line?.includes(reason), line);
  });
}

test('files that pass or skip are not failures', () => {
  assert.match(all.stdout, `ok   ${fixtures}/unit/passes.fixture.ts  2 passed  `);
  assert.match(all.stdout, `skip ${fixtures}/unit/skips-all.fixture.ts  0 passed, 1 skipped  `);
  assert.match(all.stdout, `ok   ${fixtures}/unit/skips-one.fixture.ts  2 passed, 1 skipped  `);
});

test('a file of real time that failed runs once more, and the summary tells that it needed to', () => {
  const file = `${fixtures}/peers/unsteady.fixture.ts`;
  assert.match(all.stdout, `FAIL ${file}  0 passed, 1 failed  `);
  assert.match(all.stdout, new RegExp(`again: ${file}\\n {2}ok {3}${file} {2}1 passed`));
  assert.match(all.stdout, `\nfailed at first, passed at the second run\n  ${file}: exit code 1; 1 of 1 did not pass; fails at its first run only: the first run\n`);
  assert.not.match(all.stdout.slice(all.stdout.indexOf('\nfailed\n')), file);
});

test('three files run twice and no more, and what fails twice is a failure; unit tests run once', () => {
  const again = [...all.stdout.matchAll(/again: (\S+)/g)].map(([, file]) => file);
  assert.equal(again, ['peers/unsteady', 'soak/fails-one', 'soak/fails-three'].map((name) => `${fixtures}/${name}.fixture.ts`));
  for (const name of ['one', 'two', 'three']) assert.match(all.stdout.slice(all.stdout.indexOf('\nfailed\n')), `soak/fails-${name}.fixture.ts`);
});

test('figures are printed though all is well', () => {
  assert.match(all.stdout, /ok {3}\S+passes\.fixture\.ts .*\n {7}2 of 2 were measured\n/);
});

test('skips are listed with their reasons', () => {
  assert.match(all.stdout, 'skips-all.fixture.ts: needs a card: no card here');
  assert.match(all.stdout, 'needs a program: no-such-program is not installed (Debian package no-such-package)');
});

test('the last line holds the counts, and a failure makes the exit code 1', () => {
  assert.is(all.lastLine, '13 passed, 24 failed, 2 skipped');
  assert.is(all.status, 1);
});

test('success is exit code 0', () => {
  const run = runner('unit/passes');
  assert.is(run.lastLine, '2 passed, 0 failed, 0 skipped');
  assert.is(run.status, 0);
});

test('nothing chosen, or nothing but skips, is not success', () => {
  const nothing = runner('no/such/test');
  assert.is(nothing.lastLine, '0 passed, 0 failed, 0 skipped');
  assert.is(nothing.status, 1);
  assert.is(runner('unit/skips-all').status, 1);
});

test('the images\' suite runs when asked for, or when its files are named, and there skips alone are no failure', () => {
  assert.not.match(all.stdout, 'runner-fixtures/image/');
  const images = runner('--image');
  assert.is(images.lastLine, '2 passed, 0 failed, 2 skipped');
  assert.not.match(images.stdout, 'runner-fixtures/unit/');
  assert.is(runner('image/boots').lastLine, '1 passed, 0 failed, 1 skipped');
  assert.equal([runner('--image', 'image/skips').status, runner('--image', 'no/such/test').status], [0, 1]);
});

test('where the power of the image is cut, what is lost once is lost', () => {
  process.env['RUNNER_FIXTURE_LOSES'] = '1';
  const { status, stdout, lastLine } = runner('image/power-cuts');
  delete process.env['RUNNER_FIXTURE_LOSES'];
  assert.equal([status, lastLine], [1, '0 passed, 1 failed, 0 skipped']);
  assert.not.match(stdout, 'again: ');
});

/** What `.ci/run` prints last. */
function sum(log: string): { status: number | null; stdout: string; lastLine: string } {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'log-')), 'test.log');
  writeFileSync(file, log);
  const { status, stdout } = spawnSync(process.execPath, ['test/support/runner/sum-counts.mjs', '2', file], { encoding: 'utf8' });
  return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

test('the counts of two runs are added up, and a run that did not come to its end is a failure', () => {
  const end = (log: string): [number | null, string] => [sum(log).status, sum(log).lastLine];
  assert.equal(end('  ok  x  7 passed  1 s\n10 passed, 0 failed, 2 skipped\nmore\n5 passed, 0 failed, 1 skipped\n'), [0, '15 passed, 0 failed, 3 skipped']);
  assert.equal(end('10 passed, 1 failed, 2 skipped\n5 passed, 0 failed, 0 skipped\n'), [1, '15 passed, 1 failed, 2 skipped']);
  assert.equal(end('10 passed, 0 failed, 2 skipped\nKilled\n'), [1, '10 passed, 1 failed, 2 skipped']);
});

test('the end of both runs tells what failed in either', () => {
  const { stdout } = sum('\nfailed\n  a.test.ts: exit code 1; it rings: not once\n\n1 passed, 1 failed, 0 skipped\n\nfailed at first, passed at the second run\n  b.test.ts: slow\n\n5 passed, 0 failed, 0 skipped\n');
  assert.is(stdout, 'failed\n  a.test.ts: exit code 1; it rings: not once\n\nfailed at first, passed at the second run\n  b.test.ts: slow\n\n6 passed, 1 failed, 0 skipped\n');
});

test('a file that failed names its first tests that did', () => {
  assert.match(all.stdout, `${fixtures}/unit/fails.fixture.ts: exit code 1; 1 of 2 did not pass; wrong: Expected values to be strictly equal:`);
});

test.run();
