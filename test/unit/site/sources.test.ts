import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalBytes } from '../../../firmware/site/canonical-json.ts';
import type { Value } from '../../../firmware/site/manifest.ts';
import { entryName } from '../../../firmware/site/manifest.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import type { SiteSource } from '../../../firmware/site/site-source.ts';
import { gathered, oneChunk } from '../../../firmware/site/site-source.ts';
import { GreetingSource } from '../../../firmware/site/sources/greeting-source.ts';
import { OwnerSource } from '../../../firmware/site/sources/owner-source.ts';
import { SettingsSource, siteSettingsPath } from '../../../firmware/site/sources/settings-source.ts';
import { mailboxSources } from '../../../firmware/unit/site-sources.ts';
import { checkShared, handEdited, laidOver, sharedPart } from '../../../firmware/site/sources/shared-settings.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { greet, heard, pinOf, pinRecord, setPin, settingsOf, settingsText, spoken } from '../../support/site/site-fixture.ts';
import { ListLog, makeStore } from '../../support/store-fixture.ts';

async function opened(storage = new SimStorage(), seed = 1) {
  const { store } = makeStore(storage, {}, seed);
  await store.open();
  return { storage, store, greetings: new GreetingSource(store.greetings), owners: new OwnerSource(store.owners) };
}

const bytesOf = async (source: SiteSource, name: string): Promise<Buffer> => (await gathered(source.read(name) ?? oneChunk(new Uint8Array(0)), 10_000_000)) as Buffer;
const valueOf = (bytes: Uint8Array): Value => ({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, epoch: 1, at: 1, by: 'a' });
const contentsOf = (bytes: Uint8Array) => ({ content: () => oneChunk(bytes), piece: async (_: string, offset: number, length: number) => bytes.subarray(offset, offset + length) });

async function fault(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof SiteError || error instanceof HalError) return error.id;
    throw error;
  }
}

test('a greeting goes over byte by byte under its own id, and is the same there', async () => {
  const [here, there] = [await opened(), await opened(new SimStorage(), 2)];
  await greet(here, '201', 1, 3, 40_000);
  assert.equal(here.greetings.names(), ['greeting/201/greeting']);
  const bytes = await bytesOf(here.greetings, 'greeting/201/greeting');
  const told: string[] = [];
  there.greetings.changed = (name) => told.push(name);
  const prepared = await there.greetings.prepare('greeting/201/greeting', chunked(bytes));
  assert.is(await heard(there, '201'), null, 'ready, and not in force');
  await prepared.commit();
  assert.is(await heard(there, '201'), spoken(1, 3, 40_000));
  assert.equal(told, ['greeting/201/greeting']);
  assert.is(await there.greetings.is('greeting/201/greeting', valueOf(bytes), contentsOf(bytes)), true);
  assert.ok((await bytesOf(there.greetings, 'greeting/201/greeting')).equals(bytes), 'both make the same content of it');
  await greet(there, '201', 2);
  assert.is(await there.greetings.is('greeting/201/greeting', valueOf(bytes), contentsOf(bytes)), false);
  await (await there.greetings.prepare('greeting/201/greeting', null)).commit();
  assert.is(await heard(there, '201'), null);
});

test('greetings by reason, choices and distribution lists go over, and a change of each is told', async () => {
  const [here, there] = [await opened(), await opened(new SimStorage(), 2)];
  const [mine, theirs] = [mailboxSources(here), mailboxSources(there)];
  const told: string[] = [];
  for (const source of theirs) source.changed = (name) => told.push(name);
  await here.store.choices.change('201', (choices) => Object.assign(choices, { use: { busy: 'greeting-3' }, temporaryUntilMs: 99, options: { takesCalls: false } }));
  await here.store.lists.change('201', 3, { public: true, add: ['202', '203'] });
  assert.equal(mine.flatMap((source) => source.names()), ['choice/201', 'list/201']);
  for (const [at, source] of mine.entries()) {
    const [name] = source.names();
    const bytes = await bytesOf(source, name as string);
    const other = theirs[at] as SiteSource;
    assert.ok(other.owns(name as string));
    await (await other.prepare(name as string, oneChunk(bytes))).commit();
    assert.is(await other.is(name as string, valueOf(bytes), contentsOf(bytes)), true);
    assert.is(await fault(other.prepare(name as string, oneChunk(Buffer.from('{"form":1,"record":{"use":7}}')))), 'malformed');
  }
  assert.equal(told, ['choice/201', 'list/201']);
  assert.equal(there.store.choices.record('201'), here.store.choices.record('201'));
  assert.equal(there.store.lists.of('201'), here.store.lists.of('201'));
  for (const source of theirs) for (const name of source.names()) await (await source.prepare(name, null)).commit();
  assert.equal(theirs.flatMap((source) => source.names()), []);
  assert.match('greeting/201/out-of-hours', entryName);
  assert.match('greeting/201/greeting-9', entryName);
});

