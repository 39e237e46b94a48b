import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { maxWaiting } from '../../../firmware/estate/alarm-outbox.ts';
import { readAlarm, readPointer, readPresence } from '../../../firmware/estate/note-bodies.ts';
import { isSignedBy, keyOfUnit, readNote } from '../../../firmware/estate/signed-note.ts';
import { topicOf } from '../../../firmware/estate/topics.ts';
import { EstateWorld, hashOf, site, standing } from '../../support/estate/estate-world.ts';
import { figure } from '../../support/figure.ts';

const dayMs = 24 * 60 * 60_000;
const alert = (log: { write: EstateWorld['units'][number]['log']['write'] }, event: string, mailbox: string | null = null): void =>
  log.write('alert', event, `Something is wrong: ${event}.`, mailbox === null ? {} : { mailbox });

test('all in order: pointer of the unit that serves, presence of both, alarms of the one that serves; all signed', async () => {
  const { world, one, other } = await EstateWorld.withPair();
  alert(one.log, 'disk-full');
  alert(other.log, 'disk-full');
  await world.clock.advance(11_000);
  assert.equal(world.pointers(one).map(({ version, hash, epoch }) => ({ version, hash, epoch })), [standing(5)]);
  assert.equal(world.pointers(other), [], 'a standby points at nothing');
  assert.equal(world.presences(other).map(({ state, role, alarms, lastAlarm }) => ({ state, role, alarms, lastAlarm })), [
    { state: 'online', role: 'backup-standby', alarms: 0, lastAlarm: null }, { state: 'online', role: 'backup-standby', alarms: 1, lastAlarm: 'disk-full' },
  ]);
  assert.equal([world.alarms(one).map(({ event, name }) => `${name} ${event}`), world.alarms(other)], [['one disk-full'], []], 'a standby is mute');
  for (const { topic, text } of world.heard) {
    const [, , unit = '', kind = ''] = topic.split('/');
    const note = readNote(Buffer.from(text));
    const key = note === null ? null : keyOfUnit(unit, note.certificate);
    assert.ok(note !== null && key !== null && isSignedBy(kind as 'alarm', note, key), topic);
  }
  assert.equal(await world.leaks(), []);
});

test('what a standby noticed is told when it serves and it still stands', async () => {
  const { world, other } = await EstateWorld.withPair();
  alert(other.log, 'mailbox-locked', '201');
  alert(other.log, 'mailbox-locked', '202');
  other.log.write('notice', 'mailbox-unlocked', 'It is open again.', { mailbox: '201' });
  await world.clock.advance(60_000);
  Object.assign(other.facts, { role: 'backup-active', serves: true, epoch: 3 });
  await world.clock.advance(2000);
  assert.equal(world.alarms(other).map(({ event, subject, state }) => `${event} ${subject} ${state}`), ['mailbox-locked 202 raised']);
  other.log.write('notice', 'mailbox-unlocked', 'It is open again.', { mailbox: '202' });
  await world.clock.advance(2000);
  assert.equal(world.alarms(other).map(({ state }) => state), ['raised', 'cleared']);
  assert.equal(await world.leaks(), []);
});

test('unit-dies: its last will is told, and kept', async () => {
  const { world, one } = await EstateWorld.withPair();
  world.broker.kill(one.identity.fingerprint);
  await world.clock.advance(500);
  world.broker.faults.offline = true;
  await world.clock.advance(50_000);
  assert.is(world.presences(one).at(-1)?.state, 'offline');
  const kept = readNote(world.broker.retained(topicOf(site, one.identity.fingerprint, 'presence'))?.payload ?? new Uint8Array());
  assert.is(readPresence(kept?.body)?.state, 'offline');
});

test('unit-stops: it says that it goes, and no last will follows', async () => {
  const { world, one } = await EstateWorld.withPair();
  const stopping = one.estate.stop();
  await world.clock.advance(1000);
  await stopping;
  assert.equal(world.presences(one).map(({ state }) => state), ['online', 'offline']);
  assert.equal(await world.leaks(), []);
});

test('broker-wiped: pointer and presence are there again within the pause, and alarms go on', async () => {
  const { world, one, other } = await EstateWorld.withPair();
  await world.clock.advance(120_000);
  const topics = world.broker.topics;
  world.broker.wipe();
  assert.equal(world.broker.topics, []);
  alert(one.log, 'while-it-was-away');
  await world.clock.advance(4000);
  assert.equal([...world.broker.topics].sort(), [...topics].sort());
  await world.watch();
  assert.is(one.estate.status().alarms.waiting, 0);
  assert.is(other.estate.status().broker.state, 'connected');
  assert.equal(await world.leaks(), []);
});

