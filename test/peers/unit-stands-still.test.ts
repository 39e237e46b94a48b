// The machine of a unit stands still while a caller speaks (a virtual machine that is moved, a processor that somebody else has): what the kernel has kept meanwhile is in the message.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leave, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sendSignal, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn } from '../support/peers/side-by-side.ts';
import { shareHeard, speech } from '../support/peers/spoken.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), root);
const spokenMs = 3000;
/** Speech begins 2.2 s after the call is answered, and the caller hangs up 3.4 s later. */
const [inSpeechMs, leastShare] = [2700, 0.95];

const site = onlyOnce(() => RunningUnit.start({ mailboxes: ['201', '202'] }));

/** Leaves a message, while the unit stands still from a while after its begin on. */
async function leavesMeanwhile(mailbox: string, stillMs: number): Promise<void> {
  const unit = await site();
  const call = leave(unit, { mailbox });
  await sleep(inSpeechMs);
  sendSignal(unit.pid, 'SIGSTOP');
  await sleep(stillMs);
  sendSignal(unit.pid, 'SIGCONT');
  wentWell(await call);
  const [message] = await unit.messagesOnce(mailbox, 1);
  assert.ok(message !== undefined, `no message\n${unit.log.slice(-20).join('\n')}`);
  const share = shareHeard(speech(Number(mailbox), spokenMs, 0), await unit.audio(message.id), 0);
  assert.ok(share >= leastShare, `${Math.round(share * 100)} % of the words are there, ${message.lostPackets} packets lost`);
}

testInTurn(missing, {
  'for two seconds amid the message': () => leavesMeanwhile('201', 2000),
  'until after the caller has hung up': () => leavesMeanwhile('202', 4500),
});
test.after(endPrograms);
test.run();
