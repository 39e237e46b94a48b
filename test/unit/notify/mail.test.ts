import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HalError } from '../../../hal/errors.ts';
import { failedOutcome, LetterUnreadable } from '../../../hal/drivers/smtp/smtp-outcome.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import { wavHeaderBytes } from '../../../firmware/mailbox/wav.ts';
import { mostMailEntries } from '../../../firmware/notify/mail-outbox.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { UuidV7 } from '../../../firmware/mailbox/uuidv7.ts';
import type { Telling } from '../../../firmware/notify/notify-record.ts';
import { NotifyRecords } from '../../../firmware/notify/notify-records.ts';
import { untold, withTold } from '../../../firmware/notify/untold.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { factsFor } from '../../support/store-fixture.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { NotifyWorldOptions } from '../../support/notify-world.ts';
import { notifyConfiguration, NotifyWorld } from '../../support/notify-world.ts';
import { testSettings } from '../../support/sim-unit.ts';

const start = (options: NotifyWorldOptions = {}): Promise<NotifyWorld> => NotifyWorld.start(options);
const choose = async (world: NotifyWorld, mailbox: string, email: 'off' | 'copy' | 'forward' | 'alert'): Promise<void> => {
  await world.desk.records.choose(mailbox, { email });
  world.desk.storeChanged(mailbox);
  await world.clock.advance(10);
};
const hour = 3_600_000;

test('copy: the message goes by mail with its audio, and stays new', async () => {
  const world = await start();
  const message = await world.message('202');
  await world.clock.advance(1000);
  const [letter, ...more] = world.mail.taken;
  assert.equal([letter?.to, letter?.from, letter?.fromName, more.length], ['ben@example.org', 'voicemail@example.org', 'understudy', 0]);
  assert.is(letter?.subject, 'Sprachnachricht von Ada (0301234) (0:02)');
  assert.match(letter?.text ?? '', 'Neue Sprachnachricht für Mailbox 202 (Ben).');
  assert.match(letter?.text ?? '', 'Montag, 5. Januar 2026');
  assert.match(letter?.attachment?.fileName ?? '', /^nachricht-202-20260105T0900Z\.wav$/);
  assert.is(letter?.attachment?.bytes.length, wavHeaderBytes + message.bytes * 2);
  assert.equal(world.states('202'), ['new']);
  assert.equal(world.mail.lastServer, { host: 'mail.example.org', port: 587, tls: 'starttls', authorityFile: null, login: { user: 'unit', password: 'hush' } });
  assert.equal(world.desk.deliveries.lines.map(({ outcome, to, words }) => [outcome, to, words]), [['accepted', 'ben@example.org', '250 OK']]);
  await world.stop();
});

test('forward: the message is deleted when the server has accepted it, and not a moment before', async () => {
  const world = await start();
  world.mail.takesMs = 10_000;
  await choose(world, '201', 'forward');
  await world.message('201');
  await world.clock.advance(9990);
  assert.equal([world.mail.taken.length, world.states('201')], [1, ['new']], 'the server has it and has not said so');
  await world.clock.advance(100);
  assert.equal([world.states('201'), world.desk.outbox.all().length], [['deleted'], 0]);
  await world.stop();
});

test('alert: no audio leaves the unit', async () => {
  const world = await start();
  await choose(world, '201', 'alert');
  await world.message('201');
  await world.clock.advance(1000);
  assert.equal([world.mail.taken.length, world.mail.taken[0]?.attachment, world.states('201')], [1, null, ['new']]);
  await world.stop();
});

test('off, no address, or no mail server: nothing is sent and nothing is kept', async () => {
  const world = await start();
  await world.message('201');
  await world.message('203');
  world.settings = testSettings(notifyConfiguration.replace(/^mail:.*$/m, ''));
  await world.message('202');
  await world.clock.advance(10 * 60_000);
  assert.equal([world.mail.attempts, world.desk.outbox.all().length], [0, 0]);
  await world.stop();
});

test('what lay in the mailbox before its owner turned mail on is not mailed', async () => {
  const world = await start();
  await world.message('201');
  await choose(world, '201', 'copy');
  await world.message('201');
  await world.clock.advance(10 * 60_000);
  assert.is(world.mail.taken.length, 1);
  await world.desk.mail.sendAll('201');
  await world.clock.advance(1000);
  assert.is(world.mail.taken.length, 3, 'all of them when the owner asks for it');
  await world.stop();
});

