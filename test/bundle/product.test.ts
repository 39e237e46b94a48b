// The files that people get: built from this tree, and run by themselves in an empty folder without node_modules.
import { cpSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boards, runNode } from './project-copy.ts';

/** Node reads and parses all of it at each start, packed parts too: nothing large may come in unnoticed. */
const LARGEST_MB = 20;
const out = mkdtempSync(path.join(tmpdir(), 'dist-'));
const built = runNode(['build.mjs', '--out', out], '.');
if (built.status !== 0) throw new Error(`the product does not build:\n${built.output}`);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

function fileAlone(board: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'alone-'));
  cpSync(path.join(out, board, 'understudy.cjs'), path.join(folder, 'understudy.cjs'));
  return folder;
}

for (const board of boards()) {
  const folder = fileAlone(board);
  const unit = (...args: string[]) => runNode(['understudy.cjs', ...args], folder);

  test(`${board}: version tells the version and the board`, () => {
    const { status, output } = unit('version');
    assert.is(status, 0, output);
    assert.match(output, version);
    assert.match(output, board);
  });

  test(`${board}: --help tells every command`, () => {
    const { status, output } = unit('--help');
    assert.is(status, 0, output);
    for (const command of ['run', 'check', 'messages', 'export', 'version']) assert.match(output, new RegExp(`\\b${command}\\b`));
  });

  test(`${board}: an unknown command is refused`, () => {
    const { status, output } = unit('no-such-command');
    assert.is.not(status, 0);
    assert.match(output, 'no-such-command');
    assert.not.match(output, '    at ');
  });

  test(`${board}: its sample configuration is good`, () => {
    const sample = unit('sample');
    assert.is(sample.status, 0, sample.output);
    writeFileSync(path.join(folder, 'good.yaml'), sample.output);
    const { status, output } = unit('check', 'good.yaml');
    assert.is(status, 0, output);
  });

  test(`${board}: a bad configuration is refused with its line and key`, () => {
    const good = readFileSync(path.join(folder, 'good.yaml'), 'utf8');
    writeFileSync(path.join(folder, 'bad.yaml'), `${good}nonsense: 1\n`);
    const { status, output } = unit('check', 'bad.yaml');
    assert.is.not(status, 0);
    assert.match(output, 'nonsense');
    assert.match(output, String(good.split('\n').length));
  });

  test(`${board}: a file that is not there is an error, not a crash`, () => {
    const { status, output } = unit('check', 'missing.yaml');
    assert.is.not(status, 0);
    assert.match(output, 'missing.yaml');
    assert.not.match(output, '    at ');
  });

  test(`${board}: the file stays below ${LARGEST_MB} MB`, () => {
    const bytes = statSync(path.join(folder, 'understudy.cjs')).size;
    assert.ok(bytes < LARGEST_MB * 1024 * 1024, `${bytes} bytes`);
  });
}

test('a file for a real unit holds no simulation and no test code', () => {
  const inputs = (board: string) => Object.keys(JSON.parse(readFileSync(path.join(out, board, 'meta.json'), 'utf8')).inputs);
  const simulation = /^(hal\/sim|board\/sim|test)\//;
  assert.ok(inputs('sim').some((input) => simulation.test(input)), 'the simulated board has none either: the check sees nothing');
  for (const board of boards().filter((name) => name !== 'sim')) assert.equal(inputs(board).filter((input) => simulation.test(input)), [], board);
});

test.run();
