import type { Clock } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Folders } from './folders.ts';
import type { Counter } from './state-version.ts';
import type { Tombstones } from './tombstones.ts';

/** What all mailboxes of a store share. */
export interface MailboxContext {
  readonly storage: Storage;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly log: Log;
  /** Which unit of a pair changes states here; null = there is no pair. */
  readonly counter: Counter | null;
  /** null: nobody needs to know later what was purged. Asked at each purge. */
  readonly tombstones: () => Tombstones | null;
  /** A row has come, changed or gone. */
  readonly touched: (mailbox: string, id: string) => void;
  /** A change of its files has failed: what the disk has of them is not known for certain. */
  readonly doubted: (mailbox: string) => void;
}