test('a mail server that is away for a day: pauses grow, nobody else is tried meanwhile, and all goes out in the end', async () => {
  const world = await start();
  world.mail.down = true;
  for (let nth = 0; nth < 5; nth++) await world.message('202');
  const attempts: number[] = [];
  for (let hours = 1; hours <= 24; hours++) {
    await world.clock.advance(hour);
    attempts.push(world.mail.attempts);
  }
  assert.ok((attempts[0] ?? 99) <= 8, `${attempts[0]} attempts in the first hour`);
  assert.ok((attempts[23] ?? 99) <= 60, `${attempts[23]} attempts in a day`);
  world.mail.down = false;
  await world.clock.advance(4 * hour + 60_000);
  assert.equal([world.mail.taken.length, world.desk.outbox.all().length], [5, 0]);
  await world.stop();
});

test('4xx: the one letter waits, the others go', async () => {
  const world = await start();
  world.mail.answers.push({ kind: 'temporary', words: '451 greylisted', server: false });
  await world.message('202');
  await world.message('202');
  await world.clock.advance(1000);
  assert.equal([world.mail.taken.length, world.desk.outbox.all().map(({ tries, words }) => [tries, words])], [1, [[1, '451 greylisted']]]);
  await world.clock.advance(61_000);
  assert.is(world.mail.taken.length, 2);
  assert.is(new Set(world.mail.taken.map(({ id }) => id)).size, 2, 'each letter has one id, whenever it is sent');
  await world.stop();
});

test('5xx: given up at once and told by an alarm; a forwarded message stays where it is', async () => {
  const world = await start();
  world.mail.answers.push({ kind: 'permanent', words: '550 no such user' });
  await choose(world, '201', 'forward');
  await world.message('201');
  await world.clock.advance(10 * 60_000);
  assert.equal([world.mail.attempts, world.states('201'), world.desk.outbox.all().length], [1, ['new'], 0]);
  assert.equal(world.log.events.filter(({ severity }) => severity === 'alert').map(({ event }) => event), ['mail-lost']);
  assert.is(world.desk.deliveries.lines.at(-1)?.outcome, 'refused');
  await world.stop();
});

test('three days of 4xx: given up, told by an alarm, and the message stays', async () => {
  const world = await start();
  for (let nth = 0; nth < 40; nth++) world.mail.answers.push({ kind: 'temporary', words: '452 full', server: false });
  await choose(world, '201', 'forward');
  await world.message('201');
  await world.clock.advance(70 * hour);
  assert.is(world.desk.outbox.all().length, 1, 'not before three days');
  await world.clock.advance(10 * hour);
  assert.equal([world.desk.outbox.all().length, world.states('201'), world.log.has('mail-lost')], [0, ['new'], true]);
  await world.stop();
});

test('a clock that jumps by years gives no mail up, and one that is set back by a day holds none up by a day', async () => {
  const world = await start();
  world.mail.answers.push({ kind: 'temporary', words: '451 later', server: false }, { kind: 'temporary', words: '451 later', server: false });
  await world.message('202');
  await world.clock.advance(1000);
  world.clock.stepWall(20 * 365 * 24 * hour);
  await world.clock.advance(2 * 60_000);
  assert.is(world.desk.outbox.all().length, 1);
  world.clock.stepWall(-24 * hour);
  await world.clock.advance(2 * 60_000);
  assert.is(world.mail.taken.length, 1);
  await world.stop();
});

test('no more than may go in an hour; the rest follows', async () => {
  const world = await start({ settings: testSettings(notifyConfiguration.replace('password: hush', 'password: hush, mostPerHour: 3')) });
  for (let nth = 0; nth < 5; nth++) await world.message('202');
  await world.clock.advance(30 * 60_000);
  assert.is(world.mail.taken.length, 3);
  await world.clock.advance(32 * 60_000);
  assert.is(world.mail.taken.length, 5);
  await world.stop();
});

test('a standby is mute; it tells what is its to tell when it serves, and not what the other unit had the time to tell', async () => {
  const paired = `${notifyConfiguration}pair: { rank: backup, partner: [10.0.0.3] }\n`;
  const world = await start({ settings: testSettings(paired), takenFor: 'partner' });
  world.serves = false;
  world.desk.serving(false);
  await choose(world, '202', 'copy');
  const facts = (more: object) => world.message('202', more);
  await facts({}); // mirrored, and old when this one takes over
  await world.clock.advance(20 * 60_000);
  await facts({}); // mirrored a minute before the other one died
  await world.clock.advance(60_000);
  assert.is(world.mail.attempts, 0);
  world.serves = true;
  world.desk.serving(true);
  await world.clock.advance(1000);
  assert.is(world.mail.taken.length, 1, 'only the one of the last ten minutes');
  await facts({ takenFor: 'partner' });
  await world.clock.advance(1000);
  assert.is(world.mail.taken.length, 2, 'its own');
  await world.stop();
});

