import type { ViewedMessage } from '../../firmware/mailbox/read-only-view.ts';
import { ReadOnlyView } from '../../firmware/mailbox/read-only-view.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { wholeOf } from '../support/store-fixture.ts';
import type { ObservedDisk } from './logged-disk.ts';
import { leaveMessage } from './telephone.ts';
import type { TimedLedger } from './timed-ledger.ts';
import { UnitWatch } from './unit-watch.ts';

export const unitMailboxes: readonly string[] = ['201', '202', '203'];
/** Small limits, since each recording reserves its longest on a small disk. */
export const unitSettings = { messages: { minSec: 1, maxSec: 12, reserveMiB: 4 } };

const callsPerMailbox = 3;
const bytesPerMs = 8;
/** What a power cut may cost of a message in progress. */
const lossMs = 1000;

/** What came of it besides the ledger. */
export interface UnitRun {
  /** Length of the log when the first call came. */
  readonly from: number;
  readonly messages: number;
  /** How much longer than a second the loss may seem, because the machine kept everybody waiting. */
  readonly allowanceMs: number;
}

/** The built unit, its data on the observed disk; three callers at a time leave messages of 2.5 to 4.5 s. */
export async function unitWorkload(disk: ObservedDisk, ledger: TimedLedger): Promise<UnitRun> {
  const unit = await RunningUnit.start({ ports: 4, mailboxes: unitMailboxes, settings: unitSettings, folder: disk.mount });
  const from = disk.logBytes();
  ledger.note((known) => (known.pinned = unitMailboxes));
  const watch = new UnitWatch(unit, disk);
  await watch.during(() => callAll(unit));
  await unit.stop();
  const view = new ReadOnlyView(await LinuxStorage.at(`${disk.mount}/data`, 'refuse'));
  const messages = await view.list();
  for (const message of messages) await noteMessage(ledger, watch, message, await wholeOf(await view.reader(message.id)));
  if (messages.length !== unitMailboxes.length * callsPerMailbox) throw new Error(`${messages.length} messages were stored`);
  return { from, messages: messages.length, allowanceMs: watch.latestMs };
}

async function callAll(unit: RunningUnit): Promise<void> {
  await Promise.all(unitMailboxes.map(async (mailbox, line) => {
    for (let call = 0; call < callsPerMailbox; call++) await leaveMessage(unit.sipPort, mailbox, 2500 + 1000 * ((line + call) % 3), line * 10 + call);
  }));
  await unit.waitForLog('message-stored', unitMailboxes.length * callsPerMailbox, 5000);
}

/** What it may hold from the start, what it must hold as its recording goes on, and that it must be whole once the unit has said so. */
async function noteMessage(ledger: TimedLedger, watch: UnitWatch, message: ViewedMessage, audio: Buffer): Promise<void> {
  const { id, mailbox, durationMs } = message;
  const stored = watch.stored.get(id);
  if (stored === undefined) throw new Error(`the unit never said that ${id} was stored`);
  ledger.noteAt(0, (known) => Object.assign(known.begun(id, mailbox), { audio, asked: 'finish' }));
  const recordingSinceMs = stored.atMs - durationMs;
  for (const { atMs, logBytes } of watch.moments) {
    const spokenBytes = Math.floor((atMs - recordingSinceMs) * bytesPerMs);
    if (spokenBytes < 0 || spokenBytes > audio.length) continue;
    const durableBytes = Math.max(0, spokenBytes - Math.ceil((lossMs + watch.latestMs) * bytesPerMs));
    ledger.noteAt(logBytes, (known) => Object.assign(known.message(id), { spokenBytes, durableBytes }));
  }
  ledger.noteAt(stored.logBytes, (known) => (known.message(id).done = true));
}
