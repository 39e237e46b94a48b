import type { Clock } from '../../hal/clock.ts';
import type { MailNet } from '../../hal/mail.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { CallOut } from '../calls/call-out.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { MessageStore } from '../mailbox/message-store.ts';

/** What notices need of the unit. */
export interface NotifyParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
  readonly mail: MailNet;
  readonly store: MessageStore;
  readonly settings: () => Settings;
  /** A standby is mute, and so is a distributed unit, whose messages are told by the central one. */
  readonly serves: () => boolean;
  /** For whom messages are taken here; null = for this unit itself. */
  readonly takenFor: () => string | null;
  /** Other telephones wait to be rung when they become idle. */
  readonly ringbacksChanged: () => void;
  /** Places one call. */
  readonly callOut: CallOut;
}