test('a message that was deleted before its mail went is not mailed', async () => {
  const world = await start();
  world.mail.down = true;
  const { id } = await world.message('202');
  await world.clock.advance(1000);
  await world.store.mark('202', id, 'deleted');
  world.mail.down = false;
  await world.clock.advance(hour);
  assert.equal([world.mail.taken.length, world.desk.outbox.all().length, world.desk.deliveries.lines.at(-1)?.outcome], [0, 0, 'gone']);
  await world.stop();
});

test('after a restart nothing is mailed twice, and what waited goes on', async () => {
  const storage = new SimStorage();
  const first = await start({ storage });
  await first.message('202');
  await first.clock.advance(1000);
  first.mail.down = true;
  await first.message('202');
  await first.clock.advance(1000);
  await first.stop();
  const second = await start({ storage, clock: first.clock, seed: 2 });
  await second.clock.advance(2 * 60_000);
  assert.equal([first.mail.taken.length, second.mail.taken.length], [1, 1]);
  assert.is.not(first.mail.taken[0]?.id, second.mail.taken[0]?.id);
  await second.stop();
});

test('an outbox entry that rotted on the disk is set aside and told, and does not keep the unit from starting', async () => {
  const storage = new SimStorage();
  const first = await start({ storage });
  first.mail.down = true;
  await first.message('202');
  await first.clock.advance(1000);
  const [entry] = first.desk.outbox.all();
  await first.stop();
  storage.flipBit(`notify/outbox/${entry?.id}.json`, 3);
  const second = await start({ storage, clock: first.clock, seed: 2 });
  assert.equal([second.desk.outbox.all().length, second.log.has('mail-damaged')], [0, true]);
  assert.ok((await storage.list('notify/outbox')).includes(`${entry?.id}.json.damaged`));
  await second.stop();
});

test('the outbox is bounded: a mail too many is refused, and messages wait in their mailbox', async () => {
  const world = await start();
  world.mail.down = true;
  for (let nth = 0; nth < mostMailEntries; nth++) await world.desk.mail.sendText({ to: 'x@example.org', subject: `${nth}`, text: '' }, null);
  assert.is(await world.desk.mail.sendText({ to: 'x@example.org', subject: 'one more', text: '' }, null), 'full');
  await world.message('202');
  assert.equal([world.desk.outbox.all().length, world.desk.records.telling('202', 'mail').told.length], [mostMailEntries, 0]);
  for (const { id } of world.desk.outbox.all().slice(0, 10)) await world.desk.outbox.remove(id);
  await world.clock.advance(6 * 60_000);
  assert.is(world.desk.records.telling('202', 'mail').told.length, 1, 'it is in the outbox now');
  await world.stop();
});

test('what callers send of themselves cannot break a mail', async () => {
  const world = await start();
  await world.message('202', { callerName: 'Eve\r\nBcc: all@example.org', callerNumber: '' });
  await world.clock.advance(1000);
  assert.is(world.mail.taken[0]?.subject, 'Sprachnachricht von Eve Bcc: all@example.org (0:02)');
  await world.stop();
});

test('a flow sends a text with a recording of its own; a bad address is refused', async () => {
  const world = await start();
  const source = { codec: 'PCMU' as const, bytes: 1600, read: async (offset: number, length: number) => new Uint8Array(Math.min(length, 1600 - offset)).fill(0xff), close: async () => undefined };
  world.mail.down = true;
  assert.is(await world.desk.mail.sendText({ to: 'desk@example.org', subject: 'Order', text: 'Listen.\n' }, source), 'ok');
  world.mail.down = false;
  await world.clock.advance(5 * 60_000);
  assert.equal([world.mail.taken[0]?.subject, world.mail.taken[0]?.attachment?.bytes.length], ['Order', wavHeaderBytes + 3200]);
  assert.equal(await world.storage.list('notify/outbox'), []);
  assert.is(await world.desk.mail.sendText({ to: 'desk@example.org\nRCPT TO:<x@y>', subject: '', text: '' }, null), 'bad-address');
  await world.stop();
});

