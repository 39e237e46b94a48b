import type { Log } from '../../firmware/log.ts';
import type { Unit } from '../../firmware/run.ts';
import { atMost } from '../../firmware/unit/at-most.ts';
import { StartGivenUp } from '../../firmware/unit/start-given-up.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Attendance } from './attendance.ts';
import type { Stop } from './stop-reasons.ts';

/** A stop that was asked for ends the program within this time, in milliseconds. */
const stopMs = 1800;
/** The note of a stop gets this much of it, in milliseconds. */
const notedMs = 300;
/** Consoles, the log and a capture get this much before calls are ended, in milliseconds; only a capture that is at work needs more than a moment. */
const leaveMs = 500;
/** A media thread that is well says its last words and ends within this time, in milliseconds; then the program ends by itself. */
export const lastWordsMs = 150;

export interface Served {
  readonly unit: Unit;
  readonly clock: Clock;
  readonly log: Log;
  /** What ends the unit at any time, also while it starts. */
  readonly stopped: Promise<Stop>;
  /** The unit answers from now on: consoles are opened. Never rejects; null = there is no attendance. */
  readonly attend: () => Promise<Attendance | null>;
  /** The unit begins to stop. */
  readonly stopping: () => void;
  /** Tells the next start why. Never rejects. */
  readonly note: (stop: Stop) => Promise<void>;
  /** The process ends with this code after `ms`, whatever still hangs. */
  readonly endWithin: (ms: number, code: number) => void;
  /** It has stopped; the end of the process follows. */
  readonly left: () => void;
}

/** Starts the unit, serves, and stops it; resolves to the exit code. Errors: those of `Unit.start` and `Unit.stop`. */
export async function serveUntilStopped({ unit, clock, log, stopped, attend, stopping, note, endWithin, left }: Served): Promise<number> {
  const starting = unit.start();
  const cut = await Promise.race([starting.then(() => null), stopped]);
  const attendance = cut === null ? attend() : Promise.resolve(null);
  const stop = cut ?? (await Promise.race([stopped, endedAt(attendance)]));
  const { severity, text, code } = stop;
  // Before all that may hang for good.
  endWithin(2 * stopMs, code);
  log.write(severity, 'stop-asked', text);
  stopping();
  unit.giveUpStart(text);
  // A disk that takes no note, or attendance that still hangs in being opened, must not keep calls from being stored.
  await Promise.all([atMost(clock, notedMs, note(stop)), atMost(clock, leaveMs, attendance.then((opened) => opened?.close()))]);
  await starting.then(
    () => unit.stop(stopMs),
    (error: unknown) => notStarted(unit, log, error),
  );
  left();
  endWithin(lastWordsMs, code);
  return code;
}

const endedAt = async (attendance: Promise<Attendance | null>): Promise<Stop> => Promise.race((await attendance)?.ended ?? []);

/** The stop is what was asked for; that the start failed on its way there is only told. */
function notStarted(unit: Unit, log: Log, error: unknown): void {
  if (!(error instanceof StartGivenUp)) log.write('error', 'start-failed', String(error));
  unit.parts.media.send({ type: 'shut-down' });
}
