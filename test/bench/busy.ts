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
  /** Configurations that were put in force, one after another, and their size together in bytes. */
  readonly commits: number;
  readonly committedBytes: number;
  /** The longest that one took, from the word `commit` to its answer, milliseconds. */
  readonly slowestCommitMs: number;
  /** Messages that the console listed. */
  readonly shown: number;
  readonly retransmissions: number;
}

/** What is put in force in all. One configuration cannot have so much: the largest there may be is committed again and again. */
const wantedBytes = 5 * 1024 * 1024;
const wantedShown = 10_000;
/** What a mailbox holds at the most, so that ten thousand messages are in so many of them. */
const messagesEach = 400;
const keepers = Array.from({ length: wantedShown / messagesEach }, (_, index) => String(8000 + index));
/** Of the largest configuration: the editor puts a space between what a file may have without. */
const fullness = 0.85;
const trustedDigits = 32;
const mostTrusted = 16;
const answerLimitMs = 60_000;
const keptOutput = 64 * 1024 * 1024;

/** All ports play while a technician, at one console, changes the largest configuration and lists ten thousand messages, as fast as the unit answers. */
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
    { kind: 'collecting', calls, steadySec: windowSec, moreMailboxes: keepers, prepare: keptMessages, unit: { settings: { mailboxes }, keptOutput } },
    async ({ unit, probe }) => {
      const fromMs = Date.now();
      const done = { commits: 0, committedBytes: 0, slowestCommitMs: 0, shown: 0 };
      const loops = await probe.delaysDuring(() => technician(unit, done, bytes, fromMs + windowSec * 1000));
      return { ...done, loops, fromMs, untilMs: Date.now() };
    },
  );
  const { fromMs: _from, untilMs: _until, ...did } = result;
  return { calls, captured, retransmissions, ...did };
}

/** Until both were done, and on until the time is over: what is short would be lost in the window. */
async function technician(unit: RunningUnit, done: { commits: number; committedBytes: number; slowestCommitMs: number; shown: number }, bytes: number, untilMs: number): Promise<void> {
  for (let round = 0; Date.now() < untilMs || done.committedBytes < wantedBytes || done.shown < wantedShown; round++) {
    await unit.console('configure', answerLimitMs);
    await unit.console(`set mailboxes[3000].name "Owner ${round}"`, answerLimitMs);
    const began = performance.now();
    const answer = await unit.console('commit', answerLimitMs);
    done.slowestCommitMs = Math.max(done.slowestCommitMs, performance.now() - began);
    if (!answer.includes('committed')) throw new Error(`the configuration was not committed: ${answer.slice(0, 500)}`);
    await unit.console('exit', answerLimitMs);
    done.commits += 1;
    done.committedBytes += bytes;
    const keeper = keepers[round % keepers.length] as string;
    const listed = (await unit.console(`show messages ${keeper}`, answerLimitMs)).trimEnd().split('\n').length - 1;
    if (listed !== messagesEach) throw new Error(`mailbox ${keeper} lists ${listed} messages and not ${messagesEach}`);
    done.shown += listed;
  }
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