test('the server has it and the disk cannot note that down: it is not sent again, and noted down when the disk can', async () => {
  const world = await start();
  await choose(world, '201', 'forward');
  const { store } = world;
  const mark = store.mark.bind(store);
  let tries = 0;
  store.mark = async () => {
    tries += 1;
    throw new HalError('io', 'state', 'the disk does not write');
  };
  await world.message('201');
  await world.clock.advance(3 * hour);
  assert.equal([world.mail.taken.length, world.states('201'), world.desk.outbox.all().length], [1, ['new'], 1]);
  assert.ok(tries >= 5 && tries <= 12, `${tries} tries in three hours`);
  await world.message('202');
  await world.clock.advance(1000);
  assert.is(world.mail.taken.length, 2, 'it holds up no other mail');
  store.mark = mark;
  await world.clock.advance(3 * hour);
  assert.equal([world.mail.taken.length, world.states('201'), world.desk.outbox.all().length], [2, ['deleted'], 0]);
  await world.stop();
});

test('mail retry while mail goes out: what was just sent does not come back', async () => {
  const world = await start();
  world.mail.down = true;
  for (let nth = 0; nth < 3; nth++) await world.message('202');
  await world.clock.advance(1000);
  world.mail.down = false;
  const { outbox } = world.desk;
  const change = outbox.change.bind(outbox);
  let first = true;
  // While the first is being put forward the last is sent.
  outbox.change = async (entry) => {
    const last = outbox.all().at(-1);
    if (first && last !== undefined) await outbox.remove(last.id);
    first = false;
    await change(entry);
  };
  await world.desk.sender.retry(null);
  await world.clock.advance(1000);
  assert.equal([world.mail.taken.length, outbox.all().length, await world.storage.list('notify/outbox')], [2, 0, []]);
  await world.stop();
});

test('an entry that is removed while it is being written stays removed', async () => {
  const world = await start();
  world.mail.down = true;
  await world.message('202');
  await world.clock.advance(1000);
  const { outbox } = world.desk;
  const [entry] = outbox.all();
  if (entry === undefined) throw new Error('nothing waits');
  await Promise.all([outbox.change({ ...entry, words: 'later' }), outbox.remove(entry.id)]);
  assert.equal([outbox.all().length, await world.storage.list('notify/outbox')], [0, []]);
  await world.stop();
});

test('forward, turned off while its mail waits: nothing is sent and the message stays', async () => {
  const world = await start();
  world.mail.down = true;
  await choose(world, '201', 'forward');
  await world.message('201');
  await world.clock.advance(1000);
  await choose(world, '201', 'off');
  world.mail.down = false;
  await world.clock.advance(hour);
  assert.equal([world.mail.taken.length, world.states('201'), world.desk.outbox.all().length], [0, ['new'], 0]);
  await world.stop();
});

test('forward, and its owner saves the message while its mail waits: it is not deleted', async () => {
  const world = await start();
  world.mail.down = true;
  await choose(world, '201', 'forward');
  const { id } = await world.message('201');
  await world.clock.advance(1000);
  await world.store.mark('201', id, 'saved');
  world.mail.down = false;
  await world.clock.advance(hour);
  assert.equal([world.mail.taken.length, world.states('201'), world.desk.outbox.all().length], [1, ['saved'], 0]);
  await world.stop();
});

test('an outbox that has room for some of several messages: each is mailed once', async () => {
  const world = await start();
  world.mail.down = true;
  for (let nth = 0; nth < mostMailEntries - 1; nth++) await world.desk.mail.sendText({ to: 'x@example.org', subject: `${nth}`, text: '' }, null);
  const { outbox } = world.desk;
  const add = outbox.add.bind(outbox);
  outbox.add = async () => Promise.reject(new HalError('no-space', 'outbox', 'full disk'));
  await world.message('202');
  await world.message('202');
  outbox.add = add;
  world.desk.storeChanged('202');
  await world.clock.advance(10);
  assert.equal([outbox.all().filter(({ mode }) => mode === 'copy').length, world.desk.records.telling('202', 'mail').told.length], [1, 1]);
  for (const { id, mode } of outbox.all()) if (mode === 'text') await outbox.remove(id);
  world.mail.down = false;
  await world.clock.advance(5 * hour);
  assert.is(world.mail.taken.length, 2);
  await world.stop();
});

