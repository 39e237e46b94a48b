// Forty callers leave a message at the same time: what an appliance of this size is built for, with sipp on the same machine.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MessageJson } from '../../firmware/cli/messages-table.ts';
import { figures } from '../support/peers/figures.ts';
import { endPrograms } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import type { SippEnd } from '../support/peers/sipp.ts';
import type { Caller, Heard } from '../support/peers/streaming-callers.ts';
import { callAtOnce, callers, hear, leadMs } from '../support/peers/streaming-callers.ts';
import { testWith } from '../support/skip.ts';

const calls = 40;
const mailboxes = ['201', '202', '203', '204', '205', '206', '207', '208'];
const wordsMs = 20_000;
/** With as many callers on two cores beside it. */
const mostRetransmissions = 8;
const budgetMiB = 256;

const all: readonly Caller[] = callers(calls, mailboxes, wordsMs);
let unit: RunningUnit;
let end: SippEnd;
let messages: MessageJson[] = [];

test.after(async () => {
  await unit?.mustStop();
});
test.after(endPrograms);

const messageOf = ({ number }: Caller): MessageJson | undefined => messages.find(({ callerNumber }) => callerNumber === number);

/** The number at the end of a line that the console prints. */
async function shown(command: string, line: string): Promise<number> {
  const text = await unit.console(command);
  const figure = /([\d.]+)( ms| MiB)?\s*$/.exec(text.split('\n').find((one) => one.includes(line)) ?? '');
  assert.ok(figure !== null, `"${line}" in\n${text}`);
  return Number(figure[1]);
}

testWith(['sipp'], 'forty calls are answered at the same time, and each goes as the caller wants it', async () => {
  unit = await RunningUnit.start({ ports: 48, mailboxes });
  const sipp = await callAtOnce(all, unit.sipPort, 20);
  await unit.waitForLog('call-offered', calls, 20_000);
  const atPeak = await unit.console('show ports');
  end = await sipp.ended;
  await unit.waitForLog('message-stored', calls, 10_000);
  messages = await unit.messages();
  assert.match(atPeak, `${calls} of 48 in use`);
  assert.is(end.code, 0, end.errors.slice(-2000));
  assert.equal([end.successful, end.failed], [calls, 0]);
});

testWith(['sipp'], 'forty messages: each with its owner, its caller and its length', () => {
  assert.is(messages.length, calls);
  for (const caller of all) {
    const message = messageOf(caller);
    assert.is(message?.mailbox, caller.mailbox, caller.number);
    assert.equal([message?.state, message?.interrupted, message?.codec], ['new', false, 'PCMU']);
    const { durationMs = 0 } = message ?? {};
    assert.ok(durationMs >= wordsMs && durationMs < wordsMs + leadMs + 700, `${caller.number}: ${durationMs} ms`);
  }
});

testWith(['sipp'], 'each message holds every word of its caller, sample by sample', async () => {
  const heard: Heard[] = [];
  for (const caller of all) heard.push(hear(caller.words, await unit.exported(messageOf(caller) as MessageJson)));
  const identical = heard.filter(({ whole }, index) => whole === all[index]?.words.length).length;
  const lost = heard.reduce((sum, { frames, found }) => sum + frames - found, 0);
  const lostPackets = messages.reduce((sum, message) => sum + message.lostPackets, 0);
  figures('forty calls', { messages: messages.length, identical, 'packets sent': heard.reduce((sum, { frames }) => sum + frames, 0), 'of them not in a message': lost, 'told as lost': lostPackets });
  assert.is(lostPackets, 0);
  assert.is(lost, 0);
  assert.is(identical, calls);
});

testWith(['sipp'], 'nothing was sent twice for want of an answer, no defect was caught, audio was sent on time, memory is bounded', async () => {
  const [sent, received] = [await unit.counter('retransmissions sent'), await unit.counter('retransmissions received')];
  const late = await shown('show media', 'late ticks');
  const skipped = await shown('show media', 'skipped ticks');
  const notSent = await shown('show media', 'packets not sent');
  const highest = await shown('show memory', 'process (resident)');
  figures('forty calls', { 'retransmitted by sipp': end.retransmissions, 'by the unit': sent, 'late ticks': late, 'skipped ticks': skipped, 'packets not sent': notSent, 'highest MiB': highest });
  assert.ok(end.retransmissions <= mostRetransmissions && sent <= mostRetransmissions && received <= mostRetransmissions, `${end.retransmissions} by sipp, ${sent} by the unit`);
  assert.is(await unit.counter('defects caught'), 0);
  assert.is(await unit.counter('calls'), 0);
  assert.is(notSent, 0);
  assert.ok(skipped <= 50, `${skipped} ticks of 10 ms skipped`);
  assert.ok(highest > 10 && highest < budgetMiB, `${highest} MiB`);
});

test.run();
