import type { WallMs } from '../../hal/clock.ts';
import type { CallerId } from '../../hal/line.ts';
import type { MediumFacts } from '../../hal/medium.ts';
import type { CaptureDesk } from '../capture/capture-desk.ts';
import type { PlayWish } from '../calls/play-at.ts';
import type { Settings } from '../config/settings.ts';
import type { NotifyDesk } from '../notify/notify-desk.ts';
import type { Allowance } from '../entitlement/allowance.ts';
import type { DistributedStatus } from '../distributed/distributed-unit.ts';
import type { MemberStatus } from '../distributed/member-hub.ts';
import type { SiteJoinResult } from '../distributed/site-join.ts';
import type { EstateStatus } from '../estate/estate-parts.ts';
import type { LiveStatus } from '../failover/live/live-pair.ts';
import type { ExchangeStatus } from '../failover/pair-exchange.ts';
import type { PairStatus } from '../failover/pair-status.ts';
import type { JoinResult, PairingStatus } from '../failover/pairing/pairing.ts';
import type { LineDesk } from '../lines/line-desk.ts';
import type { MailboxCounts, OpenReport } from '../mailbox/message-store.ts';
import type { ScrubProgress } from '../mailbox/scrub.ts';
import type { Message, MessageState } from '../mailbox/message.ts';
import type { OwnersConsole } from './owners-console.ts';
export type { OwnersConsole } from './owners-console.ts';
import type { MediaEvent, MediaStats } from '../media/media-protocol.ts';
import type { AgentRow, QueuedRow, QueueRow } from '../queues/queue-rows.ts';
import type { KeptManifest } from '../site/site-history.ts';
import type { RestartCause } from '../lifecycle/restart-cause.ts';
import type { ConfigurationEditor } from '../lifecycle/configuration-editor.ts';
import type { StorageKind } from '../lifecycle/storage-survey.ts';
import type { Sibling } from '../site/manifest-contents.ts';
import type { PeerStatus, SipCounters } from '../sip/user-agent.ts';
import type { PinRow } from '../signals/board-signals.ts';
import type { PinUse } from '../signals/pin-uses.ts';
import type { HealthReport } from '../watchdog/health-report.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { Technicians } from './login/technicians.ts';
import type { KeyStep } from './key-script.ts';
import type { UpdateConsole } from './update-console.ts';

/**
 * What the console may see and do of the running unit. Reading members answer at once from memory; those that touch the disk return
 * promises and throw `HalError` with the reason. Unknown mailboxes and messages never reach a doing member: the console checks
 * them against `mailboxes` and `messages` first.
 */
export interface ConsoleUnit {
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

  /** null: there is no way to them. */
  readonly owners: OwnersConsole | null;
  /** Gives the mailbox a new random PIN and ends its lock; resolves to the PIN, which nothing keeps in the clear. */
  resetPin(mailbox: string): Promise<string>;
  /** Whether it was locked. */
  unlock(mailbox: string): Promise<boolean>;
  markMessage(mailbox: string, id: string, state: MessageState): Promise<void>;
  /** Writes a WAV file; null = a name of the unit's choice. */
  exportMessage(mailbox: string, id: string, file: string | null): Promise<{ readonly file: string; readonly bytes: number }>;
  /** The built-in telephone of laptop builds; null where there is none. */
  readonly phone: TestPhone | null;
  /** Lamps, buttons and relays; null = the board has none. */
  readonly pins: PinsConsole | null;
  /** What goes out and comes in by the cable; null = nothing does. */
  readonly files: FilesConsole | null;
  /** null: the machine's firmware is not the unit's to replace. */
  readonly update: UpdateConsole | null;
  /** null where nobody may wipe the unit. */
  readonly reset: ResetConsole | null;
  /** Analog lines; null = none are configured. */
  readonly lines: LinesConsole | null;
  /** The other side of simulated lines; null = lines are real. */
  readonly farEnds: FarEndsConsole | null;
  /** Calls of the unit's own, to let somebody hear something. */
  readonly playing: PlayConsole | null;
  /** Mail and calls of the unit's own; null = the unit has not started. */
  readonly notify: NotifyConsole | null;
  /** Queues that the unit owns; null = none are configured. */
  readonly queues: QueuesConsole | null;
  /** Call flows of the site; null = this unit has none to show. */
  readonly flows: FlowsConsole | null;
  /** Named conditions of the site; null = this unit has none to show. */
  readonly conditions: ConditionsConsole | null;
  /** Packets into files; null = the board cannot. */
  readonly capture: CaptureConsole | null;
  /** Faults that can be simulated; null where none can. */
  readonly faults: FaultConsole | null;
  /** Who may log in at the socket; null = nobody keeps such a list. */
  readonly technicians: Technicians | null;
  /** Whether somebody must choose a password before anything else while the list of technicians is empty; left out: whoever comes may do everything. */
  readonly firstPassword?: boolean;
  /** Who did what; null = nothing is kept. */
  readonly audit: Pick<AuditLog, 'record' | 'last' | 'verify'> | null;
  /** Edits the configuration; null where there is no file to write. */
  readonly configuration: ConfigurationConsole | null;
  /** The pairing with the partner unit; null = this unit stands alone. */
  readonly pair: PairConsole | null;
  /** What the two have in common; null = this unit stands alone. */
  readonly site: SiteConsole | null;
  /** Who of the two serves; null = this unit stands alone. */
  readonly link: LinkConsole | null;
  /** null = no broker is configured. */
  readonly estate: EstateConsole | null;
  /** The units of the site, at a central unit or its backup; else null. */
  readonly members: MembersConsole | null;
  /** null = this is no distributed unit. */
  readonly distributed: DistributedConsole | null;
}

