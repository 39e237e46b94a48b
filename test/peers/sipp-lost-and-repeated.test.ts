// Datagrams that are lost or repeated at the worst places (RFC 3261 13.3.1.4 and 17.2, RFC 6026), and callers who think better of it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasMessage, leave, leavesNoCalls, numbered, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms } from '../support/peers/program.ts';
import type { RelayRule } from '../support/peers/relay.ts';
import { Relay } from '../support/peers/relay.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn, testSideBySide } from '../support/peers/side-by-side.ts';
import type { SippEnd } from '../support/peers/sipp.ts';
import { sipp } from '../support/peers/sipp.ts';
import type { TracedMessage } from '../support/peers/sipp-messages.ts';
import { field, received } from '../support/peers/sipp-messages.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), root);
const unit = onlyOnce(() => RunningUnit.start({ ports: 32, mailboxes: numbered(201, 8) }));
const cancelled = 20;

/** 200s to the INVITE that arrived, in order. */
const answers = (messages: readonly TracedMessage[]): TracedMessage[] => received(messages, 'SIP/2.0 200').filter((message) => /INVITE/.test(field(message, 'CSeq')));

/** A message is left over a wire with these faults; it must be whole, and be one. */
async function throughRelay(mailbox: string, rules: readonly RelayRule[], last = ''): Promise<SippEnd> {
  const relay = await Relay.start((await unit()).sipPort, rules);
  const end = await leave(await unit(), { mailbox, last, to: relay.port, values: { via: ';rport' } });
  relay.close();
  wentWell(end);
  assert.equal(relay.rules, [], 'each fault took place');
  await hasMessage(await unit(), mailbox);
  return end;
}

/** All answers to one INVITE are one answer: same dialog, same SDP. */
function sameAnswer(messages: readonly TracedMessage[], leastCopies: number): void {
  const copies = answers(messages);
  assert.ok(copies.length >= leastCopies, `${copies.length} copies of the 200 arrived`);
  assert.is(new Set(copies.map(({ text }) => text.trim())).size, 1);
}

const lost = (from: RelayRule['from'], start: string, method?: string): RelayRule => ({ from, start, copies: 0, ...(method === undefined ? {} : { method }) });

async function neverAcknowledged(): Promise<void> {
  const end = await sipp({ scenario: 'never-acknowledged', to: (await unit()).sipPort, values: { number: '207' } });
  wentWell(end);
  const copies = answers(end.messages);
  const times = copies.map(({ atMs }) => atMs - (copies[0]?.atMs ?? 0));
  const gaps = times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 500) / 2);
  assert.equal(gaps.slice(0, 9), [0.5, 1, 2, 4, 4, 4, 4, 4, 4], 'doubling from T1 to T2');
  assert.ok(gaps.length <= 10, 'the last is due half a second before the end: a busy machine may leave it out');
  const [bye] = received(end.messages, 'BYE');
  const afterMs = (bye?.atMs ?? 0) - (copies[0]?.atMs ?? 0);
  assert.ok(Math.abs(afterMs - 32_000) < 1500, `BYE after ${afterMs} ms`);
  assert.match(field(bye, 'Reason'), /cause=\d+/);
  assert.equal(await (await unit()).messages('207'), [], 'nothing was said');
}

/** INVITE and CANCEL arrive together, so that the unit hardly ever answers in between. */
async function cancelsInTime(): Promise<void> {
  const rules = Array.from({ length: cancelled }, (): RelayRule => ({ from: 'caller', start: 'INVITE', copies: 1, until: 'CANCEL' }));
  const relay = await Relay.start((await unit()).sipPort, rules);
  const end = await sipp({ scenario: 'cancel', to: relay.port, calls: cancelled, perSecond: 100, values: { number: '208', via: ';rport' } });
  relay.close();
  wentWell(end, cancelled);
  assert.ok(received(end.messages, 'SIP/2.0 487').length > 0, 'a busy machine may lose some of the races, not all');
  assert.equal(await (await unit()).messages('208'), []);
}

async function cancelsTooLate(): Promise<void> {
  const end = await sipp({ scenario: 'cancel-too-late', to: (await unit()).sipPort, values: { number: '208' } });
  wentWell(end);
  assert.equal(await (await unit()).messages('208'), []);
}

testSideBySide(missing, {
  'lost-ack: the 200 comes again, its ACK too, and the message is whole': async () => {
    sameAnswer((await throughRelay('201', [lost('caller', 'ACK')])).messages, 2);
  },
  'lost-200: the unit repeats it, and the message is whole': async () => {
    sameAnswer((await throughRelay('202', [lost('unit', 'SIP/2.0 200', 'INVITE')])).messages, 1);
  },
  'retransmitted-invite: three copies are one call and one message': async () => {
    const end = await throughRelay('203', [{ from: 'caller', start: 'INVITE', copies: 3 }], '#');
    sameAnswer(end.messages, 1);
    assert.is(received(end.messages, 'BYE').length, 1);
  },
  'lost-invite: the second try is the call': async () => {
    const end = await throughRelay('204', [lost('caller', 'INVITE')]);
    assert.ok(end.retransmissions >= 1);
  },
  'lost-bye and its lost 200: the message is stored once': async () => {
    const end = await throughRelay('205', [lost('caller', 'BYE'), lost('unit', 'SIP/2.0 200', 'BYE')]);
    assert.ok(end.retransmissions >= 2);
  },
  'repeated-ack-and-bye: nothing but the call is answered': async () => {
    await throughRelay('206', [{ from: 'caller', start: 'ACK', copies: 3 }, { from: 'caller', start: 'BYE', copies: 3 }]);
  },
  'caller-vanishes-before-ack: the unit repeats its 200 up to 64*T1, then ends the call': neverAcknowledged,
  'cancel-before-answer: every call ends, none leaves a message': cancelsInTime,
  'cancel-after-answer: it changes nothing, and the call ends with its BYE': cancelsTooLate,
});
testInTurn(missing, {
  'nothing is left of the calls, and the unit stops in time': async () => {
    await leavesNoCalls(await unit());
    await (await unit()).mustStop();
  },
});
test.after(endPrograms);
test.run();
