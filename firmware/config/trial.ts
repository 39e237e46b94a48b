import * as v from 'valibot';
import type { WallMs } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import { readWhole, writeDurably } from '../site/durable-file.ts';
import type { OwnFile } from './last-good.ts';
import { maxConfigurationBytes } from './parse-configuration.ts';

/**
 * A configuration in force on trial (`commit confirmed`). The record is durable before the configuration file is written, and goes
 * after the file has been settled, so what the file says tells how far a power cut let it come:
 *
 *   file = before   not begun, or gone back already        ──> no trial
 *   file = after    on trial                               ──> goes on, or goes back when its time is over
 *   another file    a person wrote it meanwhile            ──> their file counts, no trial
 */
export interface Trial {
  /** What comes back. */
  readonly before: string;
  readonly after: string;
  readonly by: string;
  readonly takenMs: WallMs;
  readonly minutes: number;
  /** Starts of the unit during the trial. */
  readonly starts: number;
}

export const mostTrialMinutes = 1440;
/** A configuration that makes the unit fail is gone with the fourth start, even where no clock runs while the power is off. */
export const mostTrialStarts = 3;

const path = 'config/trial.json';
const largestBytes = 4 * maxConfigurationBytes + 1024;
const shape = v.object({ form: v.literal(1), before: v.string(), after: v.string(), by: v.string(), takenMs: v.number(), minutes: v.number(), starts: v.number() });

/** What a trial is worth now. */
export type TrialState =
  | { readonly kind: 'none' }
  /** A person wrote another file. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'on'; readonly leftMs: number }
  | { readonly kind: 'over'; readonly why: string };

/** A clock that was set back, as by a power cut without a battery, gives the whole time again. */
export function trialState(trial: Trial | null, file: OwnFile, now: WallMs): TrialState {
  if (trial === null) return { kind: 'none' };
  if ('text' in file && file.text === trial.before) return { kind: 'none' };
  if (!('text' in file) || file.text !== trial.after) return { kind: 'overtaken' };
  if (trial.starts > mostTrialStarts) return { kind: 'over', why: `the unit was started ${trial.starts} times meanwhile` };
  const wholeMs = trial.minutes * 60_000;
  const passedMs = now - trial.takenMs;
  const leftMs = passedMs < 0 ? wholeMs : wholeMs - passedMs;
  return leftMs > 0 ? { kind: 'on', leftMs } : { kind: 'over', why: `nobody confirmed it within ${trial.minutes} min` };
}

/** null: there is none, or its record is damaged, and then the file counts. Errors: HalError io. */
export async function readTrial(storage: Storage): Promise<Trial | null> {
  const bytes = await readWhole(storage, path, largestBytes);
  if (bytes === null) return null;
  try {
    const checked = v.safeParse(shape, JSON.parse(Buffer.from(bytes).toString()));
    return checked.success ? { ...checked.output, takenMs: checked.output.takenMs as WallMs } : null;
  } catch {
    return null;
  }
}

/** Durable when it resolves. Errors: HalError no-space, read-only, io. */
export async function keepTrial(storage: Storage, trial: Trial): Promise<void> {
  if ((await storage.stat('config')) === null) {
    await storage.makeDirectory('config');
    await storage.syncDirectory('');
  }
  await writeDurably(storage, path, Buffer.from(JSON.stringify({ ...trial, form: 1 })));
}

/** Errors: HalError read-only, io. */
export async function endTrial(storage: Storage): Promise<void> {
  if ((await storage.stat(path)) === null) return;
  await storage.remove(path);
  await storage.syncDirectory('config');
}
