// Callers leave messages: sipp calls, speaks, hangs up or presses #; the unit stores whom it was for, from whom, and every word.
// The calls run side by side, each for a mailbox of its own.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LeaveCall } from '../support/peers/leave-calls.ts';
import { hasMessage, leave, leavesNoCalls, numbered, spokenMs, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { sipp } from '../support/peers/sipp.ts';
import { received } from '../support/peers/sipp-messages.ts';
import { onlyOnce, testInTurn, testSideBySide } from '../support/peers/side-by-side.ts';
import { speech } from '../support/peers/spoken.ts';
import { command, requires, root } from '../support/skip.ts';

const pilot = '700';
const callers = {
  'hangs up when all is said': { mailbox: '201' },
  'presses #, and is told goodbye': { mailbox: '202', last: '#' },
  'speaks A-law': { mailbox: '203', payload: 8, last: '#' },
  'calls over TCP': { mailbox: '204', transport: 'tcp', last: '#' },
  'hears the greeting to its end': { mailbox: '205', hearsGreetingMs: 13_000 },
  'lets the unit offer (late offer)': { mailbox: '206', scenario: 'late-offer' },
  'was diverted, busy (Diversion)': { mailbox: '207', values: { number: pilot, header: 'Diversion: <sip:207@pbx.example>;reason=user-busy' } },
  'was diverted, no answer (History-Info)': {
    mailbox: '208',
    values: { number: pilot, header: 'History-Info: <sip:208@pbx.example>;index=1, <sip:700@pbx.example?Reason=SIP%3Bcause%3D408>;index=1.1;cause=408' },
  },
  'was sent on by the PBX (target and cause in the Request-URI)': {
    mailbox: '209',
    values: { number: pilot, uri: 'sip:700@[remote_ip]:[remote_port];target=sip:209%40pbx.example;cause=486' },
  },
  'is named by the PBX (P-Asserted-Identity)': { mailbox: '210', values: { header: 'P-Asserted-Identity: "Grace H." <sip:+4930123@pbx.example>' } },
  'withholds the number': { mailbox: '211', values: { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' } },
} satisfies Record<string, LeaveCall>;

const expected: Readonly<Record<string, { caller?: string; name?: string; reason?: string; codec?: string }>> = {
  '203': { codec: 'PCMA' },
  '207': { reason: 'busy' },
  '208': { reason: 'no-answer' },
  '209': { reason: 'busy' },
  '210': { caller: '+4930123', name: 'Grace H.' },
  '211': { caller: '', name: '' },
};

const missing = requires(command('sipp', 'sip-tester'), root);
/** Silence never ends a message here: a key that is not understood must not look like one that is. */
const unit = onlyOnce(() => RunningUnit.start({ ports: 16, mailboxes: numbered(201, 12), settings: { messages: { silenceSec: 0 } } }));

function storedAs(mailbox: string, message: { callerNumber: string; callerName: string; reason: string; codec: string }): void {
  const { caller = '301', name = 'Caller', reason: why = 'default', codec = 'PCMU' } = expected[mailbox] ?? {};
  assert.equal({ caller: message.callerNumber, name: message.callerName, reason: message.reason, codec: message.codec }, { caller, name, reason: why, codec });
}

async function leaves(call: LeaveCall): Promise<void> {
  wentWell(await leave(await unit(), call));
  storedAs(call.mailbox, await hasMessage(await unit(), call.mailbox, call.payload));
}

async function streamsAndEndsByInfo(): Promise<void> {
  const stream = path.join(mkdtempSync(path.join(tmpdir(), 'stream-')), 'speech.ul');
  writeFileSync(stream, speech(212, spokenMs));
  wentWell(await sipp({ scenario: 'leave-stream', to: (await unit()).sipPort, values: { number: '212', stream, streamMs: spokenMs + 200 } }));
  storedAs('212', await hasMessage(await unit(), '212'));
}

async function callsNobody(): Promise<void> {
  const end = await sipp({ scenario: 'refused', to: (await unit()).sipPort, values: { number: '299', status: 404 } });
  wentWell(end);
  assert.is(received(end.messages, 'SIP/2.0 404').length, 1, 'the ACK ends it');
}

async function nothingIsLeft(): Promise<void> {
  assert.is((await (await unit()).messages()).length, 12);
  await leavesNoCalls(await unit());
  await (await unit()).mustStop();
}

testSideBySide(missing, {
  ...Object.fromEntries(Object.entries<LeaveCall>(callers).map(([name, call]) => [`a caller ${name}: the message is whole, and says whose it is`, () => leaves(call)])),
  'a caller sends RTP as a stream and keys by INFO: # ends greeting and message': streamsAndEndsByInfo,
  'a number without a mailbox is refused with 404': callsNobody,
});
testInTurn(missing, { 'nothing is left of the calls, and the unit stops in time': nothingIsLeft });
test.after(endPrograms);
test.run();
