// Mail to a real server: aiosmtpd, with STARTTLS, TLS from the first octet, log-in, refusals and a certificate of somebody else.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mailboxEntry } from '../support/mail-choices.ts';
import { leave, wentWell } from '../support/peers/leave-calls.ts';
import { aiosmtpd, MailServer } from '../support/peers/mail-server.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { SmtpMailNet } from '../../hal/drivers/smtp/smtp-mail.ts';
import type { Letter, MailServer as Server } from '../../hal/mail.ts';
import type { WallMs } from '../../hal/clock.ts';
import { wavHeader } from '../../firmware/mailbox/wav.ts';
import { command, testWith } from '../support/skip.ts';

const needs = [aiosmtpd, command('openssl', 'openssl')];
const limitMs = 5000;

test.after(endPrograms);

async function* wav(): AsyncGenerator<Uint8Array> {
  yield wavHeader(80_000);
  for (let block = 0; block < 10; block++) yield new Uint8Array(16_000).fill(block);
}

const letter = (more: Partial<Letter> = {}): Letter => ({
  id: 'one@example.org', from: 'voicemail@example.org', fromName: 'Anrufbeantworter Büro', to: 'ada@example.org', subject: 'Nachricht für Jörg', text: 'Hören Sie.\n.\nEnde\n',
  date: Date.UTC(2026, 0, 5, 9) as WallMs, attachment: null, ...more,
});
const sound = () => ({ fileName: 'nachricht.wav', contentType: 'audio/wav', content: wav() });
const login = { user: 'unit', password: 'pass word' };
const at = ({ port, authority }: MailServer, tls: Server['tls'], more: Partial<Server> = {}): Server => ({ host: 'localhost', port, tls, authorityFile: authority, login: null, ...more });
const net = new SmtpMailNet();

for (const tls of ['starttls', 'required'] as const) {
  testWith(needs, `${tls === 'required' ? 'TLS from the first octet' : 'STARTTLS'} with log-in: the letter arrives as it was written, umlauts, dots and sound`, async () => {
    const server = await MailServer.start({ tls, login });
    const outcome = await net.send(at(server, tls, { login }), letter({ attachment: sound() }), limitMs);
    assert.equal(outcome, { kind: 'accepted', words: '250 2.0.0 taken as one@exam' });
    const [mail] = server.mails;
    assert.equal([mail?.from, mail?.to, mail?.user, mail?.tls], ['voicemail@example.org', ['ada@example.org'], 'unit', true]);
    assert.equal([mail?.headers['Subject'], mail?.headers['From'], mail?.headers['Message-ID'], mail?.headers['Auto-Submitted']], ['Nachricht für Jörg', 'Anrufbeantworter Büro <voicemail@example.org>', '<one@example.org>', 'auto-generated']);
    assert.is(mail?.text.replaceAll('\r\n', '\n').trim(), 'Hören Sie.\n.\nEnde');
    assert.equal(mail?.wav, { name: 'nachricht.wav', channels: 1, rate: 8000, width: 2, frames: 80_000 });
    await server.stop();
  });
}

const table: [string, Partial<Parameters<typeof MailServer.start>[0]>, Partial<Server> & { tls: Server['tls'] }, Partial<Letter>, object][] = [
  ['451 puts the letter off', { answers: ['451 4.7.1 greylisted'] }, { tls: 'off' }, {}, { kind: 'temporary', words: '451 4.7.1 greylisted', server: false }],
  ['552 refuses it for good', { answers: ['552 5.3.4 too big'] }, { tls: 'off' }, {}, { kind: 'permanent', words: '552 5.3.4 too big' }],
  ['an address that is refused', {}, { tls: 'off' }, { to: 'nobody@example.org' }, { kind: 'permanent', words: '550 5.1.1 no such user' }],
  ['421: the server goes away', { answers: ['421 4.3.2 shutting down'] }, { tls: 'off' }, {}, { kind: 'temporary', words: '421 4.3.2 shutting down', server: true }],
];

