import path from 'node:path';
import { logWrites } from './logged-disk.ts';
import { replay } from './replay.ts';
import type { Finding, Series } from './series.ts';
import { survey } from './survey.ts';
import { TimedLedger } from './timed-ledger.ts';
import { bootUnit } from './unit-boot.ts';
import { unitWorkload } from './unit-workload.ts';

/** On one of so many states the unit itself is started first; on all of them its store is opened. */
const bootEvery = 30;

/** Crash states under a running unit with callers in it. */
export async function unitSeries({ states, seed, keep }: Series, folder: string): Promise<Finding> {
  const { history, ledger, result } = await logWrites(folder, async (disk) => {
    const notes = new TimedLedger(disk.logBytes);
    return { ledger: notes, result: await unitWorkload(disk, notes) };
  });
  let boots = 0;
  const look = async (mount: string, logBytes: number, state: number) => {
    const known = ledger.at(logBytes);
    const unlisted = state % bootEvery === bootEvery - 1 ? await bootUnit(mount, known) : null;
    if (unlisted !== null) boots++;
    const found = await survey(path.join(mount, 'data'), known);
    return { ...found, broken: [...(unlisted ?? []), ...found.broken] };
  };
  const tally = await replay(history, { folder, states, seed, from: result.from, keep, look });
  return { ...result, boots, tally };
}
