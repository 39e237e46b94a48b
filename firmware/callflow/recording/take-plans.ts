import type { FlowEffect, RecordingPlace } from '../flow.ts';
import type { TakePlan } from './take.ts';

type Target = Pick<TakePlan, 'open' | 'finish' | 'abandon'>;

/** A message for a mailbox. */
export const toMailbox = (mailbox: string): Target => ({
  open: { type: 'open-message', mailbox },
  finish: (keepMs) => ({ type: 'finish-message', reason: 'flow', keepMs }),
  abandon: { type: 'abandon-message' },
});

/** A flow's own recording; a prompt comes in force when it is committed. */
export const toPlace = (place: RecordingPlace): Target => ({
  open: { type: 'open-recording', place },
  finish: (keepMs) => ({ type: 'finish-recording', keepMs }),
  abandon: { type: 'abandon-recording' },
});

/** A greeting or a name, opened by `open`; in force when it is committed. */
export const toGreeting = (open: Extract<FlowEffect, { type: 'open-greeting' }>): Target => ({
  open,
  finish: (keepMs) => ({ type: 'finish-greeting', keepMs }),
  abandon: { type: 'abandon-greeting' },
});
