// The control thread alone stands still while the record tone ends and the caller begins to speak (a slow disk, much to collect of memory): the media thread records all the same.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasMessage, leave, leavesNoCalls, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn } from '../support/peers/side-by-side.ts';
import { firstThreadStandsStill, threadStopper } from '../support/peers/still-thread.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), threadStopper, root);
/** The caller ends the greeting 0.4 s after the answer, hears the tone until 0.9 s, and speaks from 2.1 s on. */
const inToneMs = 700;

const site = onlyOnce(() => RunningUnit.start({ mailboxes: ['201', '202'] }));
let calls = 0;

async function leavesMeanwhile(mailbox: string, stillMs: number): Promise<void> {
  const unit = await site();
  const call = leave(unit, { mailbox });
  await unit.waitForLog('call-offered', ++calls, 5000);
  await sleep(inToneMs);
  await firstThreadStandsStill(unit.pid, stillMs);
  wentWell(await call);
  await hasMessage(unit, mailbox);
  assert.is((await unit.messages(mailbox)).length, 1);
  await leavesNoCalls(unit);
}

testInTurn(missing, {
  'for two and a half seconds, in which the caller begins to speak': () => leavesMeanwhile('201', 2500),
  'until after the caller has hung up': () => leavesMeanwhile('202', 6000),
});
test.after(endPrograms);
test.run();
