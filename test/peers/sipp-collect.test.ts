// Owners collect: keys as RFC 4733 events and by INFO, over UDP and TCP; what they do shows in the messages and on the lamps.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePorts } from '../support/peers/free-ports.ts';
import { hasMessage, leave, leavesNoCalls, numbered, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import type { Sound } from '../support/peers/rtp-track.ts';
import { writeTrack } from '../support/peers/rtp-track.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn, testSideBySide } from '../support/peers/side-by-side.ts';
import type { SippCall } from '../support/peers/sipp.ts';
import { Sipp, sipp } from '../support/peers/sipp.ts';
import { received } from '../support/peers/sipp-messages.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), root);
const tracks = mkdtempSync(path.join(tmpdir(), 'collect-'));
const collectUri = 'sip:*17@[remote_ip]:[remote_port]';
const boxes = numbered(201, 6);

/** A PBX that is told every lamp unasked, and a unit with a message in each mailbox. */
const site = onlyOnce(async () => {
  const port = await freePorts(2);
  const pbx = await Sipp.start({ scenario: 'lamps', port, calls: 1000, limitMs: 250_000 });
  const unit = await RunningUnit.start({
    ports: 16,
    mailboxes: boxes,
    settings: { peers: [{ name: 'local', addresses: ['127.0.0.1'], host: '127.0.0.1', port, lamps: 'notify' }] },
  });
  const phone = await Sipp.start({ scenario: 'subscribe', to: unit.sipPort, limitMs: 100_000 });
  for (let tries = 0; received(phone.messages, 'NOTIFY').length === 0 && tries < 100; tries++) await sleep(100);
  await Promise.all(boxes.map(async (mailbox) => {
    wentWell(await leave(unit, { mailbox }));
    await hasMessage(unit, mailbox);
  }));
  return { unit, pbx, phone };
});

/** What the PBX was told of a mailbox's lamp, in order: `yes 1/0`. */
function lampStates(pbx: Sipp, mailbox: string): string[] {
  const states = received(pbx.messages, `NOTIFY sip:${mailbox}@`).map(({ text }) => {
    const waiting = /^Messages-Waiting: (\w+)$/m.exec(text)?.[1];
    return `${waiting} ${/^Voice-Message: (\S+)/m.exec(text)?.[1]}`;
  });
  return states.filter((state, index) => state !== states[index - 1]);
}

async function lampsWent(mailbox: string, expected: readonly string[]): Promise<void> {
  const { pbx } = await site();
  for (let tries = 0; lampStates(pbx, mailbox).length < expected.length && tries < 50; tries++) await sleep(100);
  assert.equal(lampStates(pbx, mailbox), expected);
}

async function isNow(mailbox: string, state: string): Promise<void> {
  const [message] = await (await site()).unit.messages(mailbox);
  assert.is(message?.state, state);
}

/** Logs in with keys in RTP, does what `then` says, and is told goodbye. */
async function collects(mailbox: string, then: readonly Sound[], call: Partial<SippCall> = {}, pin?: string): Promise<void> {
  const { unit } = await site();
  const { file, ms } = writeTrack(path.join(tracks, `${mailbox}.pcap`), [500, `${mailbox}#`, 500, `${pin ?? unit.pin(mailbox)}#`, ...then, 20_000]);
  const values = { number: '*17', uri: collectUri, track: file, trackMs: ms };
  wentWell(await sipp({ scenario: 'call-until-bye', to: unit.sipPort, values, ...call }));
}

async function collectsByInfo(mailbox: string, key: string): Promise<void> {
  const { unit } = await site();
  const digits = (name: string, text: string): [string, string][] => [...text].map((digit, at) => [`${name}${'ABCDEF'.charAt(at)}`, digit]);
  const values = Object.fromEntries([...digits('box', mailbox), ...digits('pin', unit.pin(mailbox)), ['number', '*17'], ['uri', collectUri], ['key', key]]);
  wentWell(await sipp({ scenario: 'collect-info', to: unit.sipPort, values }));
}

const off = 'no 0/0';
const on = 'yes 1/0';
const kept = 'no 0/1';

testSideBySide(missing, {
  'keys as RFC 4733 events: 5 saves the message, and its lamp goes out': async () => {
    await collects('201', [2500, '5', 2000, '0']);
    await isNow('201', 'saved');
    await lampsWent('201', [off, on, kept]);
  },
  'keys by INFO: 4 deletes the message, and its lamp goes out': async () => {
    await collectsByInfo('202', '4');
    assert.equal(await (await site()).unit.messages('202'), []);
    await lampsWent('202', [off, on, off]);
  },
  'over TCP: a message that was heard to its end is an old one': async () => {
    await collects('203', [1500, '#', 8000, '0'], { transport: 'tcp' });
    await isNow('203', 'old');
    await lampsWent('203', [off, on, kept]);
  },
  'keys whose timestamps overlap count once each, and the message is read out by itself': async () => {
    const { unit } = await site();
    const values = { number: '*17', uri: collectUri, keys: `204#${unit.pin('204')}#` };
    wentWell(await sipp({ scenario: 'collect-own-digits', to: unit.sipPort, values }));
    await isNow('204', 'old');
  },
  'three wrong PINs end the call, and the message stays new': async () => {
    const wrong = (await site()).unit.pin('205') === '111111' ? '222222' : '111111';
    const again: Sound[] = [500, '205#', 500, `${wrong}#`];
    await collects('205', [...again, ...again], {}, wrong);
    await isNow('205', 'new');
    await lampsWent('205', [off, on]);
  },
  'the owner hangs up before anything is heard: the message stays new': async () => {
    const { unit } = await site();
    const { file } = writeTrack(path.join(tracks, '206.pcap'), [500, '206#', 500, `${unit.pin('206')}#`]);
    wentWell(await sipp({ scenario: 'call-and-hang-up', to: unit.sipPort, values: { number: '*17', uri: collectUri, track: file, trackMs: 5000 } }));
    await isNow('206', 'new');
  },
  'a telephone that subscribed sees its lamp go on and off again': async () => {
    const { phone } = await site();
    const end = await phone.ended;
    wentWell(end);
    const counts = received(end.messages, 'NOTIFY').map(({ text }) => /^Voice-Message: (\S+)/m.exec(text)?.[1]);
    assert.equal(counts, ['0/0', '1/0', '0/1', '0/1']);
  },
});

testInTurn(missing, {
  'nothing is left of calls and subscriptions, and the unit stops in time': async () => {
    const { unit, pbx } = await site();
    await leavesNoCalls(unit);
    assert.match(await unit.console('show messages 202 --deleted'), /deleted/);
    assert.is(await unit.counter('subscriptions'), 0);
    await pbx.stop();
    await unit.mustStop();
  },
});
test.after(endPrograms);
test.run();
