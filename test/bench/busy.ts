import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { maxConfigurationBytes } from '../../firmware/config/parse-configuration.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { copyStorage } from '../support/copy-storage.ts';
import type { RunningUnit } from '../support/peers/running-unit.ts';
import { audio, leave, makeStore } from '../support/store-fixture.ts';
import type { Captured } from './capture.ts';
import { mailboxesOf, withCalls } from './steady-calls.ts';
import type { LoopDelay, ThreadName } from './thread-probe.ts';

export interface Busy {
  readonly calls: number;
  readonly captured: Captured;
  readonly loops: Readonly<Record<ThreadName, LoopDelay>>;
  readonly done: TechnicianDone;
  readonly retransmissions: number;
}

/** What a technician got done meanwhile; times in milliseconds, from the command to the end of its answer. */
export interface TechnicianDone {
  /** A file of `hugeBytes` in the place of the configuration, which is more than there may be, until it was told to be set aside. */
  hugeRefusedMs: number;
  /** Configurations of `commitBytes` that were put in force, one after another, and the slowest of them. */
  commits: number;
  slowestCommitMs: number;
  /** Messages that the console listed. */
  shown: number;
}

export const hugeBytes = 5 * 1024 * 1024;
const wantedShown = 10_000;
/** What a mailbox holds at the most, so that ten thousand messages are in so many of them. */
const messagesEach = 400;
const keepers = Array.from({ length: wantedShown / messagesEach }, (_, index) => String(8000 + index));
/** Mailboxes that are listed after a commit. */
const listedEach = 5;
/** Of the largest configuration: the editor puts a space between what a file may have without. */
const fullness = 0.85;
const trustedDigits = 32;
const mostTrusted = 16;
const answerLimitMs = 60_000;
/** Beyond the window, for a machine on which all of it takes longer. */
const extraSec = 45;
const keptOutput = 64 * 1024 * 1024;

/**
 * All ports play while a technician, at one console, finds 5 MB in the place of the configuration, changes the largest that there may be, and lists ten
 * thousand messages, as fast as the unit answers.
 */
export async function busy(calls: number, windowSec: number): Promise<Busy> {
  const mailboxes = [...mailboxesOf(calls), ...keepers].map((number) => ({ number, name: `Owner of ${number}`, trusted: [] as string[] }));
  let bytes = JSON.stringify(mailboxes).length;
  for (let n = 0; n < mostTrusted; n++) {
    for (const { number, trusted } of mailboxes) {
      if (bytes >= maxConfigurationBytes * fullness) break;
      trusted.push(`${number}${n}`.padEnd(trustedDigits, '0'));
      bytes += trustedDigits + 3;
    }
  }
  const { result, captured, retransmissions } = await withCalls(
    { kind: 'collecting', calls, steadySec: windowSec + extraSec, moreMailboxes: keepers, prepare: keptMessages, unit: { settings: { mailboxes }, keptOutput } },
    async ({ unit, probe }) => {
      const fromMs = Date.now();
      const done: TechnicianDone = { hugeRefusedMs: 0, commits: 0, slowestCommitMs: 0, shown: 0 };
      const loops = await probe.delaysDuring(() => work(unit, done, fromMs + windowSec * 1000));
      return { done, loops, fromMs, untilMs: Date.now() };
    },
  );
  return { calls, captured, retransmissions, done: result.done, loops: result.loops };
}

/** Until all was done once, and on until the time is over. */
async function work(unit: RunningUnit, done: TechnicianDone, untilMs: number): Promise<void> {
  const timed = async (command: string, expected: RegExp): Promise<number> => {
    const began = performance.now();
    const answer = await unit.console(command, answerLimitMs);
    if (!expected.test(answer)) throw new Error(`"${command}" was answered: ${answer.slice(0, 500)}`);
    return performance.now() - began;
  };
  writeFileSync(path.join(unit.folder, 'understudy.yaml'), `# ${'x'.repeat(hugeBytes)}\n`);
  done.hugeRefusedMs = await timed('configure', /has faults or cannot be read/);
  for (let listed = 0; Date.now() < untilMs || done.shown < wantedShown; done.commits++) {
    await timed(`set mailboxes[3000].name "Owner, commit ${done.commits}"`, /^\s*$/);
    done.slowestCommitMs = Math.max(done.slowestCommitMs, await timed('commit', /^committed$/m));
    await timed('exit', /^\s*$/);
    for (const end = listed + listedEach; listed < end; listed++) done.shown += await list(unit, keepers[listed % keepers.length] as string);
    await timed('configure', /editing the configuration/);
  }
  await timed('exit', /^\s*$/);
}

async function list(unit: RunningUnit, mailbox: string): Promise<number> {
  const listed = (await unit.console(`show messages ${mailbox}`, answerLimitMs)).trimEnd().split('\n').length - 1;
  if (listed !== messagesEach) throw new Error(`mailbox ${mailbox} lists ${listed} messages and not ${messagesEach}`);
  return listed;
}

/** Made in memory and copied without syncs: they are years old for the unit. */
async function keptMessages(data: string): Promise<void> {
  const memory = new SimStorage();
  const { store } = makeStore(memory, { mailboxMaxMessages: messagesEach }, 6, undefined, { mailboxes: () => keepers });
  await store.open();
  for (const [at, mailbox] of keepers.entries()) for (let count = 0; count < messagesEach; count++) await leave(store, mailbox, [audio(at, count, 800)]);
  await store.close();
  await copyStorage(memory, data);
}
