import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noChoices } from '../../../firmware/notify/notify-record.ts';
import type { Manifest, Value } from '../../../firmware/site/manifest.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import type { Contents, SiteSource } from '../../../firmware/site/site-source.ts';
import { gathered, oneChunk } from '../../../firmware/site/site-source.ts';
import { AlarmSource } from '../../../firmware/site/sources/alarm-source.ts';
import { notifySource } from '../../../firmware/site/sources/notify-source.ts';
import { surveyed } from '../../../firmware/site/survey.ts';
import { allIsCertain } from '../../../firmware/site/verification.ts';
import { settle } from '../../../hal/sim/sim-clock.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

async function bytesOf(source: SiteSource, name: string): Promise<Uint8Array> {
  const chunks = source.read(name);
  assert.ok(chunks !== null, name);
  return (await gathered(chunks, 1_000_000)) ?? new Uint8Array(0);
}

const valueOf = (bytes: Uint8Array): Value => ({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }) as Value;
const refusal = async (work: Promise<unknown>): Promise<string> => work.then(() => 'taken', (error: unknown) => (error instanceof SiteError ? error.id : String(error)));

/** Every other one of them has chosen something; the others had, and have none of it any more. */
async function withOwners(count: number): Promise<{ readonly desk: NotifyWorld['desk']; readonly stop: () => Promise<void> }> {
  const world = await NotifyWorld.start();
  for (let at = 0; at < count; at++) {
    const mailbox = String(3000 + at);
    await world.desk.records.choose(mailbox, { ringback: true });
    if (at % 2 === 1) await world.desk.records.choose(mailbox, noChoices);
  }
  await settle(); // the desk has looked at them all
  return { desk: world.desk, stop: () => world.stop() };
}

test('what an owner chooses on one unit counts on the other; what was told does not go over', async () => {
  const [here, there] = [await NotifyWorld.start(), await NotifyWorld.start({ seed: 2 })];
  const [from, to] = [notifySource(here.desk.records), notifySource(there.desk.records)];
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

test('the content of a choice is the form that units exchange, and larger ones are refused', async () => {
  const world = await NotifyWorld.start();
  const source = notifySource(world.desk.records);
  await world.desk.setEmail('201', 'copy');
  assert.is(Buffer.from(await bytesOf(source, 'notify/201')).toString(), '{"callback":null,"email":"copy","form":1,"outcalling":null,"ringback":false}');
  const right = '{"callback":null,"email":"copy","form":1,"outcalling":null,"ringback":false}';
  assert.is(await refusal(source.prepare('notify/202', oneChunk(Buffer.from(right.padEnd(4096))))), 'taken');
  assert.is(await refusal(source.prepare('notify/202', oneChunk(Buffer.from(right.padEnd(4097))))), 'malformed');
  await world.stop();
});

test('a start walks the choices of all owners once, and reads only those of who has chosen something', async () => {
  const { desk, stop } = await withOwners(50);
  const source = notifySource(desk.records);
  const entries = Object.fromEntries(await Promise.all(source.names().map(async (name) => [name, valueOf(await bytesOf(source, name))] as const)));
  const { chosen, choices } = desk.records;
  let walks = 0;
  const read: string[] = [];
  desk.records.chosen = () => (walks++, chosen.call(desk.records));
  desk.records.choices = (mailbox) => (read.push(mailbox), choices.call(desk.records, mailbox));
  const survey = await surveyed({ current: { entries } as unknown as Manifest, leaving: [], sources: [source], contents: {} as Contents, verification: allIsCertain });
  assert.equal(survey, { edits: [], repairs: [] });
  assert.equal([Object.keys(entries).length, walks], [25, 1]);
  assert.ok(read.length <= 2 * 25 && read.every((mailbox) => Number(mailbox) % 2 === 0), read.join());
  await stop();
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
  const [owners, alarms] = [notifySource(world.desk.records), new AlarmSource(world.desk.alarmStore)];
  for (const bad of ['', 'null', '{}', JSON.stringify({ form: 1, email: 'later', ringback: false, callback: null, outcalling: null }), JSON.stringify({ form: 1, email: null, ringback: false, callback: 'sip:x', outcalling: null }), ' '.repeat(5000)]) {
    assert.is(await refusal(owners.prepare('notify/201', oneChunk(Buffer.from(bad)))), 'malformed', bad.slice(0, 40));
    assert.is(await refusal(alarms.prepare('alarm/0000abcd', oneChunk(Buffer.from(bad)))), 'malformed', bad.slice(0, 40));
  }
  assert.equal(['alarm/constructor', 'alarm/0000abcd/x', 'notify', 'notify/2/x'].map((name) => owners.owns(name) || alarms.owns(name)), [false, false, false, false]);
  await world.stop();
});

test.run();
