import type { WallMs } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { OwnFile } from '../config/last-good.ts';
import type { ConfigurationFile } from '../config/own-file.ts';
import { endTrial, keepTrial, readTrial, trialState } from '../config/trial.ts';
import type { Trial } from '../config/trial.ts';
import type { Log } from '../log.ts';

export interface StartingPoint {
  readonly own: OwnFile;
  /** Goes on in this start; null = nothing is on trial. */
  readonly trial: Trial | null;
}

/** The configuration file at the start of the unit, after what a power cut or restart in a trial made of it. Throws nothing. */
export async function ownAfterTrial(storage: Storage, file: ConfigurationFile, now: WallMs, log: Log): Promise<StartingPoint> {
  const own = await file.read();
  const kept = await refusable(log, readTrial(storage));
  const trial = kept === null ? null : { ...kept, starts: kept.starts + 1 };
  const state = trialState(trial, own, now);
  if (trial === null) return { own, trial: null };
  if (state.kind === 'on') {
    await refusable(log, keepTrial(storage, trial));
    log.write('warning', 'configuration-on-trial', `The configuration of ${trial.by} is on trial; it goes back in ${Math.ceil(state.leftMs / 60_000)} min unless it is confirmed at the console.`);
    return { own, trial };
  }
  if (state.kind === 'over') return { own: await wentBack(storage, file, trial, state.why, log), trial: null };
  if (state.kind === 'overtaken') log.write('notice', 'configuration-trial-overtaken', `${file.name} was written while a configuration was on trial; what it says now counts.`);
  await refusable(log, endTrial(storage));
  return { own, trial: null };
}

/** Where the file cannot be written its text of before counts all the same, and the record stays for the next start. */
async function wentBack(storage: Storage, file: ConfigurationFile, trial: Trial, why: string, log: Log): Promise<OwnFile> {
  log.write('alert', 'configuration-went-back', `The configuration of ${trial.by} was taken back: ${why}. The one before is in force again.`);
  const written = await refusable(log, file.write(trial.before).then(() => true));
  if (written === true) await refusable(log, endTrial(storage));
  return { name: file.name, text: trial.before };
}

async function refusable<T>(log: Log, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (refused) {
    if (!(refused instanceof HalError)) throw refused;
    log.write('alert', 'configuration-trial-refused', `The trial of a configuration could not be settled on the disk: ${refused.message}`);
    return null;
  }
}
