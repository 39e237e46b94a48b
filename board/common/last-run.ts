import type { RestartCause } from '../../firmware/lifecycle/restart-cause.ts';
import { restartCause, restartSeverity } from '../../firmware/lifecycle/restart-cause.ts';
import { readStopNote, StopNotes } from '../../firmware/lifecycle/stop-note.ts';
import type { Log } from '../../firmware/log.ts';
import type { MachineStart } from '../../hal/machine-start.ts';
import type { Storage } from '../../hal/storage.ts';

/** How the last run ended, and what keeps the same for the next. */
export interface LastRun {
  readonly cause: RestartCause;
  readonly notes: StopNotes;
}

/** Tells the log why the unit starts, and what the start of the machine had to mend. Never rejects. */
export async function openLastRun(storage: Storage, machine: MachineStart, wiped: boolean, log: Log): Promise<LastRun> {
  const [note, facts] = await Promise.all([readStopNote(storage, log), machine.facts()]);
  const cause = restartCause({ note, facts, wiped });
  log.write(restartSeverity(cause), 'restart-cause', `The unit starts: ${cause.text}.`, { cause: cause.kind });
  for (const alarm of facts.alarms) log.write('alert', 'machine-start', alarm);
  return { cause, notes: new StopNotes(storage, log, facts.bootId) };
}
