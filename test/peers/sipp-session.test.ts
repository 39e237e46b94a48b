// Calls that change on the way: hold and resume in mid-recording, session timer, 100rel; and OPTIONS, which is no call.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasMessage, leave, leavesNoCalls, numbered, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms } from '../support/peers/program.ts';
import { writeTrack } from '../support/peers/rtp-track.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn, testSideBySide } from '../support/peers/side-by-side.ts';
import { sipp } from '../support/peers/sipp.ts';
import { received } from '../support/peers/sipp-messages.ts';
import { shareHeard, speech } from '../support/peers/spoken.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), root);
const tracks = mkdtempSync(path.join(tmpdir(), 'session-'));
const partMs = 2500;
const heldMs = 3000;
const unit = onlyOnce(() => RunningUnit.start({ mailboxes: numbered(201, 6), settings: { messages: { silenceSec: 0 } } }));

/** Speaks before and after the hold; the recording stands still meanwhile, so that both parts follow each other. */
async function isHeld(mailbox: string, how: { scenario: string; held: string; heldAt?: string; agreed: string }): Promise<void> {
  const [before, after] = [speech(1000 + Number(mailbox), partMs), speech(2000 + Number(mailbox), partMs)];
  const first = writeTrack(path.join(tracks, `${mailbox}-1.pcap`), [400, '#', 1500, before]);
  const second = writeTrack(path.join(tracks, `${mailbox}-2.pcap`), [after, 100], 0, { ...first.end, timestamp: first.end.timestamp + heldMs * 8 });
  const values = { number: mailbox, heldAt: '[media_ip]', ...how, track: first.file, trackMs: first.ms + 300, second: second.file, secondMs: second.ms + 300 };
  wentWell(await sipp({ scenario: how.scenario, to: (await unit()).sipPort, values }));
  await holdsBothParts(mailbox, before, after);
}

async function holdsBothParts(mailbox: string, before: Uint8Array, after: Uint8Array): Promise<void> {
  const [message, ...others] = await (await unit()).messagesOnce(mailbox, 1);
  assert.ok(message !== undefined && others.length === 0, `${others.length} messages too many`);
  assert.is(message.interrupted, false);
  assert.ok(message.durationMs > 2 * partMs && message.durationMs < 2 * partMs + heldMs, `lasts ${message.durationMs} ms: is the time on hold in it?`);
  const audio = await (await unit()).audio(message.id);
  const shares = [shareHeard(before, audio), shareHeard(after, audio)];
  assert.ok(shares.every((share) => share >= 0.95), `of what was said before and after the hold: ${shares.join(', ')}`);
  assert.ok(shareHeard(Buffer.concat([before, after]), audio) >= 0.95, 'in that order');
}

async function options(transport: 'udp' | 'tcp'): Promise<void> {
  wentWell(await sipp({ scenario: 'options', to: (await unit()).sipPort, transport }));
}

const askedToRefresh = ['Session-Expires: 90;refresher=uas', 'Min-SE: 90', 'Supported: timer', 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE'].join('\n      ');

testSideBySide(missing, {
  'hold by re-INVITE (sendonly): the message is whole': () => isHeld('201', { scenario: 'hold', held: 'sendonly', agreed: 'recvonly' }),
  'hold by re-INVITE to nowhere (c=0.0.0.0, RFC 2543): the message is whole': () =>
    isHeld('202', { scenario: 'hold', held: 'inactive', heldAt: '0.0.0.0', agreed: 'inactive' }),
  'hold by UPDATE (inactive): the message is whole': () => isHeld('203', { scenario: 'hold-by-update', held: 'inactive', agreed: 'inactive' }),
  'the unit refreshes a session when the caller leaves it to it': async () => {
    const end = await sipp({ scenario: 'refreshed', to: (await unit()).sipPort, values: { number: '204', header: askedToRefresh }, limitMs: 80_000 });
    wentWell(end);
    const [answered, refresh] = [received(end.messages, 'SIP/2.0 200')[0]?.atMs ?? 0, received(end.messages, 'UPDATE')[0]?.atMs ?? 0];
    assert.ok(Math.abs(refresh - answered - 45_000) < 2000, `refreshed after ${refresh - answered} ms`);
  },
  'a call that demands 100rel is answered, and a PRACK for nothing refused': async () => {
    const end = await leave(await unit(), { mailbox: '205', scenario: 'reliable', values: { header: 'Require: 100rel' } });
    wentWell(end);
    await hasMessage(await unit(), '205');
  },
  'OPTIONS over UDP tells what is taken': () => options('udp'),
  'OPTIONS over TCP tells what is taken': () => options('tcp'),
});
testInTurn(missing, {
  'nothing is left of the calls, and the unit stops in time': async () => {
    await leavesNoCalls(await unit());
    await (await unit()).mustStop();
  },
});
test.after(endPrograms);
test.run();