export interface PlayConsole {
  /**
   * Calls an extension, plays, and hangs up. `tell` gets a line for each thing that happens; aborting `signal` hangs up. Errors: HalError
   * busy (no port is free), not-found (no such peer, message or greeting; no peer can be called), unreachable, timed-out.
   */
  play(wish: PlayWish, tell: (line: string) => void, signal: AbortSignal): Promise<TestCallEnd>;
}

/** What the console may do of `NotifyDesk`, which is one. */
export type NotifyConsole = Pick<NotifyDesk, 'mail' | 'outbox' | 'deliveries' | 'sender' | 'outgoing' | 'ledger' | 'records' | 'alarms' | 'outcalling' | 'setOutcalling' | 'callback' | 'setCallback' | 'setEmail'>;

export interface QueuesConsole {
  /** In the order of the configuration; callers in the order in which they are served. */
  look(): { readonly rows: readonly QueueRow[]; readonly callers: readonly QueuedRow[]; readonly agents: readonly AgentRow[] };
}

/** What the console may do of `CaptureDesk`, which is one. */
export type CaptureConsole = Pick<CaptureDesk, 'status' | 'files' | 'start' | 'stop' | 'remove'>;

/** What the console may do of `Estate`, which is one. */
export interface EstateConsole {
  status(): EstateStatus;
  /** Somebody has seen to the alarms that stand; how many there were. */
  clearAlarms(): number;
}

/** What the console may do of `MemberHub`. */
export interface MembersConsole {
  serves(): boolean;
  status(): readonly MemberStatus[];
  /** Errors: HalError address-in-use, address-unavailable, permission-denied. */
  showCode(): Promise<{ readonly code: string; readonly validMs: number }>;
  /** false = that is no distributed unit. Errors: HalError no-space, read-only, io. */
  remove(fingerprint: string): Promise<boolean>;
}

/** What the console may do of `DistributedUnit`, which is one. */
export interface DistributedConsole {
  status(): DistributedStatus;
  join(address: string, code: string, signal: AbortSignal): Promise<SiteJoinResult>;
  /** Whether it belonged to a site. Errors: HalError no-space, read-only, io. */
  leave(): Promise<boolean>;
}

/** What the console may do to the configuration. Members but `value`, `trial` and `begin` are for who has begun. */
export type ConfigurationConsole = Pick<ConfigurationEditor, 'value' | 'trial' | 'begin' | 'end' | 'set' | 'remove' | 'show' | 'compare' | 'load' | 'check' | 'commit' | 'discard' | 'revisions' | 'rollback'>;

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
  /** null: calls end with the unit that has them. */
  live(): LiveStatus | null;
  /** Addresses of the partner and the device of the serial line, in the order of the statistics. */
  readonly ways: readonly string[];
  failover(): { readonly ok: boolean; readonly text: string };
  failback(): { readonly ok: boolean; readonly text: string };
}

/** What the console may do of `LineDesk`, which is one. */
export type LinesConsole = Pick<LineDesk, 'rows' | 'test' | 'reset'>;

/** A call that comes in on a simulated trunk line. */
export interface LineCall extends Pick<TestCall, 'speech' | 'steps'> {
  readonly line: string;
  /** null = the exchange gives none. */
  readonly callerId: CallerId | null;
}

