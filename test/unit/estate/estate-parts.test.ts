import { generateKeyPairSync } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alarmsOf } from '../../../firmware/estate/alarm-events.ts';
import { longestPauseMs, pauseMs } from '../../../firmware/estate/broker-link.ts';
import { CommandFloors } from '../../../firmware/estate/command-floors.ts';
import { KeptNote, refreshMs } from '../../../firmware/estate/kept-note.ts';
import { maxRaised, RaisedAlarms } from '../../../firmware/estate/raised-alarms.ts';
import { RefusalLog } from '../../../firmware/estate/refusal-log.ts';
import { isSignedBy, keyId, keyOfUnit, noteLimitBytes, operatorKey, publicBase64, readNote, signNote, unitSigner } from '../../../firmware/estate/signed-note.ts';
import { readTopic, topicOf } from '../../../firmware/estate/topics.ts';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { MonotonicMs } from '../../../hal/clock.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

const one = makeIdentity(new SimRandom(1));
const other = makeIdentity(new SimRandom(2));

test('topics are read as they are made, and nothing else is', () => {
  assert.equal(readTopic(topicOf('harbour', one.fingerprint, 'alarm')), { site: 'harbour', unit: one.fingerprint, kind: 'alarm' });
  for (const topic of ['', 'understudy', `understudy/harbour/${one.fingerprint}`, `understudy/harbour/${one.fingerprint}/other`, `understudy/harbour/${one.fingerprint.toUpperCase()}/alarm`, `understudy/har#/${one.fingerprint}/alarm`, `x/harbour/${one.fingerprint}/alarm`, `understudy/harbour/${one.fingerprint}/alarm/x`]) assert.is(readTopic(topic), null, topic);
});

test('a note is believed by its unit, its purpose and its bytes', () => {
  const bytes = signNote('pointer', { version: 1 }, unitSigner(one));
  const note = readNote(bytes);
  const key = keyOfUnit(one.fingerprint, note?.certificate ?? null);
  if (note === null || key === null) throw new Error('not read');
  assert.equal(note.body, { version: 1 });
  assert.ok(isSignedBy('pointer', note, key));
  assert.not.ok(isSignedBy('alarm', note, key), 'another purpose');
  assert.is(keyOfUnit(other.fingerprint, note.certificate), null);
  assert.is(keyOfUnit(one.fingerprint, null), null);
  const changed = readNote(Buffer.from(Buffer.from(bytes).toString().replace('1', '2')));
  assert.ok(changed !== null && !isSignedBy('pointer', changed, key));
});

test('every cut and every flipped byte of a note is no note, or not signed', () => {
  const bytes = signNote('pointer', { version: 1, text: 'x' }, unitSigner(one));
  const key = keyOfUnit(one.fingerprint, one.certificate);
  if (key === null) throw new Error('no key');
  const certificateAt = Buffer.from(bytes).indexOf('certificate');
  for (let at = 0; at < bytes.length; at++) {
    const cut = readNote(bytes.slice(0, at));
    assert.ok(cut === null || cut.certificate === null || keyOfUnit(one.fingerprint, cut.certificate) === null || at >= bytes.length - 3, `cut at ${at}`);
    const flipped = Uint8Array.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    const note = readNote(flipped);
    const believed = note !== null && isSignedBy('pointer', note, key) && keyOfUnit(one.fingerprint, note.certificate) !== null;
    assert.not.ok(believed && at < certificateAt, `byte ${at}`);
  }
  assert.is(readNote(new Uint8Array(noteLimitBytes + 1)), null);
});

test('keys that are none', () => {
  for (const text of ['', 'AAAA', 'A'.repeat(44), '*']) assert.ok(operatorKey(text) === null || operatorKey(text)?.asymmetricKeyType === 'ed25519', text);
  const { privateKey } = generateKeyPairSync('ed25519');
  assert.is(publicBase64(privateKey).length, 44);
  assert.is(operatorKey(publicBase64(privateKey))?.asymmetricKeyType, 'ed25519');
  assert.match(keyId(publicBase64(privateKey)), /^[0-9a-f]{16}$/);
});