for (const [name, choices, more, part, expected] of table) {
  testWith(needs, `outcome: ${name}`, async () => {
    const server = await MailServer.start({ tls: 'off', ...choices });
    assert.equal(await net.send(at(server, more.tls, more), letter(part), limitMs), expected);
    await server.stop();
  });
}

testWith(needs, 'nothing about the letter: a wrong password, no STARTTLS, a certificate of somebody else, nobody there, a server that says nothing', async () => {
  const [secured, plain, other] = await Promise.all([MailServer.start({ tls: 'starttls', login }), MailServer.start({ tls: 'off' }), MailServer.start({ tls: 'starttls', name: 'mail.elsewhere.example' })]);
  const outcomes = [
    await net.send(at(secured, 'starttls', { login: { ...login, password: 'wrong' } }), letter(), limitMs),
    await net.send(at(plain, 'starttls'), letter(), limitMs),
    await net.send(at(other, 'starttls'), letter(), limitMs),
    await net.send(at(secured, 'starttls', { login, authorityFile: null }), letter(), limitMs),
    await net.send(at(plain, 'off', { port: 1 }), letter(), limitMs),
    await net.send(at(plain, 'required'), letter(), 700),
    await net.send(at(plain, 'off', { authorityFile: '/nowhere.pem' }), letter(), limitMs),
  ];
  assert.equal(outcomes.map((outcome) => [outcome.kind, 'server' in outcome && outcome.server]), outcomes.map(() => ['temporary', true]));
  assert.match(outcomes[0]?.words ?? '', /^535 /, JSON.stringify(outcomes));
  assert.match(outcomes[2]?.words ?? '', /altnames|Hostname/i);
  assert.equal([secured.mails, plain.mails, other.mails], [[], [], []], 'no letter went in the clear, or to the wrong one');
  await Promise.all([secured.stop(), plain.stop(), other.stop()]);
});

testWith(needs, 'a recording that cannot be read to its end: the letter is put off, and the server has no half of it', async () => {
  const server = await MailServer.start({ tls: 'off' });
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield wavHeader(80_000);
    throw new Error('the disk is gone');
  }
  const outcome = await net.send(at(server, 'off'), letter({ attachment: { ...sound(), content: broken() } }), limitMs);
  assert.equal({ ...outcome, words: '' }, { kind: 'temporary', words: '', server: false });
  assert.match(outcome.words, 'the disk is gone');
  await sleep(200);
  assert.equal(server.mails, []);
  await server.stop();
});

testWith(needs, 'giving up ends the attempt at once', async () => {
  const server = await MailServer.start({ tls: 'off' });
  const stop = new AbortController();
  stop.abort();
  assert.equal(await net.send(at(server, 'off'), letter(), limitMs, stop.signal), { kind: 'temporary', words: 'the attempt was given up', server: true });
  await server.stop();
});

testWith([...needs, command('sipp', 'sip-tester')], 'the built unit forwards what a caller said: refused once, accepted then, deleted only then', async () => {
  const server = await MailServer.start({ tls: 'starttls', login, answers: ['451 4.7.1 greylisted'] });
  const unit = await RunningUnit.start({ ports: 2, settings: { mail: { host: 'localhost', port: server.port, tls: 'starttls', authority: server.authority, ...login, from: 'voicemail@example.org' }, mailboxes: [mailboxEntry('201', 'ada@example.org', 'forward')] } });
  wentWell(await leave(unit, { mailbox: '201' }));
  for (let tries = 0; tries < 50 && server.attempts < 1; tries++) await sleep(200);
  await sleep(300);
  assert.match(await unit.console('show mail'), /451 4\.7\.1 greylisted/);
  assert.match(await unit.console('show messages 201'), /new/);
  await unit.console('mail retry');
  await server.until(1, 10_000);
  await sleep(500);
  assert.is(server.mails[0]?.to[0], 'ada@example.org');
  assert.ok((server.mails[0]?.wav?.frames ?? 0) > 8000);
  assert.match(await unit.console('show messages 201'), /no messages/i);
  assert.match(await unit.console('show mail'), /accepted/);
  await unit.mustStop();
  await server.stop();
});

test.run();
