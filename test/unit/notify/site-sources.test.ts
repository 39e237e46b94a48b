import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Value } from '../../../firmware/site/manifest.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import type { SiteSource } from '../../../firmware/site/site-source.ts';
import { gathered, oneChunk } from '../../../firmware/site/site-source.ts';
import { AlarmSource } from '../../../firmware/site/sources/alarm-source.ts';
import { NotifySource } from '../../../firmware/site/sources/notify-source.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

async function bytesOf(source: SiteSource, name: string): Promise<Uint8Array> {
  const chunks = source.read(name);
  assert.ok(chunks !== null, name);
  return (await gathered(chunks, 1_000_000)) ?? new Uint8Array(0);
}

const valueOf = (bytes: Uint8Array): Value => ({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }) as Value;
const refusal = async (work: Promise<unknown>): Promise<string> => work.then(() => 'taken', (error: unknown) => (error instanceof SiteError ? error.id : String(error)));

test('what an owner chooses on one unit counts on the other; what was told does not go over', async () => {
  const [here, there] = [await NotifyWorld.start(), await NotifyWorld.start({ seed: 2 })];
  const [from, to] = [new NotifySource(here.desk.records), new NotifySource(there.desk.records)];
  const changed: string[] = [];
  from.changed = (name) => void changed.push(name);
  assert.equal(from.names(), []);
  await here.desk.setEmail('201', 'forward');
  await here.desk.setOutcalling('201', { on: true, retries: 3, destinations: { mobile: { number: '01701', ringSec: 30 } }, escalation: ['mobile', 'desk'] });
  await here.desk.setCallback('201', { ringback: true });
  assert.equal([changed.length, from.names()], [3, ['notify/201']]);
  const bytes = await bytesOf(from, 'notify/201');
  assert.is(await to.is('notify/201', valueOf(bytes)), false);
  await (await to.prepare('notify/201', oneChunk(bytes))).commit();
  assert.equal(there.desk.records.choices('201'), here.desk.records.choices('201'));
  assert.equal([await to.is('notify/201', valueOf(bytes)), there.desk.mail.mode('201'), there.desk.records.telling('201', 'mail').told], [true, 'forward', []]);
  await (await to.prepare('notify/201', null)).commit();
  assert.equal([to.names(), to.read('notify/201')], [[], null]);
  await here.stop();
  await there.stop();
});

test('alarms go over with when they ring next, and go when they are cancelled', async () => {
  const [here, there] = [await NotifyWorld.start(), await NotifyWorld.start({ seed: 2 })];
  const [from, to] = [new AlarmSource(here.desk.alarmStore), new AlarmSource(there.desk.alarmStore)];
  const { id } = await here.desk.alarms.set({ number: '201', mailbox: '201', time: '07:00', repeat: 'daily', day: null, prompt: null, text: 'Good morning', ringSec: 60, retries: 2, intervalMin: 5, cancelCode: '*' });
  const name = `alarm/${id}`;
  const bytes = await bytesOf(from, name);
  await (await to.prepare(name, oneChunk(bytes))).commit();
  assert.equal(there.desk.alarmStore.find(id), here.desk.alarmStore.find(id));
  assert.is(await to.is(name, valueOf(bytes)), true);
  await (await to.prepare(name, null)).commit();
  assert.equal(to.names(), []);
  await here.stop();
  await there.stop();
});

test('contents that are none of these are refused, and so are names', async () => {
  const world = await NotifyWorld.start();
  const [owners, alarms] = [new NotifySource(world.desk.records), new AlarmSource(world.desk.alarmStore)];
  for (const bad of ['', 'null', '{}', JSON.stringify({ form: 1, email: 'later', ringback: false, callback: null, outcalling: null }), JSON.stringify({ form: 1, email: null, ringback: false, callback: 'sip:x', outcalling: null }), ' '.repeat(5000)]) {
    assert.is(await refusal(owners.prepare('notify/201', oneChunk(Buffer.from(bad)))), 'malformed', bad.slice(0, 40));
    assert.is(await refusal(alarms.prepare('alarm/0000abcd', oneChunk(Buffer.from(bad)))), 'malformed', bad.slice(0, 40));
  }
  assert.equal(['alarm/constructor', 'alarm/0000abcd/x', 'notify', 'notify/2/x'].map((name) => owners.owns(name) || alarms.owns(name)), [false, false, false, false]);
  await world.stop();
});

test.run();