async function* chunked(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

test('a greeting made ready and not wanted leaves nothing; one in force already is left alone', async () => {
  const there = await opened();
  await greet(there, '201', 1);
  const bytes = await bytesOf(there.greetings, 'greeting/201/greeting');
  const names = await there.storage.list('greetings/201');
  const again = await there.greetings.prepare('greeting/201/greeting', chunked(bytes));
  await again.commit();
  assert.equal(await there.storage.list('greetings/201'), names);
  const other = Buffer.from(bytes.toString('latin1').replace(/019[0-9a-f]{5}/, '01900000'), 'latin1');
  const prepared = await there.greetings.prepare('greeting/201/greeting', chunked(other));
  assert.is((await there.storage.list('greetings/201')).length, 2);
  await prepared.discard();
  assert.equal(await there.storage.list('greetings/201'), names);
});

test('contents that are no greeting are refused, and leave nothing', async () => {
  const there = await opened();
  await greet(there, '202', 1);
  const good = await bytesOf(there.greetings, 'greeting/202/greeting');
  const table: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['no line', Buffer.alloc(70_000, 65)],
    ['no JSON', Buffer.from('x\n')],
    ['another form', Buffer.from('{"form":2}\n')],
    ['an id that is a path', Buffer.from('{"bytes":1,"codec":"PCMU","form":1,"id":"../../x"}\nx')],
    ['less audio than it says', good.subarray(0, good.length - 1)],
    ['more audio than it says', Buffer.concat([good, Uint8Array.of(1)])],
  ];
  for (const [name, bytes] of table) {
    assert.is(await fault(there.greetings.prepare('greeting/201/greeting', chunked(bytes))), 'malformed', name);
    if ((await there.storage.stat('greetings/201')) !== null) assert.equal(await there.storage.list('greetings/201'), [], name);
  }
  assert.is(await fault(there.greetings.prepare('greeting/../name', null)), 'malformed');
  assert.equal(['greeting/201/greeting', 'greeting/201/name', 'greeting/201/other', 'owner/201', 'greeting/a b/name'].map((name) => there.greetings.owns(name)), [true, true, false, false, false]);
});

test('what nobody can compare is not taken for a change', async () => {
  const there = await opened();
  await greet(there, '201', 1);
  const lost = { content: () => oneChunk(new Uint8Array(0)), piece: () => Promise.reject(new SiteError('missing', 'gone')) };
  assert.is(await there.greetings.is('greeting/201/greeting', valueOf(new Uint8Array(1)), lost), null);
});

test('owners: PIN, tries and lock go over; a fresh record is none', async () => {
  const [here, there] = [await opened(), await opened(new SimStorage(), 2)];
  await here.store.owners.change('201', () => ({ ...pinRecord(1), wrongTries: 2, lockedUntilMs: 123, locks: 1 }));
  const bytes = await bytesOf(here.owners, 'owner/201');
  await (await there.owners.prepare('owner/201', oneChunk(bytes))).commit();
  assert.equal(there.store.owners.storedRecord('201'), { ...pinRecord(1), wrongTries: 2, lockedUntilMs: 123, locks: 1 });
  assert.is(await there.owners.is('owner/201', valueOf(bytes)), true);
  await (await there.owners.prepare('owner/201', null)).commit();
  assert.equal([pinOf(there, '201'), there.owners.names(), there.owners.read('owner/201')], [null, [], null]);
  await setPin(there, '999', 1);
  assert.equal(there.owners.names(), ['owner/999'], 'a mailbox that is not configured any more keeps its owner');
});

test('contents that are no owner are refused', async () => {
  const there = await opened();
  const record = { form: 1, ...pinRecord(1) };
  for (const bad of ['', 'null', '[]', JSON.stringify({ ...record, more: 1 }), JSON.stringify({ ...record, locks: -1 }), JSON.stringify({ ...record, pin: { ...record.pin, cost: 2 ** 30 } }), ' '.repeat(5000)]) {
    assert.is(await fault(there.owners.prepare('owner/201', oneChunk(Buffer.from(bad)))), 'malformed', bad.slice(0, 40));
  }
});

