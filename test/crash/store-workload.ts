import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { audio, makeStore } from '../support/store-fixture.ts';
import type { Recording } from './caller.ts';
import { Caller } from './caller.ts';
import type { Forgotten } from './forgetful-storage.ts';
import { ForgetfulStorage } from './forgetful-storage.ts';
import type { ObservedDisk } from './logged-disk.ts';
import { runCommand } from './run-command.ts';
import type { TimedLedger } from './timed-ledger.ts';

const callersAtATime = 4;
const callsPerCaller = 10;
const mailboxes = ['201', '202', '203'] as const;

/**
 * Four callers at a time as fast as the disk goes: messages of one to three seconds, some dropped; owners who hear, keep, delete and
 * purge them, record greetings and mistype their PIN. Returns the length of the log when the first of them came.
 */
export async function storeWorkload(disk: ObservedDisk, notes: TimedLedger, seed: number, forgotten: Forgotten | null): Promise<number> {
  const real = await LinuxStorage.at(`${disk.mount}/data`);
  const { store } = makeStore(forgotten === null ? real : new ForgetfulStorage(real, forgotten), {}, seed);
  await store.open();
  // Nobody may count on the data folder itself before the unit has started once.
  await runCommand('sync', '--file-system', disk.mount);
  const began = disk.logBytes();
  const caller = new Caller(store, notes);
  await Promise.all([...Array.from({ length: callersAtATime }, (_, line) => oneLine(caller, line, seed)), oneOwner(caller)]);
  return began;
}

async function oneLine(caller: Caller, line: number, seed: number): Promise<void> {
  const random = new SimRandom(seed * 100 + line);
  for (let call = 0; call < callsPerCaller; call++) {
    const recording = await caller.begin(mailboxes[random.below(mailboxes.length)] as string);
    for (let second = 0; second <= random.below(3); second++) await caller.speak(recording, audio(line * 50 + call, second));
    if (random.chance(0.1)) await caller.abandon(recording);
    else await caller.finish(recording);
    if (random.chance(0.5)) await heard(caller, recording, random);
  }
}

async function heard(caller: Caller, recording: Recording | null, random: SimRandom): Promise<void> {
  await caller.mark(recording, 'old');
  if (random.chance(0.4)) await caller.mark(recording, 'saved');
  if (random.chance(0.5)) return;
  await caller.mark(recording, 'deleted');
  if (random.chance(0.5)) await caller.mark(recording, 'purged');
}

async function oneOwner(caller: Caller): Promise<void> {
  for (let time = 0; time < callsPerCaller / 2; time++) {
    await caller.greet(200 + time);
    await caller.wrongPin();
  }
}