test('somebody removes what the broker keeps: the pointer comes back at once, presence within ten minutes', async () => {
  const { world, one } = await EstateWorld.withPair();
  const remove = (kind: 'pointer' | 'presence'): void => world.broker.inject({ topic: topicOf(site, one.identity.fingerprint, kind), payload: new Uint8Array(), retain: true });
  await world.clock.advance(5000);
  remove('pointer');
  remove('presence');
  await world.clock.advance(4000);
  assert.ok(world.broker.topics.includes(topicOf(site, one.identity.fingerprint, 'pointer')));
  await world.clock.advance(600_000);
  assert.ok(world.broker.topics.includes(topicOf(site, one.identity.fingerprint, 'presence')));
  assert.equal(await world.leaks(), []);
});

test('a newer pointer: the partner knows that it is behind, says so once, and looks at once', async () => {
  const { world, one, other } = await EstateWorld.withPair();
  assert.is(other.estate.status().behind, null);
  one.facts.site = standing(6);
  await world.clock.advance(4000);
  assert.is(other.estate.status().behind?.version, 6);
  assert.equal(other.done, ['look']);
  assert.is(other.log.last(500).filter(({ event }) => event === 'estate-behind').length, 1);
  other.facts.site = standing(6);
  assert.is(other.estate.status().behind, null, 'it has it now');
  assert.equal(one.done, [], 'what it said itself is no news');
  assert.equal(await world.leaks(), []);
});

test('stale pointers, repeated, reordered, forged and of strangers change nothing and are counted', async () => {
  const { world, one, other } = await EstateWorld.withPair();
  const topic = topicOf(site, one.identity.fingerprint, 'pointer');
  const old = world.broker.retained(topic);
  one.facts.site = standing(7);
  await world.clock.advance(4000);
  const newest = world.broker.retained(topic);
  if (old === null || newest === null) throw new Error('no pointers');
  const looked = other.done.length;
  const text = Buffer.from(newest.payload).toString();
  const inject = (payload: string | Uint8Array, at = topic): void => world.broker.inject({ topic: at, payload: Buffer.from(payload), retain: true });
  inject(old.payload);
  inject(newest.payload);
  inject(text.replace('"version":7', '"version":8'));
  inject(text.replace(hashOf(7), hashOf(8)));
  inject(text.replace('"harbour"', '"airport"'));
  inject('garbage');
  inject(new Uint8Array(9000).fill(123));
  inject(newest.payload, topicOf(site, 'f'.repeat(64), 'pointer'));
  await world.clock.advance(100);
  assert.equal(other.estate.status().pointers.refused, { 'malformed': 2, 'stranger': 1, 'foreign-site': 1, 'forged': 1, 'repeated': 1, 'stale': 1, 'contradictory': 1 });
  assert.equal([other.done.length, other.estate.status().behind?.version], [looked, 7]);
  await world.clock.advance(5000);
  assert.is(readPointer(readNote(world.broker.retained(topic)?.payload ?? new Uint8Array())?.body)?.version, 7, 'the broker keeps the right one again');
  assert.equal(await world.leaks(), []);
});

test('a pointer on the broker that is older than the unit is replaced when the unit comes', async () => {
  const { world, one, other } = await EstateWorld.withPair();
  const topic = topicOf(site, one.identity.fingerprint, 'pointer');
  const old = world.broker.retained(topic);
  one.facts.site = standing(9);
  await world.clock.advance(3000);
  if (old === null) throw new Error('no pointer');
  await world.powerCut(one);
  world.broker.inject({ ...old, retain: true });
  await world.clock.advance(6000);
  assert.is(readPointer(readNote(world.broker.retained(topic)?.payload ?? new Uint8Array())?.body)?.version, 9);
  assert.is(other.estate.status().behind?.version, 9);
});

test('duplicates and overtaking: every alarm arrives, each repetition has its id, commands are done once', async () => {
  const { world, one } = await EstateWorld.withPair();
  Object.assign(world.broker.faults, { duplicates: 0.5, jitterMs: 400, delayMs: 20 });
  for (let at = 0; at < 60; at++) alert(one.log, `alarm-${at}`);
  for (let at = 0; at < 8; at++) {
    world.send(one, world.command(one, 'failover'));
    await world.clock.advance(1000);
  }
  await world.clock.advance(60_000);
  const ids = new Map<string, string>();
  for (const { id, event } of world.alarms(one)) {
    assert.ok(ids.get(event) === undefined || ids.get(event) === id, event);
    ids.set(event, id);
  }
  assert.is(ids.size, 60);
  assert.ok(world.alarms(one).length > 60, 'some came twice');
  assert.is(one.done.length, 8);
  assert.equal(await world.leaks(), []);
});