test('which settings belong to the site', () => {
  const own = settingsOf(JSON.stringify({ ...JSON.parse(settingsText()), unit: { name: 'one', language: 'de' }, ports: 4, console: { idleMin: 1 } }));
  const site = sharedPart(settingsOf(JSON.stringify({ ...JSON.parse(settingsText(9, ['7'])), unit: { name: 'two', timeZone: 'Europe/Berlin' }, ports: 9, sip: { port: 5099 } })));
  assert.equal(Object.keys(site), ['unit', 'numbers', 'messages', 'transfers', 'breakout', 'pins', 'telephone', 'peers', 'mail', 'outgoing', 'outcalling', 'queues', 'mailboxes']);
  const both = laidOver(own, site, false);
  assert.equal(both.unit, { name: 'one', language: 'en', timeZone: 'Europe/Berlin' });
  assert.equal([both.ports, both.sip.port, both.console.idleMin, both.pins.minLength, both.mailboxes.map(({ number }) => number)], [4, 5060, 1, 9, ['7']]);
  assert.equal(checkShared(JSON.parse(Buffer.from(canonicalBytes(site)).toString())), site);
  assert.throws(() => checkShared({ ...site, later: 1 }), (error: unknown) => error instanceof SiteError && error.id === 'not-applicable');
});

test('queues, menus, transfers and breakout are those of the site; ports, lines and what flows may reach are not', () => {
  const settingsWith = (more: object) => settingsOf(JSON.stringify({ ...JSON.parse(settingsText()), peers: [{ name: 'pbx', addresses: ['10.0.0.1'], host: '10.0.0.1' }], ...more }));
  const own = settingsWith({ reservations: { leave: 1 }, flows: { databases: [{ name: 'here', file: '/data/here.sqlite' }] } });
  const site = settingsWith({
    queues: [{ number: '500', name: 'Sales', agents: ['201'] }], telephone: { mode: 'intuity' }, transfers: { ringSec: 33 }, breakout: { key0: '100' }, numbers: { recording: ['*66'] },
    reservations: { leave: 2 }, flows: { databases: [{ name: 'there', file: '/data/there.sqlite' }] },
  });
  const both = laidOver(own, checkShared(JSON.parse(Buffer.from(canonicalBytes(sharedPart(site))).toString())), false);
  assert.equal([both.queues.map(({ number }) => number), both.telephone.mode, both.transfers.ringSec, both.breakout.key0, both.numbers.recording], [['500'], 'intuity', 33, '100', ['*66']]);
  assert.equal([both.reservations.leave, both.flows.databases[0]?.name], [1, 'here']);
  const distributed = laidOver(own, sharedPart(settingsWith({ queues: [{ number: '500', name: 'Sales', agents: ['201'] }], outgoing: { peer: 'pbx' } })), true);
  assert.equal([distributed.queues, distributed.outgoing.peer], [[], null], 'a distributed unit has a PBX, and queues, of its own');
});

test('what a person changed in the own file is done to the site\'s settings, the rest of them stays', () => {
  const part = (minLength: number, boxes: readonly string[], more = {}) => sharedPart(settingsOf(JSON.stringify({ ...JSON.parse(settingsText(minLength, boxes)), ...more })));
  const numbers = (shared: ReturnType<typeof part>): string[] => shared.mailboxes.map(({ number }) => number);
  const site = part(9, ['201', '300', '202'], { messages: { maxSec: 60 } });
  const nothing = handEdited(part(6, ['201', '202']), part(6, ['201', '202']), site);
  assert.equal(nothing, site);
  const added = handEdited(part(6, ['201', '202']), part(6, ['201', '202', '1']), site);
  assert.equal([numbers(added), added.pins.minLength, added.messages.maxSec], [['201', '300', '202', '1'], 9, 60]);
  const removed = handEdited(part(6, ['201', '202']), part(7, ['202']), site);
  assert.equal([numbers(removed), removed.pins.minLength], [['300', '202'], 7]);
  const named = handEdited(part(6, ['201']), sharedPart(settingsOf(JSON.stringify({ ...JSON.parse(settingsText()), mailboxes: [{ number: '201', name: 'Ada' }] }))), site);
  assert.equal([named.mailboxes[0]?.number, named.mailboxes[0]?.name], ['201', 'Ada']);
});