export type FarEndAct = 'lift' | 'down' | 'flash' | 'hang-up' | 'unplug' | 'plug' | 'no-battery' | 'battery';

/** Exchanges and telephones at the far ends of simulated lines. */
export interface FarEndsConsole {
  lines(): readonly { readonly name: string; readonly kind: 'trunk' | 'phone' }[];
  /** Resolves to a sentence when the call is over. `tell` gets a line for each thing that happens; aborting `signal` hangs up. Errors: HalError (no such file). */
  ring(call: LineCall, tell: (line: string) => void, signal: AbortSignal): Promise<string>;
  act(line: string, act: FarEndAct): void;
  keys(line: string, keys: string, via: 'dtmf' | 'pulse'): void;
}

/** Call flows, and the variables that they share. */
export interface FlowsConsole {
  /** By name. `actions` null: it has faults and is not used. */
  list(): readonly { readonly name: string; readonly actions: number | null; readonly starts: string }[];
  outline(name: string): readonly string[];
  /** As it was stored. */
  text(name: string): string;
  check(name: string): readonly { readonly place: string; readonly text: string }[];
  /** Durable when it resolves: its name, or what is wrong with it. Errors: HalError. */
  put(text: string): Promise<string | readonly { readonly place: string; readonly text: string }[]>;
  /** false: there is none. Errors: HalError. */
  remove(name: string): Promise<boolean>;
  /** Recorded prompts of the site, by name. */
  prompts(): readonly { readonly name: string; readonly durationMs: number }[];
  /** false: there is none. Errors: HalError. */
  removePrompt(name: string): Promise<boolean>;
  variables(): Readonly<Record<string, string>>;
  /** Errors: HalError too-large where there are too many. */
  setVariable(name: string, value: string): Promise<void>;
}

/** Named conditions, for call flows. */
export interface ConditionsConsole {
  /** By name. `holds`: now, outside any call; null = it has faults and is not used. */
  list(): readonly { readonly name: string; readonly holds: boolean | null; readonly about: string }[];
  /** As it was stored. */
  text(name: string): string;
  /** `at`: '2026-12-24T18:00' in the unit's time zone; null = now. null: there is no such time. */
  test(name: string, at: string | null): boolean | null;
  /** Durable when it resolves: its name, or what is wrong with it. Errors: HalError. */
  put(text: string): Promise<string | readonly { readonly place: string; readonly text: string }[]>;
  /** false: there is none. Errors: HalError. */
  remove(name: string): Promise<boolean>;
}

/** The pins of the board. */
export interface PinsConsole {
  rows(): readonly PinRow[];
  /** A sentence on what is to be seen now. */
  test(use: PinUse): string;
  /** The other side of an input, on a simulated board; null = there is a real one. */
  readonly drive: ((use: PinUse, asserted: boolean) => void) | null;
}

/** A file that goes over the terminal. */
export interface ConsoleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Members reject with HalError when the disk refuses. */
export interface FilesConsole {
  log(): ConsoleFile;
  audit(): Promise<ConsoleFile>;
  configuration(): ConsoleFile;
  /** Errors also: not-found, too-large for such a cable. */
  capture(name: string): Promise<ConsoleFile>;
  message(mailbox: string, id: string): Promise<ConsoleFile>;
  /** null = the mailbox has none of its own. */
  greeting(mailbox: string): Promise<ConsoleFile | null>;
  /** Durable when it resolves. */
  keepFirmware(bytes: Uint8Array): Promise<{ readonly place: string; readonly sha256: string }>;
  /** Puts a WAV file in force as the greeting; a sentence on what was wrong with it, or null. */
  takeGreeting(mailbox: string, wav: Uint8Array): Promise<string | null>;
  /** As takeGreeting: the recorded prompt of this name. */
  takePrompt(name: string, wav: Uint8Array): Promise<string | null>;
}

/** The way back to how the unit came. */
export interface ResetConsole {
  /** What has to be repeated. */
  readonly unitName: string;
  /** Resolves when it is noted on the disk; false = nobody starts the unit again by itself. Errors: HalError; then nothing will be wiped. */
  ask(cause: string): Promise<boolean>;
}

/** The switches of a board that simulates faults of its own drivers. */
export interface FaultConsole {
  list(): readonly { readonly name: string; readonly about: string; readonly on: boolean }[];
  /** Only names of the list. */
  set(name: string, on: boolean): void;
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
