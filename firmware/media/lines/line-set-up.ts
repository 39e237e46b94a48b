import { HalError } from '../../../hal/errors.ts';
import type { Line } from '../../../hal/line.ts';
import type { Log } from '../../log.ts';
import type { LineSettings } from '../media-protocol.ts';

/** Echo canceller and gains as configured; what the line does not have is said once, and the line works without it. */
export function setUpLine({ setup }: Line, { name, echoTailMs, heardDb, sentDb }: LineSettings, log: Log): void {
  if (echoTailMs > 0) attempt(() => setup.echo(echoTailMs), name, 'cancel echo', log);
  if (heardDb !== 0 || sentDb !== 0) attempt(() => setup.gain(heardDb, sentDb), name, 'amplify', log);
}

function attempt(act: () => void, line: string, what: string, log: Log): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    log.write('warning', 'line-set-up', `The line does not ${what} as configured: ${error.message}.`, { line });
  }
}
