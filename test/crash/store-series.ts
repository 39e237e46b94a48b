import path from 'node:path';
import { logWrites } from './logged-disk.ts';
import { replay } from './replay.ts';
import type { Finding, Series } from './series.ts';
import { storeWorkload } from './store-workload.ts';
import { survey } from './survey.ts';
import { TimedLedger } from './timed-ledger.ts';

/** Crash states of the message store alone, as fast as it goes. */
export async function storeSeries({ states, seed, forgotten, keep }: Series, folder: string): Promise<Finding> {
  const { history, ledger, result: from } = await logWrites(folder, async (disk) => {
    const notes = new TimedLedger(disk.logBytes);
    return { ledger: notes, result: await storeWorkload(disk, notes, seed, forgotten) };
  });
  const look = (mount: string, logBytes: number) => survey(path.join(mount, 'data'), ledger.at(logBytes));
  return { tally: await replay(history, { folder, states, seed, from, keep, look }), messages: ledger.at(Infinity).messages.size, boots: 0, allowanceMs: 0 };
}