test('broker-off-for-30-days: alarms wait on the disk, also through power cuts, and none is lost', async () => {
  const { world, one } = await EstateWorld.withPair();
  world.broker.goOffline();
  for (let day = 0; day < 30; day++) {
    alert(one.log, `day-${day}`);
    alert(one.log, 'every-day');
    alert(one.log, 'every-day');
    await world.clock.advance(dayMs);
    if (day % 10 === 5) await world.powerCut(one);
  }
  assert.is(one.estate.status().alarms.waiting, 31);
  world.broker.comeBack();
  await world.watch();
  await world.clock.advance(400_000);
  const told = world.alarms(one);
  for (let day = 0; day < 30; day++) assert.is(told.filter(({ event }) => event === `day-${day}`).length, 1, `day ${day}`);
  const daily = told.find(({ event }) => event === 'every-day');
  assert.ok((daily?.times ?? 0) >= 55 && (daily?.lastMs ?? 0) - (daily?.firstMs ?? 0) >= 28 * dayMs, JSON.stringify(daily));
  assert.equal([one.estate.status().alarms.waiting, one.estate.status().alarms.dropped], [0, 0]);
  assert.is(world.presences(one).at(-1)?.state, 'online');
  figure(`30 days without a broker: ${told.length} alarms told within the longest pause, none lost, over 3 power cuts`);
  assert.equal(await world.leaks(), []);
});

test('more alarms than fit: the oldest go, are counted, and the count is told', async () => {
  const { world, one } = await EstateWorld.withPair();
  world.broker.goOffline();
  await world.clock.advance(1000);
  const long = "a text with an umlaut \u00fc, a quote \" and a \u0007 bell ".repeat(20);
  for (let at = 0; at < maxWaiting + 44; at++) one.log.write('alert', `alarm-${at}`, long, { mailbox: String(at) });
  await world.clock.advance(20_000);
  assert.equal([one.estate.status().alarms.waiting, one.estate.status().alarms.dropped], [maxWaiting, 44]);
  await world.powerCut(one);
  assert.equal([one.estate.status().alarms.waiting, one.estate.status().alarms.dropped], [maxWaiting, 44], 'the longest texts fit on the disk');
  await world.clock.advance(200);
  world.broker.comeBack();
  await world.watch();
  await world.clock.advance(400_000);
  assert.is(new Set(world.alarms(one).map(({ id }) => id)).size, maxWaiting);
  assert.equal([world.alarms(one)[0]?.event, world.alarms(one)[0]?.dropped], ['alarm-44', 44]);
  assert.equal(await world.leaks(), []);
});

test('power-cut-while-telling: at least once, with the same id', async () => {
  const { world, one } = await EstateWorld.withPair();
  await world.clock.advance(60_000);
  alert(one.log, 'first');
  await world.clock.advance(100);
  assert.is(world.alarms(one).length, 1);
  await world.powerCut(one);
  await world.clock.advance(5000);
  assert.equal(new Set(world.alarms(one).map(({ id }) => id)).size, 1);
  assert.equal(await world.leaks(), []);
});

test('disk-full: alarms are told from memory, and the outbox raises none of its own', async () => {
  const { world, one } = await EstateWorld.withPair();
  world.broker.goOffline();
  one.storage.fault = ({ kind }) => (kind === 'write' || kind === 'allocate' ? 'no-space' : null);
  for (let at = 0; at < 30; at++) alert(one.log, `alarm-${at}`);
  await world.clock.advance(20_000);
  world.broker.comeBack();
  await world.watch();
  await world.clock.advance(120_000);
  assert.is(world.alarms(one).length, 30);
  assert.is(one.log.last(500).filter(({ event }) => event === 'estate-outbox-not-stored').length, 1);
});

test('broker-mute: the unit finds out, goes on trying, and tells all once it is heard', async () => {
  const { world, one } = await EstateWorld.withPair();
  world.broker.goMute();
  alert(one.log, 'nobody-listens');
  await world.clock.advance(10 * 60_000);
  assert.is(one.estate.status().broker.state === 'connected', false);
  world.broker.comeBack();
  await world.watch();
  await world.clock.advance(400_000);
  assert.is(world.alarms(one).filter(({ event }) => event === 'nobody-listens').length >= 1, true);
  assert.equal(await world.leaks(), []);
});

