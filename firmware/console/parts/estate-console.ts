import type { EstateStatus } from '../../estate/estate-parts.ts';

/** What the console may do of `Estate`, which is one. */
export interface EstateConsole {
  status(): EstateStatus;
  /** Somebody has seen to the alarms that stand; how many there were. */
  clearAlarms(): number;
}
