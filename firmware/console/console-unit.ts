import type { WallMs } from '../../hal/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Allowance } from '../entitlement/allowance.ts';
import type { ExchangeStatus } from '../failover/pair-exchange.ts';
import type { PairStatus } from '../failover/pair-status.ts';
import type { JoinResult, PairingStatus } from '../failover/pairing/pairing.ts';
import type { MailboxCounts, OpenReport } from '../mailbox/message-store.ts';
import type { Message, MessageState } from '../mailbox/message.ts';
import type { MediaEvent, MediaStats } from '../media/media-protocol.ts';
import type { KeptManifest } from '../site/site-history.ts';
import type { Sibling } from '../site/site-state.ts';
import type { PeerStatus, SipCounters } from '../sip/user-agent.ts';
import type { KeyStep } from './key-script.ts';

/**
 * What the console may see and do of the running unit. Reading members answer at once from memory; those that touch the disk return
 * promises and throw `HalError` with the reason. Unknown mailboxes and messages never reach a doing member: the console checks
 * them against `mailboxes` and `messages` first.
 */
export interface ConsoleUnit {
  version(): VersionFacts;
  clock(): ClockFacts;
  calls(): readonly CallRow[];
  mailboxes(): readonly MailboxRow[];
  /** Oldest first; null = no such mailbox. */
  messages(mailbox: string, withDeleted: boolean): readonly Message[] | null;
  ports(): readonly PortRow[];
  peers(): readonly PeerStatus[];
  sip(): SipFacts;
  /** The last report of the media thread; null = none yet. */
  media(): Extract<MediaEvent, { type: 'health' }> | null;
  memory(): readonly MemoryRow[];
  store(): Promise<StoreFacts>;
  settings(): SettingsFacts;
  entitlement(): EntitlementFacts;
  /** The last `count` lines told, oldest first. */
  log(count: number): readonly string[];

  /** Gives the mailbox a new random PIN and ends its lock; resolves to the PIN, which nothing keeps in the clear. */
  resetPin(mailbox: string): Promise<string>;
  /** Whether it was locked. */
  unlock(mailbox: string): Promise<boolean>;
  markMessage(mailbox: string, id: string, state: MessageState): Promise<void>;
  /** Writes a WAV file; null = a name of the unit's choice. */
  exportMessage(mailbox: string, id: string, file: string | null): Promise<{ readonly file: string; readonly bytes: number }>;
  /** The built-in telephone of laptop builds; null where there is none. */
  readonly phone: TestPhone | null;
  /** The pairing with the partner unit; null = this unit stands alone. */
  readonly pair: PairConsole | null;
  /** What the two have in common; null = this unit stands alone. */
  readonly site: SiteConsole | null;
  /** Who of the two serves; null = this unit stands alone. */
  readonly link: LinkConsole | null;
}

/** What the console may do of `Pairing`, which is one. */
export interface PairConsole {
  status(): PairingStatus;
  /** Errors: HalError address-in-use, address-unavailable, permission-denied. */
  showCode(): Promise<{ readonly code: string; readonly validMs: number }>;
  join(address: string, code: string, signal: AbortSignal): Promise<JoinResult>;
  /** Whether there was a partner. Errors: HalError no-space, read-only, io. */
  forget(): Promise<boolean>;
}

/** The state of the site, as the console sees it. The doing members reject with SiteError or HalError, and then nothing has changed. */
export interface SiteConsole {
  /** Newest first; the first is in force. */
  history(): readonly KeptManifest[];
  siblings(): readonly Sibling[];
  rollback(version: number): Promise<void>;
  settle(name: string, sha256: string): Promise<void>;
}

/** The pair at work, as the console sees it. */
export interface LinkConsole {
  status(): PairStatus;
  /** null: nothing is exchanged. */
  exchange(): ExchangeStatus | null;
  /** Addresses of the partner, in the order of the statistics. */
  readonly ways: readonly string[];
  failover(): { readonly ok: boolean; readonly text: string };
  failback(): { readonly ok: boolean; readonly text: string };
}

export interface EntitlementFacts {
  /** What an entitlement must be made out to; '' where none is asked for. */
  readonly unitId: string;
  readonly allowance: Allowance;
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
  readonly highestBytes: number;
}

export interface StoreFacts {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly opened: OpenReport;
}

export interface SettingsFacts {
  readonly settings: Settings;
  /** Where they come from: a file name, or 'last good configuration'. */
  readonly from: string;
  /** Paths of changes that wait for a restart. */
  readonly waiting: readonly string[];
}

/** A call that the built-in telephone places at this unit, through the network. */
export interface TestCall {
  /** User part of what is dialled: '201', '*17'. */
  readonly target: string;
  readonly from: string;
  readonly transport: 'udp' | 'tcp';
  /** What a 'speak' step says; null = nothing. */
  readonly speech: { readonly kind: 'say'; readonly text: string } | { readonly kind: 'wav'; readonly file: string } | null;
  /** Done in order once the call stands; then it hangs up. Without steps it listens until the unit hangs up. */
  readonly steps: readonly KeyStep[];
}

export interface TestCallEnd {
  readonly answered: boolean;
  /** A sentence: who ended it and why. */
  readonly text: string;
  /** From the answer on. */
  readonly durationMs: number;
  readonly stats: MediaStats | null;
}

export interface TestPhone {
  /** One call. `tell` gets a line for each thing that happens; aborting `signal` hangs up. Errors: HalError (no socket, no such file). */
  call(call: TestCall, tell: (line: string) => void, signal: AbortSignal): Promise<TestCallEnd>;
}
