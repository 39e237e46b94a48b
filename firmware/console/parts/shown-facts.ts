import type { WallMs } from '../../../hal/clock.ts';
import type { MediumFacts } from '../../../hal/medium.ts';
import type { Settings } from '../../config/settings.ts';
import type { Allowance } from '../../entitlement/allowance.ts';
import type { RestartCause } from '../../lifecycle/restart-cause.ts';
import type { StorageKind } from '../../lifecycle/storage-survey.ts';
import type { MailboxCounts, OpenReport } from '../../mailbox/message-store.ts';
import type { Message } from '../../mailbox/message.ts';
import type { ScrubProgress } from '../../mailbox/scrub.ts';
import type { MediaEvent } from '../../media/media-protocol.ts';
import type { PeerStatus, SipCounters } from '../../sip/user-agent.ts';
import type { HealthReport } from '../../watchdog/health-report.ts';

/** What the console may see of the running unit. What is not a promise answers at once, from memory. */
export interface ShownFacts {
  version(): VersionFacts;
  /** Why the unit was started this time. Left out: nobody looked. */
  restartCause?(): RestartCause;
  clock(): ClockFacts;
  calls(): readonly CallRow[];
  mailboxes(): readonly MailboxRow[];
  /** Resolves when the messages of the mailboxes that such words name are in memory, as far as they can be read; null = they are. Left out: they always are. Never rejects. */
  reading?(words: readonly string[]): Promise<void> | null;
  /** Oldest first; null = no such mailbox. Of one that is not in memory none, and it is being read. */
  messages(mailbox: string, withDeleted: boolean): readonly Message[] | null;
  ports(): readonly PortRow[];
  portUses(): readonly PortUseRow[];
  peers(): readonly PeerStatus[];
  sip(): SipFacts;
  /** The last report of the media thread; null = none yet. */
  media(): Extract<MediaEvent, { type: 'health' }> | null;
  memory(): readonly MemoryRow[];
  health(): HealthReport;
  storage(): Promise<StorageFacts>;
  settings(): SettingsFacts;
  entitlement(): EntitlementFacts;
  /** The last `count` lines told, oldest first. */
  log(count: number): readonly string[];
}

export interface VersionFacts {
  readonly product: string;
  readonly version: string;
  readonly commit: string;
  readonly board: string;
  /** 'Node 20.19.0, linux x64'. */
  readonly runtime: string;
}

export interface ClockFacts {
  readonly wallMs: WallMs;
  readonly uptimeMs: number;
  readonly timeZone: string;
  /** Who keeps it right, for people; left out: the machine does. */
  readonly told?: string;
}

export interface CallRow {
  /** `Leg.id`. */
  readonly id: string;
  readonly peer: string;
  readonly caller: string;
  readonly dialled: string;
  /** null until it is known. */
  readonly mailbox: string | null;
  /** null while it has none. */
  readonly port: number | null;
  /** A word or two: 'greeting', 'recording', 'listening'. */
  readonly doing: string;
  readonly elapsedMs: number;
  /** Whether the partner could carry it on; null: calls end with the unit that has them. */
  readonly partner?: string | null;
}

export interface MailboxRow extends MailboxCounts {
  readonly number: string;
  readonly name: string;
  /** null = not locked. */
  readonly lockedForMs: number | null;
  /** No PIN: the owner cannot collect until one is set. */
  readonly hasPin: boolean;
}

export interface PortRow {
  readonly port: number;
  readonly rtpPort: number;
  /** The call that has it; null = free. */
  readonly call: string | null;
  /** Calls it has served since the start. */
  readonly served: number;
}

/** Ports of one class of calls. */
export interface PortUseRow {
  readonly use: string;
  /** Set aside for it; null = nothing can be. */
  readonly reserved: number | null;
  readonly used: number;
  /** It may have so many more now. */
  readonly left: number;
  /** Since the start, for want of a port. */
  readonly refused: number;
}

export interface SipFacts {
  /** 'udp 0.0.0.0:5060'. */
  readonly listening: readonly string[];
  readonly counters: SipCounters;
}

export interface MemoryRow {
  readonly owner: string;
  /** null = no limit of its own. */
  readonly budgetBytes: number | null;
  readonly usedBytes: number;
  /** null = not known: it is looked at only when somebody asks. */
  readonly highestBytes: number | null;
}

export interface StorageFacts {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Below so much free space callers hear that mailboxes are full. */
  readonly reserveBytes: number;
  /** Largest first. */
  readonly kinds: readonly StorageKind[];
  /** The mailbox that is nearest to its limit, and how near (1 = full); null = none holds anything. */
  readonly fullest: { readonly mailbox: string; readonly share: number } | null;
  readonly opened: OpenReport;
  /** The device under it; null, or left out: nobody knows. */
  readonly medium?: MediumFacts | null;
  /** Of the slow reading through all messages. */
  readonly scrubbed: ScrubProgress;
}

export interface SettingsFacts {
  readonly settings: Settings;
  /** Where they come from: a file name, or 'last good configuration'. */
  readonly from: string;
  /** Paths of changes that wait for a restart. */
  readonly waiting: readonly string[];
}

export interface EntitlementFacts {
  /** What an entitlement must be made out to; '' where none is asked for. */
  readonly unitId: string;
  readonly allowance: Allowance;
}