test('site-settings.json: kept over boots, damaged it must not pass for a change, removed it lets the own file count', async () => {
  const storage = new SimStorage();
  const log = new ListLog();
  const first = await SettingsSource.open(storage, settingsOf(settingsText()), log);
  await (await first.prepare('settings', oneChunk(canonicalBytes(sharedPart(settingsOf(settingsText(9))))))).commit();
  const second = await SettingsSource.open(storage, settingsOf(settingsText()), log);
  assert.is(second.settings.pins.minLength, 9);
  assert.equal([second.names(), second.fromSite], [['settings'], ['pins.minLength']]);
  storage.flipBit(siteSettingsPath, 3);
  const damaged = await SettingsSource.open(storage, settingsOf(settingsText()), log);
  assert.equal([damaged.names(), damaged.settings.pins.minLength, log.has('site-settings-lost')], [[], 6, true]);
  await storage.remove(siteSettingsPath);
  const third = await SettingsSource.open(storage, settingsOf(settingsText()), log);
  assert.equal([third.names(), third.settings.pins.minLength], [['settings'], 6]);
});

test('disk-full at the start: the settings of the site count as before', async () => {
  const storage = new SimStorage();
  const log = new ListLog();
  const first = await SettingsSource.open(storage, settingsOf(settingsText()), log);
  await (await first.prepare('settings', oneChunk(canonicalBytes(sharedPart(settingsOf(settingsText(9))))))).commit();
  storage.fault = ({ kind }) => (['list', 'stat', 'open', 'read', 'space'].includes(kind) ? null : 'no-space');
  const full = await SettingsSource.open(storage, settingsOf(settingsText()), log);
  assert.equal([full.settings.pins.minLength, full.names(), log.has('site-settings-not-taken')], [9, ['settings'], false]);
});

test('a file changed while the unit was off counts as changed by a person', async () => {
  const storage = new SimStorage();
  const log = new ListLog();
  await SettingsSource.open(storage, settingsOf(settingsText(6, ['201'])), log);
  const again = await SettingsSource.open(storage, settingsOf(settingsText(6, ['201', '202'])), log);
  assert.equal(again.settings.mailboxes.length, 2);
  const bytes = await bytesOf(again, 'settings');
  assert.is(await again.is('settings', valueOf(bytes)), true);
});

test('settings that contradict the unit\'s own at the start: the unit runs with its own, and says so', async () => {
  const storage = new SimStorage();
  const log = new ListLog();
  const tcp = settingsOf(JSON.stringify({ ...JSON.parse(settingsText()), peers: [{ name: 'pbx', addresses: ['10.0.0.1'], host: '10.0.0.1', transport: 'tcp' }] }));
  await SettingsSource.open(storage, tcp, log);
  const withoutTcp = settingsOf(JSON.stringify({ ...JSON.parse(settingsText()), sip: { tcp: false }, peers: [{ name: 'other', addresses: ['10.0.0.2'] }] }));
  const source = await SettingsSource.open(storage, { ...tcp, sip: { ...tcp.sip, tcp: false } }, log);
  assert.equal([source.names(), log.has('site-settings-not-taken'), source.settings.sip.tcp], [[], true, false]);
  const fine = await SettingsSource.open(storage, withoutTcp, log);
  assert.equal(fine.settings.peers.map(({ name }) => name), ['other']);
});

test('a distributed unit has peers of its own, and hands the site\'s on as they are', async () => {
  const storage = new SimStorage();
  const own = settingsOf(JSON.stringify({ peers: [{ name: 'c', addresses: ['10.0.3.1'] }], mailboxes: [], central: { addresses: ['10.0.1.2'], collectAt: '*17' } }));
  const far = await SettingsSource.open(storage, own, new ListLog());
  const site = settingsText(9, ['201', '202']);
  const bytes = await bytesOf(await SettingsSource.open(new SimStorage(), settingsOf(site), new ListLog()), 'settings');
  const prepared = await far.prepare('settings', oneChunk(bytes));
  await prepared.commit();
  assert.equal([far.settings.peers.map(({ name }) => name), far.settings.mailboxes.length, far.settings.pins.minLength], [['c'], 2, 9]);
  const told: string[] = [];
  far.changed = (name) => void told.push(name);
  const changed = await far.reload({ ...own, peers: [{ ...own.peers[0], name: 'd' } as (typeof own.peers)[number]] });
  assert.equal([changed.peers.map(({ name }) => name), told], [['d'], []], 'its own change is nobody else\'s');
  await far.reload({ ...own, central: null });
  assert.equal([far.settings.peers.map(({ name }) => name), told], [['c'], []], 'also when central is struck out, until the next start');
  assert.ok((await bytesOf(far, 'settings')).equals(bytes), 'what it says of the site is what the site said');
});

test.run();