test('broker-refuses-topics: said once in a minute, alarms are kept', async () => {
  const { world, one } = await EstateWorld.withPair();
  world.broker.faults.forbidden = (topic) => topic.endsWith('/alarm');
  alert(one.log, 'not-allowed');
  await world.clock.advance(60_000);
  assert.ok(one.log.last(500).filter(({ event }) => event === 'estate-not-told').length <= 2);
  assert.is(one.estate.status().alarms.waiting, 1);
  world.broker.faults.forbidden = () => false;
  await world.clock.advance(11_000);
  assert.is(one.estate.status().alarms.waiting, 0);
  assert.equal(await world.leaks(), []);
});

test('broker-slow: presence is told every ten seconds at most, however much happens', async () => {
  const { world, one } = await EstateWorld.withPair();
  world.broker.faults.delayMs = 3000;
  const before = world.presences(one).length;
  for (let second = 0; second < 120; second++) {
    one.facts.calls = second;
    one.facts.site = standing(6 + second);
    await world.clock.advance(1000);
  }
  const told = world.presences(one).length - before;
  assert.ok(told >= 8 && told <= 12, `${told} times`);
  assert.ok(world.pointers(one).length <= 62, `${world.pointers(one).length} pointers`);
  assert.equal(await world.leaks(), []);
});

test('flood of 10,000 messages a second: a bounded number is looked at, the unit leaves the broker for a while, and nothing grows', async () => {
  const { world, one, other } = await EstateWorld.withPair();
  const forged = world.command(one, 'failover', {}, { ...world.operator, privateKey: (await import('../../support/estate/estate-world.ts')).operator(5).privateKey });
  const pointer = world.broker.retained(topicOf(site, one.identity.fingerprint, 'pointer'))?.payload ?? new Uint8Array();
  const began = process.cpuUsage();
  for (let tenth = 0; tenth < 20; tenth++) {
    for (let at = 0; at < 1000; at++) {
      world.broker.inject({ topic: topicOf(site, one.identity.fingerprint, at % 2 === 0 ? 'pointer' : 'command'), payload: at % 2 === 0 ? Buffer.from(`${pointer}x`) : forged, retain: false });
      if (at % 50 === 0) await world.clock.advance(5);
    }
  }
  const { user, system } = process.cpuUsage(began);
  const { commands, pointers, unseen } = other.estate.status();
  assert.ok(Object.values(pointers.refused).reduce((sum, count) => sum + count, 0) <= 50 * 2 + 100 + 5, JSON.stringify(pointers));
  const seen = one.estate.status();
  assert.ok(seen.commands.refused.forged <= 10 * 2 + 20 + 5, JSON.stringify(seen.commands));
  assert.ok(seen.unseen > 1500 && unseen > 1500 && seen.unseen < 10_000, `${seen.unseen} and ${unseen}`);
  assert.is(one.log.last(500).filter(({ event }) => event === 'estate-flooded').length, 1);
  assert.ok(one.log.last(500).filter(({ event }) => event === 'estate-command-refused').length <= 2);
  assert.is(commands.done, 0);
  await world.clock.advance(8000);
  const [result] = await world.ask(one, world.command(one, 'report'));
  assert.ok(result?.ok, 'a command is heard again');
  figure(`20,000 messages in 2 s at two units and a watcher: ${Math.round((user + system) / 1000)} ms of processor time, the broker's included`);
  assert.equal(await world.leaks(), []);
});

test('garbage on every topic is survived', async () => {
  const { world, one } = await EstateWorld.withPair();
  const random = new (await import('../../../hal/sim/sim-random.ts')).SimRandom(4242);
  const good = world.command(one, 'report');
  for (let at = 0; at < 1500; at++) {
    const bytes = random.below(2) === 0 ? random.bytes(random.below(400)) : Uint8Array.from(good);
    if (bytes.length > 0) for (let flips = 0; flips <= random.below(4); flips++) bytes[random.below(bytes.length)] = random.below(256);
    const kinds = ['pointer', 'command', 'presence', 'result', 'alarm', 'x', '../y'];
    world.broker.inject({ topic: `understudy/${site}/${one.identity.fingerprint}/${kinds[random.below(kinds.length)]}`, payload: bytes, retain: false });
    await world.clock.advance(60);
  }
  assert.equal(one.done, []);
  const alarm = readAlarm({ event: 'x' });
  assert.is(alarm, null);
  assert.is(one.estate.status().broker.state, 'connected');
  assert.equal(await world.leaks(), []);
});

test.run();
