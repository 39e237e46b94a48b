// Writes one line of little severity, and never comes back to its loop.
import { logToStandardError } from '../../../board/common/standard-error-log.ts';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

const log = new UnitLog(new SimClock(), 'debug');
logToStandardError(log, false);
setTimeout(() => {
  log.write('info', 'first', 'What hangs is about to begin.');
  log.write('info', 'second', 'And this.');
  setImmediate(() => {
    for (;;);
  });
}, 1);
