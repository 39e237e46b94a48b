import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageFolder } from '../../firmware/mailbox/mailbox-paths.ts';
import { sleep } from '../support/peers/program.ts';
import type { Captured } from './capture.ts';
import { withCalls } from './steady-calls.ts';
import { makeStoredFolder, numberOf } from './stored-folder.ts';
import type { LoopDelay, ThreadName } from './thread-probe.ts';

/** The store puts itself in order while calls are up, or has nothing to do. */
export interface Upkeep {
  readonly captured: Captured;
  readonly loops: Readonly<Record<ThreadName, LoopDelay>>;
  /** Messages that went in the window. */
  readonly purged: number;
  readonly retransmissions: number;
}

const trash = { mailboxes: 300, messages: 200 };
const hourMs = 3_600_000;
/** Before now, wall time: when the first of them came. */
const agedMs = 48 * hourMs;

/** The unit with all its ports playing and 60,000 deleted messages in its store; `due`: they are purged meanwhile, else they stay. Errors: that was over too soon. */
export async function upkeep(calls: number, windowSec: number, due: boolean): Promise<Upkeep> {
  const prepare = async (data: string): Promise<void> => {
    makeStoredFolder({ ...trash, folder: data, firstMs: Date.now() - agedMs, states: ['deleted'] });
    await promisify(execFile)('sync', ['--file-system', data]);
  };
  const messages = { deletedKeepHours: due ? 1 : 24 * 7, mailboxMaxMessages: 2 * trash.messages };
  const { result, captured, retransmissions } = await withCalls({ kind: 'collecting', calls, steadySec: windowSec, prepare, unit: { settings: { messages } } }, async ({ unit, probe }) => {
    const fromMs = Date.now();
    const before = stored(unit.folder);
    const loops = await probe.delaysDuring(() => sleep(windowSec * 1000));
    const after = stored(unit.folder);
    if (due && after === 0) throw new Error(`all ${trash.mailboxes * trash.messages} messages were purged before the window ended`);
    if (due === (before === after)) throw new Error(due ? 'nothing was purged in the window' : 'messages were purged that were not due');
    return { loops, purged: before - after, fromMs, untilMs: Date.now() };
  });
  return { captured, retransmissions, loops: result.loops, purged: result.purged };
}

function stored(folder: string): number {
  let files = 0;
  for (let nth = 0; nth < trash.mailboxes; nth++) files += readdirSync(path.join(folder, 'data', messageFolder(numberOf(nth)))).length;
  return files;
}