test('every alert is an alarm; what ends one is known; the rest is nothing', () => {
  assert.equal(alarmsOf('alert', 'disk-full', 'It is "full"\n.', {}), [{ event: 'disk-full', subject: '', state: 'raised', text: "It is 'full''." }]);
  assert.equal(alarmsOf('alert', 'mailbox-locked', 'x', { mailbox: '201' })[0]?.subject, '201');
  assert.equal(alarmsOf('notice', 'mailbox-unlocked', 'x', { mailbox: '201' }), [{ event: 'mailbox-locked', subject: '201', state: 'cleared', text: 'x' }]);
  assert.equal(alarmsOf('notice', 'healthy-again', 'x', { check: 'disk' }).map(({ event, subject, state }) => `${event} ${subject} ${state}`), ['unhealthy disk cleared', 'remedy disk cleared', 'no-remedy disk cleared', 'watchdog-starved disk cleared']);
  assert.equal(alarmsOf('error', 'mailbox-locked', 'x', {}), []);
  assert.is(alarmsOf('alert', 'e', 'y'.repeat(1000), {})[0]?.text.length, 200);
});

test('alarms that stand: each once, cleared once, with an end', () => {
  const raised = new RaisedAlarms();
  const alarm = (event: string, state: 'raised' | 'cleared') => ({ event, subject: '', state, text: '' });
  raised.note(alarm('a', 'raised'));
  raised.note(alarm('a', 'raised'));
  raised.note(alarm('b', 'cleared'));
  assert.equal([raised.all.length, raised.takeUntold().length, raised.takeUntold().length], [1, 1, 0]);
  raised.note(alarm('a', 'cleared'));
  raised.note(alarm('a', 'cleared'));
  assert.equal(raised.takeUntold().map(({ state }) => state), ['cleared']);
  raised.note(alarm('c', 'raised'));
  raised.note(alarm('c', 'cleared'));
  assert.equal(raised.takeUntold(), [], 'raised and cleared before anybody was told');
  for (let at = 0; at < maxRaised + 9; at++) raised.note(alarm(`n${at}`, 'raised'));
  assert.equal([raised.all.length, raised.takeUntold().length, raised.clear(), raised.all.length], [maxRaised, maxRaised, maxRaised, 0]);
});

test('a kept note is due when it is new, has changed, was lost, or is old; and never too soon', () => {
  const note = new KeptNote(10_000);
  const at = (ms: number): MonotonicMs => ms as MonotonicMs;
  assert.ok(note.isDue('a', at(0)));
  note.told('a', at(0));
  const cases: [string, number, boolean][] = [['a', 10_000, false], ['b', 9_999, false], ['b', 10_000, true], ['a', refreshMs - 1, false], ['a', refreshMs, true]];
  for (const [text, ms, due] of cases) assert.is(note.isDue(text, at(ms)), due, `${text} ${ms}`);
  note.lost();
  assert.equal([note.isDue('a', at(9999)), note.isDue('a', at(10_000))], [false, true]);
  note.forget();
  assert.ok(note.isDue('a', at(1)));
});

test('pauses grow to five minutes and differ', () => {
  const random = new SimRandom(3);
  for (let nth = 0; nth < 40; nth++) {
    const middle = Math.min(longestPauseMs, 1000 * 2 ** nth);
    for (let tries = 0; tries < 50; tries++) {
      const ms = pauseMs(nth, random);
      assert.ok(ms >= middle * 0.75 - 1 && ms <= middle * 1.25 + 1, `${nth}: ${ms}`);
    }
  }
  assert.ok(new Set(Array.from({ length: 20 }, () => pauseMs(9, random))).size > 15);
});

test('refusals are told once a minute for each source, of a limited number', async () => {
  const clock = new SimClock();
  const told: string[] = [];
  const log = new RefusalLog(clock, { write: (_severity, _event, _text, facts) => void told.push(String(facts?.['source'])) });
  for (let at = 0; at < 100; at++) log.tell('e', 'one', '');
  log.tell('e', 'other', '');
  await clock.advance(59_999);
  log.tell('e', 'one', '');
  await clock.advance(1);
  log.tell('e', 'one', '');
  assert.equal(told, ['one', 'other', 'one']);
});

test('floors survive a power cut at every operation, and never go down', async () => {
  for (let cut = 0; ; cut++) {
    const disk = new SimStorage();
    const floors = await CommandFloors.open(disk, silentLog);
    await floors.raise('0123456789abcdef', 5);
    let operations = 0;
    let acknowledged = false;
    disk.fault = () => (operations++ === cut ? 'power-cut' : null);
    await Promise.race([floors.raise('0123456789abcdef', 6).then(() => (acknowledged = true)), disk.powerLost]);
    const after = await CommandFloors.open(disk.afterPowerCut(() => 'drop'), silentLog);
    assert.ok(after.of('0123456789abcdef') >= (acknowledged ? 6 : 5), `cut at ${cut}`);
    if (acknowledged) return assert.ok(cut > 2, `${cut} operations`);
  }
});

test.run();
