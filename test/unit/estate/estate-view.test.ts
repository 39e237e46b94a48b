import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EstateView, maxAlarms, maxUnits } from '../../../firmware/estate/estate-view.ts';
import type { Presence } from '../../../firmware/estate/note-bodies.ts';
import { signNote, unitSigner } from '../../../firmware/estate/signed-note.ts';
import type { Kind } from '../../../firmware/estate/topics.ts';
import { topicOf } from '../../../firmware/estate/topics.ts';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const nine = Date.UTC(2026, 0, 5, 9, 0, 0);

function unit(seed: number, site: string, name: string) {
  const identity = makeIdentity(new SimRandom(seed));
  const signer = unitSigner(identity);
  const note = (kind: Kind, body: object): [string, Uint8Array] => [topicOf(site, identity.fingerprint, kind), signNote(kind, { site, unit: identity.fingerprint, ...body }, signer)];
  return {
    id: identity.fingerprint,
    presence: (change: Partial<Presence> = {}) => note('presence', { name, state: 'online', role: 'primary-active', epoch: 2, version: 7, calls: 3, alarms: 0, lastAlarm: null, product: 'Understudy/test', atMs: nine, ...change }),
    pointer: (version: number) => note('pointer', { version, hash: '0'.repeat(64), epoch: 2, atMs: nine }),
    alarm: (id: string, text = 'The disk is full.') => note('alarm', { name, id, event: 'disk-full', subject: '', state: 'raised', text, times: 2, firstMs: nine, lastMs: nine, dropped: 0 }),
  };
}

const id = (at: number): string => `01890000-0000-7000-8000-${String(at).padStart(12, '0')}`;

test('an estate as a table: by site and name, with what is behind, and the alarms below', () => {
  const view = new EstateView();
  const [one, other, far] = [unit(1, 'harbour', 'harbour-1'), unit(2, 'harbour', 'harbour-2'), unit(3, 'airport', 'airport-1')];
  for (const note of [one.presence(), other.presence({ role: 'backup-standby', version: 5, calls: 0, alarms: 1, lastAlarm: 'mailbox-locked' }), far.presence({ state: 'offline', version: 0 }), one.pointer(7), one.alarm(id(1))]) assert.ok(view.take(...note));
  assert.equal(view.lines('UTC'), [
    'SITE     UNIT      NAME       STATE    ROLE            EPOCH  VERSION  SITE STATE  CALLS  ALARMS  LAST ALARM      SAID',
    `airport  ${far.id.slice(0, 8)}  airport-1  offline  primary-active      2        -  -               3       0  -               2026-01-05 09:00:00`,
    `harbour  ${one.id.slice(0, 8)}  harbour-1  online   primary-active      2        7  in step         3       0  -               2026-01-05 09:00:00`,
    `harbour  ${other.id.slice(0, 8)}  harbour-2  online   backup-standby      2        5  2 behind        0       1  mailbox-locked  2026-01-05 09:00:00`,
    '',
    'TIME                 SITE     NAME       STATE   ALARM      TIMES  TEXT',
    '2026-01-05 09:00:00  harbour  harbour-1  raised  disk-full      2  The disk is full.',
  ]);
  assert.equal(view.find('harbour-2').map((found) => found.unit), [other.id]);
  assert.equal(view.find(far.id.slice(0, 6)).map(({ site }) => site), ['airport']);
  assert.equal(view.find('nobody'), []);
});

test('what its unit did not sign is not shown, and counted', () => {
  const view = new EstateView();
  const [one, other] = [unit(1, 'harbour', 'one'), unit(2, 'harbour', 'other')];
  const [topic, bytes] = one.presence();
  const text = Buffer.from(bytes).toString();
  const bad: [string, Uint8Array | string][] = [
    [topic, text.replace('online', 'offline')], [other.presence()[0], bytes], [topic.replace('presence', 'pointer'), bytes], [topic, 'garbage'], [topic, text.split('\n').slice(0, 2).join('\n')],
  ];
  for (const [at, payload] of bad) assert.not.ok(view.take(at, Buffer.from(payload)));
  assert.is(view.refused, bad.length);
  for (const [at, payload] of [['some/other/topic', bytes], [topic, new Uint8Array()], [topic.replace('harbour', 'har+bour'), bytes]] as const) assert.not.ok(view.take(at, payload));
  assert.is(view.refused, bad.length);
  assert.not.ok(view.take(topic.replace('harbour', 'airport'), bytes), 'signed for another site');
});

test('a repetition of an alarm is one, the list has an end, and text cannot move the cursor', () => {
  const view = new EstateView();
  const one = unit(1, 'harbour', 'one');
  view.take(...one.presence());
  for (let at = 0; at < maxAlarms + 10; at++) view.take(...one.alarm(id(at), `number ${at}\x1b[2J`));
  assert.not.ok(view.take(...one.alarm(id(maxAlarms + 9))));
  const lines = view.lines('UTC').filter((line) => line.includes('number'));
  assert.is(lines.length, maxAlarms);
  assert.ok(lines.every((line) => !line.includes('\x1b')));
});

test('two thousand units are shown, and more are counted', () => {
  const view = new EstateView();
  const one = unit(1, 'harbour', 'one');
  for (let at = 0; at < maxUnits; at++) view.take(...unit(1, `site-${at}`, 'one').presence());
  view.take(...one.presence());
  assert.is(view.unshown, 1);
  assert.is(view.lines('UTC').filter((line) => line.startsWith('site-')).length, maxUnits);
});

test.run();
