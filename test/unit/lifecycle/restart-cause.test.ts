import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { restartCause, restartSeverity } from '../../../firmware/lifecycle/restart-cause.ts';
import type { RestartEvidence } from '../../../firmware/lifecycle/restart-cause.ts';
import { NotedPower, notedMs } from '../../../firmware/lifecycle/noted-power.ts';
import { readStopNote, StopNotes } from '../../../firmware/lifecycle/stop-note.ts';
import type { StopNote } from '../../../firmware/lifecycle/stop-note.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { WallMs } from '../../../hal/clock.ts';
import type { StartFacts } from '../../../hal/machine-start.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimMachineStart } from '../../../hal/sim/sim-machine-start.ts';
import { SimPower } from '../../../hal/sim/sim-power.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

const atMs = Date.UTC(2026, 4, 1) as WallMs;
const silent: StopNote = { bootId: 'boot-1', planned: null };
const asked: StopNote = { bootId: 'boot-1', planned: { why: 'ada asked for it at the console', machine: false, atMs } };
const reboot: StopNote = { bootId: 'boot-1', planned: { why: 'an update was installed', machine: true, atMs } };

const evidence = (note: StopNote | null, facts: Partial<StartFacts> = {}, wiped = false): RestartEvidence => ({ note, facts: new SimMachineStart(facts).told, wiped });
const next = { bootId: 'boot-2' };

const table: readonly (readonly [string, RestartEvidence, string, RegExp])[] = [
  ['nothing was there before', evidence(null), 'first-start', /first start/],
  ['data wiped by this start', evidence(null, {}, true), 'factory-reset', /reset/],
  ['partition wiped by the machine', evidence(null, { wiped: true }), 'factory-reset', /reset/],
  ['the program ended without a word', evidence(silent), 'crash', /without a word/],
  ['the program crashed, as its parent says', evidence(silent, { ended: { kind: 'exit', code: 134 } }), 'crash', /exit code 134/],
  ['the program was killed', evidence(silent, { ended: { kind: 'signal', signal: 9 } }), 'crash', /signal 9/],
  ['over its memory', evidence(silent, { ended: { kind: 'memory' } }), 'memory', /memory/],
  ['asked for, and ended so', evidence(asked, { ended: { kind: 'exit', code: 80 } }), 'asked', /because ada asked/],
  ['asked for, nobody saw the end', evidence(asked), 'asked', /because ada asked/],
  ['asked for, but it crashed on its way', evidence(asked, { ended: { kind: 'signal', signal: 11 } }), 'crash', /signal 11/],
  ['hung: the parent let the device bite', evidence(silent, { ...next, ended: { kind: 'stuck' } }), 'stuck', /hung/],
  ['starts that did not help', evidence(silent, { ...next, ended: { kind: 'gave-up' } }), 'gave-up', /again and again/],
  ['the device bit and nobody else says a word', evidence(silent, { ...next, watchdogFired: true }), 'watchdog', /watchdog device/],
  ['a planned restart that the device ended is planned', evidence(reboot, { ...next, watchdogFired: true }), 'asked', /an update was installed/],
  ['the kernel crashed and the device bit', evidence(silent, { ...next, watchdogFired: true, panic: 'Kernel panic - not syncing: x' }), 'kernel-panic', /not syncing: x/],
  ['too hot', evidence(silent, { ...next, otherReset: 'overheating' }), 'power', /overheating/],
  ['the plug', evidence(silent, next), 'power', /power was lost/],
  ['stopped, then the plug', evidence(asked, next), 'asked', /had ended in good order because ada/],
  ['restart of the machine', evidence(reboot, next), 'asked', /machine was restarted because an update/],
  ['a machine that tells nothing', evidence({ bootId: '', planned: null }, { bootId: '' }), 'unknown', /nobody knows/],
];

for (const [name, given, kind, text] of table) {
  test(`restart cause: ${name}`, () => {
    const cause = restartCause(given);
    assert.is(cause.kind, kind);
    assert.match(cause.text, text);
    assert.not.match(cause.text, /\.$/, 'a sentence without its full stop');
  });
}

test('restart cause: what nobody asked for is an alert, a power cut a warning', () => {
  const severity = (given: RestartEvidence): string => restartSeverity(restartCause(given));
  assert.is(severity(evidence(silent)), 'alert');
  assert.is(severity(evidence(silent, next)), 'warning');
  assert.is(severity(evidence(asked, next)), 'notice');
});

test('stop notes: a run that has begun and ends without a word leaves just that, over a power cut too', async () => {
  const storage = new SimStorage();
  await new StopNotes(storage, silentLog, 'boot-1').begun();
  assert.equal(await readStopNote(storage.afterPowerCut(() => 'drop'), silentLog), silent);
});

test('stop notes: the first reason counts, but a restart of the machine is told before one of the program', async () => {
  const storage = new SimStorage();
  const notes = new StopNotes(storage, silentLog, 'boot-1');
  await notes.begun();
  await notes.planned('ada asked for it at the console', false, atMs);
  await notes.planned('it got SIGTERM', false, atMs);
  assert.equal(await readStopNote(storage.afterPowerCut(() => 'drop'), silentLog), asked);
  await notes.planned('an update was installed', true, atMs);
  await notes.begun();
  await notes.planned('it got SIGTERM', false, atMs);
  assert.equal(await readStopNote(storage, silentLog), reboot);
});

test('stop notes: a damaged note and a disk that refuses keep nobody from starting or stopping', async () => {
  const storage = new SimStorage();
  const file = await storage.open('last-run', 'create');
  await file.write(Buffer.from('{"bootId":'), 0);
  await file.close();
  const told: string[] = [];
  const log = { write: (_severity: string, event: string) => void told.push(event) };
  assert.is(await readStopNote(storage, log), null);
  storage.open = async () => Promise.reject(new Error('read-only'));
  await new StopNotes(storage, log, 'boot-1').planned('it got SIGTERM', false, atMs);
  assert.equal(told, ['last-run-unknown', 'last-run-not-noted']);
});

test('noted power: the cause is durable before the machine goes down', async () => {
  const storage = new SimStorage();
  const power = new SimPower();
  let seen: StopNote | null = null;
  const noting = { reboot: async (cause?: string) => ((seen = await readStopNote(storage.afterPowerCut(() => 'drop'), silentLog)), power.reboot(cause)) };
  const clock = new SimClock();
  await new NotedPower(noting, new StopNotes(storage, silentLog, 'boot-1'), clock).reboot('an update was installed');
  assert.equal(seen, { ...reboot, planned: { ...reboot.planned, atMs: clock.wall() } });
  assert.equal(power.causes, ['an update was installed']);
});

test('noted power: a disk that hangs does not keep the machine from being restarted', async () => {
  const clock = new SimClock();
  const storage = new SimStorage({ clock, delayMs: () => 1e12 });
  const power = new SimPower();
  void new NotedPower(power, new StopNotes(storage, silentLog, 'boot-1'), clock).reboot('the disk hangs');
  await clock.advance(notedMs - 1);
  assert.is(power.reboots, 0);
  await clock.advance(1);
  assert.equal(power.causes, ['the disk hangs']);
});

test.run();