test('more messages than an index of told ones once had room for, many of them in the trash: none is mailed twice, and the choices survive a restart', async () => {
  const storage = new SimStorage();
  const first = await start({ storage });
  await choose(first, '201', 'copy');
  const messages: Message[] = Array.from({ length: 900 }, (_, nth) => ({ ...factsFor('201'), id: new UuidV7(first.clock, new SimRandom(nth + 100)).next(), startedMs: first.clock.wall(), durationMs: 1000, bytes: 8000, state: nth < 450 ? 'deleted' : 'new', interrupted: false, lostPackets: 0 }) as unknown as Message);
  let telling: Telling = { on: true, told: [], job: null };
  const look = () => untold({ on: true, telling, messages, takenFor: null, inPair: false, nowMs: first.clock.wall() });
  telling = withTold(telling, look().messages.map(({ id }) => id));
  assert.is(look().messages.length, 0, 'all are told');
  await first.desk.records.tell('201', 'mail', look().telling);
  await first.desk.records.tell('201', 'outcall', look().telling);
  await first.desk.records.tell('201', 'callback', look().telling);
  await first.stop();
  const records = await NotifyRecords.open(storage, 'notify/mailboxes', first.log);
  assert.equal([records.choices('201').email, records.telling('201', 'mail').told.length, records.telling('201', 'callback').told.length], ['copy', 450, 450]);
  assert.equal(first.log.events.filter(({ severity }) => severity === 'alert'), []);
  assert.is(untold({ on: true, telling: { on: false, told: [], job: null }, messages, takenFor: null, inPair: false, nowMs: 0 }).telling.told.length, 450, 'those in the trash take no room');
});

test('a mail that is not taken leaves no recording open', async () => {
  const world = await start();
  let open = 0;
  const source = () => {
    open += 1;
    return { codec: 'PCMU' as const, bytes: 1600, read: async (_offset: number, length: number) => new Uint8Array(Math.min(length, 1600)), close: async () => void (open -= 1) };
  };
  assert.is(await world.desk.mail.sendText({ to: 'none', subject: '', text: '' }, source()), 'bad-address');
  world.settings = testSettings(notifyConfiguration.replace(/^mail:.*$/m, ''));
  assert.is(await world.desk.mail.sendText({ to: 'x@example.org', subject: '', text: '' }, source()), 'no-server');
  world.settings = testSettings(notifyConfiguration);
  world.desk.outbox.add = async () => Promise.reject(new HalError('busy', 'outbox', 'full'));
  await world.desk.mail.sendText({ to: 'x@example.org', subject: '', text: '' }, source()).catch(() => undefined);
  assert.is(open, 0);
  await world.stop();
});

test('unreadable-recording: the one letter waits, and the server is not to blame', () => {
  const outcome = failedOutcome('envelope', new LetterUnreadable('the recording cannot be read'));
  assert.equal(outcome, { kind: 'temporary', words: 'the recording cannot be read', server: false });
  assert.equal(failedOutcome('envelope', new Error('socket hang up')).kind === 'temporary' && (failedOutcome('envelope', new Error('socket hang up')) as { server: boolean }).server, true);
});

const faults: [string, string, RegExp][] = [
  ['a user without a password', 'mail: { host: m, from: a@b, user: u }', /mail\.user: without a password nobody can log in/],
  ['a password in the clear', 'mail: { host: m.example, from: a@b, user: u, password: p, tls: off }', /mail\.tls: the password would go over the network in the clear/],
  ['no such peer', 'outgoing: { peer: nobody }', /outgoing\.peer: there is no peer named nobody/],
  ['hours that end before they begin', 'outcalling: { prime: { from: "19:30", to: "07:30" } }', /outcalling\.prime\.to: must be later than from/],
  ['an address that is none', 'mail: { host: m, from: "a b@c" }', /mail\.from: must be a mail address/],
  ['a pattern that is none', 'outgoing: { allow: ["0.1"] }', /outgoing\.allow\[0\]: must be a pattern/],
];

for (const [name, text, expected] of faults) {
  test(`configuration: ${name} is a fault`, () => {
    const parsed = parseConfiguration(`peers: []\nmailboxes: []\n${text}\n`, 'u');
    assert.match(parsed.ok ? 'no fault' : parsed.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'), expected);
  });
}

test('a password in the clear to this machine itself is allowed', () => {
  assert.is(parseConfiguration('peers: []\nmailboxes: []\nmail: { host: 127.0.0.1, from: a@b, user: u, password: p, tls: "off" }\n', 'u').ok, true);
});

test.run();
