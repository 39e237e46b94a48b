import type { Clock } from '../../hal/clock.ts';
import type { Language } from '../callflow/language/language.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { MessageStore } from '../mailbox/message-store.ts';
import type { Drafts } from '../mailbox/sending/drafts.ts';
import type { OwnerAccess } from '../mailbox/owner/owner-access.ts';
import type { AnnouncedValues } from '../queues/announced-values.ts';
import type { FlowVoice } from './flow-voice.ts';
import type { FlowRecordings } from './flow-recordings.ts';
import type { FlowDocuments } from './flow-documents.ts';
import type { Greetings } from './greetings.ts';
import type { RequestHandlers } from './request-desk.ts';

/** What flows work with, the same for every call of the unit. */
export interface FlowServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly store: MessageStore;
  readonly greetings: Greetings;
  readonly owners: OwnerAccess;
  readonly drafts: Drafts;
  readonly voice: FlowVoice;
  readonly recordings: FlowRecordings;
  readonly requests: RequestHandlers;
  readonly documents: FlowDocuments;
  /** What callers in queues of PBXs were told before. */
  readonly announced: Pick<AnnouncedValues, 'toTell'>;
  /** The unit's own language where the code is unknown. */
  readonly language: (code: string | null) => Language;
}

/** null = the unit's. */
export const languageOf = (services: FlowServices, mailbox: string): string | null =>
  services.settings().mailboxes.find((one) => one.number === mailbox)?.language ?? null;
