// The control thread alone stands still while the record tone ends and the caller begins to speak (a slow disk, much to collect of memory): the media thread records all the same.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasMessage, leave, leavesNoCalls, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn } from '../support/peers/side-by-side.ts';
import { firstThreadOf, threadStopper } from '../support/peers/still-thread.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), threadStopper, root);
/** From the offered call on, the tone is heard from about 0.6 to 1 s; the caller speaks from 2.3 s on. */
const inToneMs = 750;

const site = onlyOnce(() => RunningUnit.start({ mailboxes: ['201', '202'] }));
let calls = 0;

async function leavesMeanwhile(mailbox: string, stillMs: number): Promise<void> {
  const unit = await site();
  const standStill = await firstThreadOf(unit.pid);
  const call = leave(unit, { mailbox });
  await unit.waitForLog('call-offered', ++calls, 5000);
  await sleep(inToneMs);
  await standStill(stillMs);
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
