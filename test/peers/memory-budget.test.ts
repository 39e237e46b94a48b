// The built unit in a memory cgroup of the board's budget, all ports in calls: it must do with it, and refuse what is beyond its ports.
// The bench does the same with 250 calls (npm run bench -- budget).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { board } from '../../board/sim/board.ts';
import { figures } from '../support/peers/figures.ts';
import { MemoryCgroup, memoryCgroup } from '../support/peers/memory-cgroup.ts';
import { Program, endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { sipp } from '../support/peers/sipp.ts';
import { callAtOnce, callers } from '../support/peers/streaming-callers.ts';
import { testWith } from '../support/skip.ts';

const mib = 1024 * 1024;
const calls = 12;
const wordsMs = 6000;
/** By then all calls are up, and none is over. */
const allUpMs = 3000;
const beyond = 3;
const mailboxes = ['201', '202', '203'];
/** Less than any Node.js needs. */
const tooLittleBytes = 16 * mib;

test.after(endPrograms);

testWith([memoryCgroup], 'memory-budget: the limit is one: a program that needs more is killed, and is told of', async () => {
  const cgroup = new MemoryCgroup(tooLittleBytes);
  const [file = '', ...words] = [...cgroup.within, process.execPath, '-e', 'Buffer.alloc(64 * 1024 * 1024, 1)'];
  const { code, signal } = await new Program(file, words, { limitMs: 20_000 }).ended;
  const { killed, limitMet } = cgroup.look();
  cgroup.remove();
  assert.not(code === 0, `it ended with code ${code}, signal ${signal}`);
  assert.is(signal, 'SIGKILL');
  assert.ok(killed >= 1 && limitMet >= 1, `${killed} killed, the limit was met ${limitMet} times`);
});

testWith(['sipp', memoryCgroup], `memory-budget: ${calls} calls on ${calls} ports go to the end within the board's budget; more callers get 503`, async () => {
  const cgroup = new MemoryCgroup(board.memoryBudgetMiB * mib);
  const unit = await RunningUnit.start({ ports: calls, mailboxes, within: cgroup.within });
  const sippOfAll = await callAtOnce(callers(calls, mailboxes, wordsMs), unit.sipPort, 20);
  await unit.waitForLog('call-offered', calls, 20_000);
  await sleep(allUpMs);
  const refused = await sipp({ scenario: 'refused', values: { number: '201', status: 503 }, to: unit.sipPort, calls: beyond, perSecond: beyond });
  const end = await sippOfAll.ended;
  await unit.waitForLog('message-stored', calls, 10_000);
  const messages = await unit.messages();
  await unit.mustStop();
  const { peakBytes, processBytes, limitMet, killed } = cgroup.look();
  cgroup.remove();
  figures('memory budget', { 'MiB allowed': board.memoryBudgetMiB, 'most in use with page cache, MiB': peakBytes === null ? 'unknown' : peakBytes / mib, 'limit met': limitMet, 'calls refused': refused.successful });
  assert.is(processBytes, 0, 'all that was in it has ended');
  assert.is(killed, 0);
  assert.equal([end.code, end.successful, end.failed], [0, calls, 0], end.errors.slice(-2000));
  assert.equal([refused.code, refused.successful], [0, beyond], refused.errors.slice(-2000));
  assert.is(messages.filter(({ interrupted, durationMs }) => !interrupted && durationMs >= wordsMs).length, calls);
  assert.ok(peakBytes === null || (peakBytes > 16 * mib && peakBytes <= board.memoryBudgetMiB * mib), `${peakBytes} bytes at the most`);
});

test.run();
