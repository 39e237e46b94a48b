import type { Clock } from '../../hal/clock.ts';
import type { Language } from '../callflow/language/language.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { MessageStore } from '../mailbox/message-store.ts';
import type { OwnerAccess } from '../mailbox/owner/owner-access.ts';
import type { Greetings } from './greetings.ts';

/** What flows work with, the same for every call of the unit. */
export interface FlowServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly store: MessageStore;
  readonly greetings: Greetings;
  readonly owners: OwnerAccess;
  /** The unit's own language where the code is unknown. */
  readonly language: (code: string | null) => Language;
}
