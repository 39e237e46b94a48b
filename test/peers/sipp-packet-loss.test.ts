// A fifth of all SIP messages is lost, both ways: every call that sipp believes established leaves a whole message, nothing stays behind.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MessageJson } from '../../firmware/cli/messages-table.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { writeTrack } from '../support/peers/rtp-track.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn } from '../support/peers/side-by-side.ts';
import { sipp } from '../support/peers/sipp.ts';
import type { TracedMessage } from '../support/peers/sipp-messages.ts';
import { field, received } from '../support/peers/sipp-messages.ts';
import { shareHeard, speech } from '../support/peers/spoken.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), root);
const calls = 20;
const spokenMs = 3000;
/** Time for an ACK to get through: the 200 comes five times within it. */
const patienceMs = 8000;
/** A lost BYE comes again for 64*T1; the answer to an INVITE lingers as long (RFC 6026). */
const quietAfterMs = 45_000;
const said = speech(77, spokenMs);
// The unit asks itself by SIP now and then, and each such question lingers as a transaction; here it is to be quiet.
const unit = onlyOnce(() => RunningUnit.start({ ports: calls, settings: { health: { everySec: 60 } } }));

async function isWhole({ id, callerNumber, interrupted }: MessageJson): Promise<void> {
  assert.not(interrupted);
  const share = shareHeard(said, await (await unit()).audio(id));
  assert.ok(share >= 0.95, `${Math.round(share * 100)} % of what caller ${callerNumber} said`);
}

async function becomesZero(counter: string): Promise<void> {
  const until = Date.now() + quietAfterMs;
  while ((await (await unit()).counter(counter)) > 0 && Date.now() < until) await sleep(500);
  assert.is(await (await unit()).counter(counter), 0, counter);
}

/** Callers whose ACK got through before they pressed #: who hears no greeting yet would not speak either. */
function establishedInTime(messages: readonly TracedMessage[]): Set<string> {
  const firstAt = (of: readonly TracedMessage[]): Map<string, number> => new Map([...of].reverse().map((message) => [field(message, 'Call-ID'), message.atMs]));
  const answered = firstAt(received(messages, 'SIP/2.0 200').filter((message) => field(message, 'CSeq').includes('INVITE')));
  const acknowledged = firstAt(messages.filter(({ sent, text }) => sent && text.startsWith('ACK')));
  const inTime = [...answered].filter(([call, atMs]) => (acknowledged.get(call) ?? Infinity) - atMs < patienceMs - 500);
  return new Set(inTime.map(([call]) => call.split('-')[0] as string));
}

testInTurn(missing, {
  'whatever is lost, what callers said is there once': async () => {
    const track = writeTrack(path.join(mkdtempSync(path.join(tmpdir(), 'loss-')), 'said.pcap'), [patienceMs, '#', 1500, said, 100]);
    const values = { from: '<sip:[call_number]@[local_ip]>', track: track.file, trackMs: track.ms + 300 };
    const end = await sipp({ scenario: 'call-and-hang-up', to: (await unit()).sipPort, calls, perSecond: 10, more: ['-lost', '20'], limitMs: 120_000, values });
    assert.ok(end.retransmissions > 5, `${end.retransmissions} retransmissions: was anything lost?`);
    const callers = establishedInTime(end.messages);
    assert.ok(callers.size >= calls / 2, `${callers.size} calls came about`);
    const messages = await (await unit()).messagesOnce('201', callers.size);
    const from = messages.map(({ callerNumber }) => callerNumber);
    assert.is(new Set(from).size, from.length, 'no call left two');
    assert.equal([...callers].filter((caller) => !from.includes(caller)), [], 'callers whose message is missing');
    for (const message of messages.filter(({ callerNumber }) => callers.has(callerNumber))) await isWhole(message);
  },
  'no call stays behind': () => becomesZero('calls'),
  'no transaction stays behind': () => becomesZero('transactions'),
  'the unit stops in time, without a defect': async () => {
    assert.is(await (await unit()).counter('defects caught'), 0);
    await (await unit()).mustStop();
  },
});
test.after(endPrograms);
test.run();
