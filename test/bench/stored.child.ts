// A store on a folder that is full of messages, in a process of its own; tells as JSON what it cost. The first argument is a StoredAsk.
import { readFileSync } from 'node:fs';
import { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import { standardRoom } from '../../firmware/mailbox/mailbox-room.ts';
import { loadGiveBack } from '../../hal/drivers/linux/give-back-memory.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { ListLog, testMessageSettings } from '../support/store-fixture.ts';
import { percentile } from './figures.ts';
import type { StoredAsk, StoredAnswer } from './stored.ts';
import { numberOf } from './stored-folder.ts';

const looks = 40;
/** A full trash takes longer to empty than anybody wants to wait here. */
const keepLimitMs = 15_000;

const ask = JSON.parse(process.argv[2] ?? '') as StoredAsk;
const numbers = Array.from({ length: ask.mailboxes }, (_, nth) => numberOf(nth));
// For thirty years nothing is due; with `due` all of the trash is.
// None is opened before it is used, however few there are.
const room = { ...standardRoom, atStart: 0 };
const settings = { ...testMessageSettings, mailboxMaxMessages: 10_000, mailboxMaxSec: 360_000, deletedKeepHours: ask.due ? 1 : 300_000 };
const store = new FileMessageStore({ storage: await LinuxStorage.at(ask.folder), clock: new LinuxClock(), random: new LinuxRandom(), log: new ListLog(), settings: () => settings, mailboxes: () => numbers, room });

const startMs = await timed(async () => void (await store.open()));
const trash = deleted();
const [keepMs, keepDelayMs] = await late(() => Promise.race([store.housekeep(true).then(() => undefined), new Promise<void>((resolve) => setTimeout(resolve, keepLimitMs))]));
if (ask.due) {
  process.stdout.write(JSON.stringify({ keepMs, keepDelayMs, purgedPerSec: ((trash - deleted()) / keepMs) * 1000 } satisfies Partial<StoredAnswer>));
  process.exit(0);
}
// As the unit does soon after its start: what the start left over goes back to the kernel. Twice: what the first collection has found to be free is swept behind it.
const { freed } = await loadGiveBack();
for (let times = 0; times < 2; times++) {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
  freed();
}
const { rss, heapUsed } = process.memoryUsage();
// Spread over all: what is measured is a mailbox that nobody has used since the start.
const chosen = Array.from({ length: Math.min(looks, numbers.length) }, (_, nth) => numbers[Math.floor((nth * numbers.length) / Math.min(looks, numbers.length))] as string);
const [logIn, list, next, deletion]: [number[], number[], number[], number[]] = [[], [], [], []];
for (const mailbox of chosen) {
  logIn.push(await timed(async () => void (await store.admission(mailbox), store.owners.read(mailbox), await messagesOf(mailbox))));
  list.push(await timed(async () => void (await messagesOf(mailbox))));
  const [first] = await messagesOf(mailbox);
  if (first === undefined) throw new Error(`mailbox ${mailbox} is empty`);
  next.push(await timed(async () => {
    const reader = await store.reader(mailbox, first.id);
    await reader.read(0, 800);
    await reader.close();
    await store.mark(mailbox, first.id, first.state === 'saved' ? 'old' : 'saved');
  }));
  deletion.push(await timed(() => store.mark(mailbox, first.id, 'deleted')));
}
const [housekeepMs, worstDelayMs] = await late(async () => void (await store.housekeep(true)));
const answer: StoredAnswer = {
  startMs, keepMs, rssMiB: rss / 2 ** 20, heapMiB: heapUsed / 2 ** 20, logInMs: median(logIn), listMs: median(list), nextMs: median(next), deleteMs: median(deletion), housekeepMs, worstDelayMs, keepDelayMs, purgedPerSec: 0,
  closeMs: ask.clean ? await timed(() => store.close()) : 0,
};
process.stdout.write(JSON.stringify(answer));
process.exit(0); // without a close: as if it had been killed

function deleted(): number {
  return numbers.reduce((sum, number) => sum + store.counts(number).deleted, 0);
}

async function messagesOf(mailbox: string): Promise<readonly { readonly id: string; readonly state: string }[]> {
  return store.messages(mailbox);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** How long it took, and the longest turn of the loop meanwhile, milliseconds of the control thread's own time: what else runs on the machine does not count. */
async function late(work: () => Promise<void>): Promise<[number, number]> {
  let [before, longest] = [threadMs(), 0];
  const look = (): void => {
    const now = threadMs();
    longest = Math.max(longest, now - before);
    before = now;
  };
  const timer = setInterval(look, 1);
  const tookMs = await timed(work);
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(timer);
  return [tookMs, longest];
}

/** Time on a processor, of this thread. */
function threadMs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function median(values: readonly number[]): number {
  return percentile([...values].sort((a, b) => a - b), 0.5);
}
