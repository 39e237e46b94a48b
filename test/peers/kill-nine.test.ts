// kill -9 while forty callers speak, and again while the next start looks after what they left: nobody's message may go.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MessageJson } from '../../firmware/cli/messages-table.ts';
import { figures } from '../support/peers/figures.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import type { Caller } from '../support/peers/streaming-callers.ts';
import { callAtOnce, callers, hear, leadMs, streamStarts } from '../support/peers/streaming-callers.ts';
import { testWith } from '../support/skip.ts';

const calls = 40;
const mailboxes = ['201', '202', '203', '204'];
/** All of them have begun, and none has come to an end. */
const speakMs = 8000;
/** "At most the last second" ... */
const mostLostMs = 1000;
/** ... of what was sent; the stream begins up to two frames after the ACK that its time is counted from. */
const startMs = 40;

const all: readonly Caller[] = callers(calls, mailboxes, 30_000);
let unit: RunningUnit;
/** What each caller had sent when the unit was killed, in ms, by number. */
let sentMs = new Map<string, number>();
let messages: MessageJson[] = [];

test.after(async () => {
  await unit?.mustStop();
});
test.after(endPrograms);

testWith(['sipp'], 'the unit is killed while forty callers speak', async () => {
  unit = await RunningUnit.start({ ports: 48, mailboxes });
  const sipp = await callAtOnce(all, unit.sipPort, 20);
  await unit.waitForLog('call-offered', calls, 20_000);
  await sleep(leadMs + speakMs);
  assert.is(unit.logged('call-ended').length, 0);
  const killedAt = Date.now();
  await unit.kill();
  sentMs = new Map([...streamStarts(sipp.messages)].map(([number, beganAt]) => [number, killedAt - beganAt]));
  await sipp.stop();
  assert.is(sentMs.size, calls);
});

testWith(['sipp'], 'the next start is killed at once, and the one after that while it delivers', async () => {
  unit.begin();
  await sleep(150);
  await unit.kill();
  assert.is(unit.logged('message-salvaged').length, 0, 'nothing had been looked at yet');
  unit.begin();
  await unit.waitForLog('message-salvaged', 3, 20_000);
  await unit.kill();
  const done = unit.logged('message-salvaged').length;
  figures('kill -9', { 'delivered when the start was killed': done });
  assert.ok(done >= 3 && done < calls, `${done} of ${calls} had been delivered`);
});

testWith(['sipp'], 'after the third start all forty are there, once each, and everybody is told that they are interrupted', async () => {
  await unit.restart();
  messages = await unit.messages();
  assert.is(messages.length, calls);
  for (const { number, mailbox } of all) {
    const own = messages.filter(({ callerNumber }) => callerNumber === number);
    assert.equal(own.map((message) => [message.mailbox, message.state, message.interrupted]), [[mailbox, 'new', true]], number);
  }
  const table = (await unit.messagesTable()).split('\n').filter((line) => line.includes('new, interrupted'));
  assert.is(table.length, calls);
  const lines = unit.logged('message-salvaged');
  assert.ok(lines.length > 0 && lines.every((line) => line.includes('interrupted=true')), lines.join('\n'));
});

testWith(['sipp'], 'each message is what its caller had said, and lacks at most the last second', async () => {
  const lost: number[] = [];
  for (const { number, words } of all) {
    const message = messages.find(({ callerNumber }) => callerNumber === number) as MessageJson;
    const audio = await unit.exported(message);
    const { from, whole } = hear(words, audio);
    assert.ok(from >= 0, `${number}: not a word`);
    assert.is(whole, audio.length - from, `${number}: the message is what was said, to its end`);
    lost.push((sentMs.get(number) ?? Number.NaN) - (leadMs + whole / 8));
  }
  figures('kill -9', { messages: lost.length, 'ms lost at the most': Math.max(...lost), 'at the least': Math.min(...lost), 'on average': lost.reduce((sum, ms) => sum + ms, 0) / lost.length });
  assert.ok(Math.min(...lost) > -startMs, `${Math.min(...lost)} ms: nothing can be stored before it is sent`);
  assert.ok(Math.max(...lost) <= mostLostMs + startMs, `${Math.max(...lost)} ms were lost`);
});

test.run();
