import type { Serial } from '../mailbox/serial.ts';
import type { UpdateInput, UpdateState } from './update-state.ts';

/** The machine at work, for those who do a part of what it decides. */
export interface UpdateCourse {
  readonly state: () => UpdateState;
  /** Tells the machine what has happened; what follows from it is queued. */
  readonly step: (input: UpdateInput) => void;
  /** What was decided, one after another. */
  readonly effects: Serial;
}
