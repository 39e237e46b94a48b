// What goes wrong while the built unit or witness starts or stops: it ends at once with the right code, or it serves; never is it half dead.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { runNode } from './project-copy.ts';
import { endRunning, freePort, Running } from './running.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'start-'));
const built = runNode(['build.mjs', 'sim', '--silent-prompts', '--out', path.join(folder, 'dist')], '.');
if (built.status !== 0) throw new Error(`the product does not build:\n${built.output}`);
const program = path.join(folder, 'dist/sim/understudy.cjs');
/** The media thread has 10 s for its ports; a unit that waits for them is not at once. */
const atOnceMs = 6000;
const startAgain = 80;

/** Faults that come before the program, in its main thread. */
const faults = {
  mediaThrows: threadRuns('media', `setTimeout(() => { throw new Error('as the test asked') }, 300)`),
  mediaIsSilent: threadRuns('media', 'setInterval(() => undefined, 1000)'),
  partsThrow: `process.constrainedMemory = () => { throw new Error('as the test asked') };`,
  consolesThrow: `const { write } = process.stdout; process.stdout.write = function (text, ...more) { if (/^New PINs/.test(text)) throw new Error('as the test asked'); return write.call(this, text, ...more); };`,
  consolesHang: threadRuns('keys', 'setInterval(() => undefined, 1000)'),
} as const;

function threadRuns(name: string, code: string): string {
  return `const threads = require('node:worker_threads'); const Real = threads.Worker; threads.Worker = class extends Real { constructor(code, options) { super(options.name === '${name}' ? ${JSON.stringify(code)} : code, options); } };`;
}

/** Sends itself SIGHUP when it first reads the file. */
const hangUpWhenRead = (name: string): string => `const files = require('node:fs/promises'); const { readFile } = files; files.readFile = (...asked) => { if (asked[0] === ${JSON.stringify(name)}) { files.readFile = readFile; process.kill(process.pid, 'SIGHUP'); } return readFile(...asked); };`;

/** Sends itself `sent` when it has begun to listen to `heard`: the unit does so before it serves. */
const signalWhen = (heard: string, sent: string): string => `const { on } = process; process.on = function (name, told) { const self = on.call(this, name, told); if (name === '${heard}') setImmediate(() => process.kill(process.pid, '${sent}')); return self; };`;

let started = 0;

function preloaded(...texts: string[]): string[] {
  const file = path.join(folder, `before-${started++}.cjs`);
  writeFileSync(file, `if (require('node:worker_threads').isMainThread) {${texts.map((text) => `{${text}}`).join('\n')}}`);
  return ['--require', file, program];
}

async function unit(...texts: string[]): Promise<Running> {
  const before = preloaded(...texts);
  const file = path.join(folder, `unit-${started}.yaml`);
  writeFileSync(file, `unit: { name: test }\nports: 2\nsip: { address: 127.0.0.1, port: ${await freePort()} }\npeers: []\nmailboxes: [{ number: "201" }]\n`);
  return new Running(folder, process.execPath, [...before, 'run', '--config', file, '--data', path.join(folder, `data-${started}`)]);
}

/** Its exit code; it must come in time. */
async function endOf(running: Running, limitMs: number): Promise<number | null> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`it has not ended within ${limitMs} ms: ${running.output}`)), limitMs).unref());
  return Promise.race([running.ended, late]);
}

test('a media thread that is lost while the unit starts: its reason is told, and the unit asks to be started again at once', async () => {
  const began = Date.now();
  const running = await unit(faults.mediaThrows);
  assert.is(await endOf(running, atOnceMs), startAgain, running.output);
  figure(`a unit whose media thread is lost in the start ends after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  assert.match(running.output, /stop-asked: The media thread was lost: Error: as the test asked/);
  assert.not.match(running.output, /opened within/);
});

test('SIGTERM while the unit waits for its ports ends it at once and in good order', async () => {
  const running = await unit(faults.mediaIsSilent, signalWhen('SIGTERM', 'SIGTERM'));
  assert.is(await endOf(running, atOnceMs), 0, running.output);
  assert.match(running.output, /stop-asked: The unit got SIGTERM/);
  assert.not.match(running.output, / error | {4}at /);
});

test('an error between the beginning of the media thread and the start ends the process with it', async () => {
  const running = await unit(faults.partsThrow, faults.mediaIsSilent);
  assert.is(await endOf(running, atOnceMs), 1, running.output);
  assert.match(running.output, /as the test asked/);
});

test('SIGHUP before the unit serves is done when it does', async () => {
  const running = await unit(signalWhen('SIGTERM', 'SIGHUP'));
  await running.until(/reloaded: The configuration is unchanged/);
  running.kill('SIGTERM');
  assert.is(await endOf(running, atOnceMs), 0, running.output);
});

test('consoles that cannot be opened are told; the unit serves, reads its configuration again and ends when asked to', async () => {
  const running = await unit(faults.consolesThrow);
  await running.until(/console-missing: .*as the test asked/);
  running.kill('SIGHUP');
  await running.until(/reloaded: /);
  running.kill('SIGTERM');
  assert.is(await endOf(running, atOnceMs), 0, running.output);
  assert.match(running.output, /stop-asked: The unit got SIGTERM/);
});

test('consoles whose opening hangs do not keep the unit from ending', async () => {
  const running = await unit(faults.consolesHang);
  await running.until(/started: /);
  running.kill('SIGTERM');
  assert.is(await endOf(running, atOnceMs), 0, running.output);
});

test('SIGHUP before the witness serves is done when it does', async () => {
  const pairs = path.join(folder, 'pairs');
  writeFileSync(pairs, 'site-1 known-to-three-machines\n');
  const running = new Running(folder, process.execPath, [...preloaded(hangUpWhenRead(pairs)), 'witness', '--pairs', pairs, '--listen', `127.0.0.1:${await freePort()}`]);
  await running.until(/reloaded: The witness has 1 pairs now/);
  running.kill('SIGTERM');
  assert.is(await endOf(running, atOnceMs), 0, running.output);
});

test.after.each(endRunning);

test.run();
