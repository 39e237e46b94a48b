// A terminal of its own joins the built, running unit: keys go in through a pty, and a person's file is what comes out.
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { command, requires, skipTest } from '../support/skip.ts';
import { runNode } from './project-copy.ts';
import { endRunning, freePort, Running } from './running.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'console-'));
const built = runNode(['build.mjs', 'sim', '--silent-prompts', '--out', path.join(folder, 'dist')], '.');
if (built.status !== 0) throw new Error(`the product does not build:\n${built.output}`);
const program = path.join(folder, 'dist/sim/understudy.cjs');
const data = path.join(folder, 'data');
const file = path.join(folder, 'unit.yaml');

async function startUnit(): Promise<Running> {
  const unit = new Running(folder, process.execPath, [program, 'run', '--config', file, '--data', data]);
  await unit.until(/console-socket: /);
  return unit;
}

/** `script` gives the program a terminal of its own: 24 rows of 80 columns. */
const terminal = (): Running => new Running(folder, 'script', ['-qfec', `stty rows 24 cols 80; exec '${process.execPath}' '${program}' console --data '${data}'`, '/dev/null']);

const missing = requires(command('script', 'bsdutils'));
if (missing !== undefined) skipTest('a terminal joins the running unit', missing);
else {
  test.before(async () => {
    writeFileSync(file, `# The office\nunit: { name: test }\nports: 2\nsip: { address: 127.0.0.1, port: ${await freePort()} }\nmessages:\n  maxSec: 60 # short\npeers: []\nmailboxes: [{ number: "201" }]\n`);
  });

  test('two terminals join; one configures with Tab and ?, the other is told who does', async () => {
    const unit = await startUnit();
    assert.is(statSync(path.join(data, 'console.sock')).mode & 0o777, 0o600);
    const [ann, ben] = [terminal(), terminal()];
    await Promise.all([ann.until(/understudy> $/), ben.until(/understudy> $/)]);
    await ann.answer('conf\t\r', /understudy# $/);
    assert.match(await ben.answer('configure\r', /understudy> $/), /not now: .* at the console socket is editing the configuration/);
    assert.match(await ann.answer('set messages.maxS\t?', /in s; default 120; now 60[\s\S]*understudy# /), /Recording stops after so long/);
    await ann.answer('90\r', /understudy# $/);
    assert.match(await ann.answer('commit\r', /committed\r+\nunderstudy# $/), /live +messages\.maxSec: 60 becomes 90/);
    assert.match(readFileSync(file, 'utf8'), /^# The office\n[\s\S]*maxSec: 90 # short\n/);
    assert.match(await ben.answer('show settings\r', /-- more: /), /unit\.name = "test"/);
    await ben.answer('q', /understudy> $/);
    ben.type('\x04');
    assert.is(await ben.ended, 0);
    // A terminal that is torn away in mid-line gives its place free.
    ann.type('set po');
    ann.kill('SIGKILL');
    const eve = terminal();
    await eve.until(/understudy> $/);
    for (let tries = 0; !/understudy# $/.test(await eve.answer('configure\r', /understudy[>#] $/)); tries++) assert.ok(tries < 50, eve.output);
    unit.kill('SIGTERM');
    assert.is(await unit.ended, 0);
    await eve.until(/the session ends: the unit stops/);
    assert.is(await eve.ended, 0);
  });

  test('a unit killed between commit confirmed and commit comes up on trial, and SIGKILL leaves no socket in its way', async () => {
    const unit = await startUnit();
    const before = readFileSync(file, 'utf8');
    const ann = terminal();
    await ann.until(/understudy> $/);
    await ann.answer('configure\r', /understudy# $/);
    await ann.answer('set ports 3\rcommit confirmed 10\r', /on trial[\s\S]*understudy# $/);
    assert.is.not(readFileSync(file, 'utf8'), before);
    unit.kill('SIGKILL');
    await ann.ended;
    const again = await startUnit();
    await again.until(/configuration-on-trial/);
    const ben = terminal();
    await ben.until(/understudy> $/);
    assert.match(await ben.answer('configure\r', /understudy# $/), /a configuration of .* is on trial: it goes back in 10 min, commit confirms it/);
    await ben.answer('commit\r', /confirmed: it stays\r+\nunderstudy# $/);
    again.kill('SIGTERM');
    assert.is(await again.ended, 0);
  });

  test('100 KB pasted into the terminal are all done', async () => {
    const unit = await startUnit();
    const ann = terminal();
    await ann.until(/understudy> $/);
    await ann.answer('configure\r', /understudy# $/);
    const began = Date.now();
    const lines = Array.from({ length: 1500 }, (_, index) => `set mailboxes[${1000 + index}].name "Person number ${index} of the whole long paste"\r`);
    assert.ok(lines.join('').length > 100_000);
    for (const line of lines) ann.type(line);
    ann.type('show mailboxes[2499]\r');
    await ann.until(/mailboxes\[2499\]\.name = "Person number 1499 of the whole long paste"\r+\nunderstudy# $/, 0, 50_000);
    figure(`a paste of 100 KB through a pty and the console socket: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    await ann.answer('commit\r', /committed\r+\nunderstudy# $/);
    assert.is(readFileSync(file, 'utf8').match(/Person number/g)?.length, 1500);
    unit.kill('SIGTERM');
    assert.is(await unit.ended, 0);
  });

  test('without a unit there is a sentence, no stack', () => {
    const { status, output } = runNode([program, 'console', '--data', path.join(folder, 'nowhere')], folder);
    assert.is(status, 66);
    assert.match(output, /no unit runs on this data folder; --data names another one/);
    assert.not.match(output, / {4}at /);
  });

  test.after.each(endRunning);
}

test.run();
