import type { NetworkPlan } from '../../hal/network-set-up.ts';
import type { KeepSettings, MailboxUseSettings, OrderSettings } from './mailbox-settings.ts';
import type { FlowSettings } from './flow-settings.ts';
import type { IncomingRouteSettings, LineSettings } from './line-settings.ts';
import type { MailboxTelephoneSettings, TelephoneSettings } from './telephone-settings.ts';
import type { MailboxEmailSettings, NotifySettings } from './notify-settings.ts';
import type { QueuedSettings, QueueSettings } from './queue-settings.ts';
import type { BreakoutSettings, TransferSettings } from './transfer-settings.ts';

/**
 * The unit's configuration as the program uses it: complete (defaults filled in), checked, frozen. The file people write is
 * described by `schema.ts`, which must produce exactly this type. Units are in the names.
 */
export interface Settings extends NotifySettings {
  readonly unit: {
    readonly name: string;
    /** BCP 47 language of prompts where a mailbox says nothing: 'en', 'de'. */
    readonly language: string;
    /** IANA name; spoken times are in this zone. */
    readonly timeZone: string;
  };
  readonly ports: number;
  /** Ports set aside for each class; beyond them a class shares the rest. */
  readonly reservations: {
    readonly mailboxAccess: number;
    readonly leave: number;
    readonly autoAttendant: number;
    readonly announcements: number;
    readonly voiceRecording: number;
    readonly mandatoryVoiceRecording: number;
  };
  /** As `hal/network-set-up.ts` has it; of an appliance, elsewhere the machine's own settings count. */
  readonly network: NetworkPlan;
  readonly sip: {
    readonly address: string;
    readonly port: number;
    readonly udp: boolean;
    readonly tcp: boolean;
    /** What Contact and SDP carry instead of the local address (NAT); null = the address that reaches the peer. */
    readonly publicAddress: string | null;
    readonly sessionExpiresSec: number;
    readonly minSessionExpiresSec: number;
    readonly maxTcpConnections: number;
    /** A PBX that has a backup, or is one, is asked by OPTIONS this often whether it is there. */
    readonly watchMs: number;
    /** Probes in a row without an answer after which it is lost. */
    readonly watchMisses: number;
    /** A PBX that was lost must answer for so long before it is used again. */
    readonly returnSec: number;
  };
  readonly rtp: {
    readonly firstPort: number;
    readonly codecs: readonly ('PCMU' | 'PCMA')[];
    /** A call that sends nothing for this long, and is not on hold, is ended. 0 = never. */
    readonly timeoutSec: number;
    /** How often silence is sent while a caller is recorded. */
    readonly silentPacketMs: number;
  };
  readonly peers: readonly PeerSettings[];
  readonly numbers: {
    /** Dialled numbers that reach message collection. */
    readonly collect: readonly string[];
    /** They go out on a trunk line, at once and without a prefix. */
    readonly emergency: readonly string[];
    /** Calls to these are recordings that the PBX has made; without a port the recorded call goes on. */
    readonly recording: readonly string[];
    /** The same, and without a port the call must not be made. */
    readonly mandatoryRecording: readonly string[];
  };
  readonly messages: KeepSettings & OrderSettings & {
    readonly minSec: number;
    readonly maxSec: number;
    /** Recording stops after this much silence; 0 = never. */
    readonly silenceSec: number;
    readonly silenceDbm0: number;
    /** Storage limit of one mailbox. */
    readonly mailboxMaxSec: number;
    readonly mailboxMaxMessages: number;
    /** Deleted messages stay recoverable on disk for so long. */
    readonly deletedKeepHours: number;
    /** Free space always kept back; below it callers hear 'mailbox full' before the beep. */
    readonly reserveMiB: number;
  };
  readonly transfers: TransferSettings;
  /** For mailboxes that say nothing. */
  readonly breakout: BreakoutSettings;
  readonly pins: {
    readonly minLength: number;
    /** Wrong tries of one calling number, over all mailboxes, before it is held off. */
    readonly triesPerCaller: number;
    readonly triesPerCall: number;
    /** Wrong tries over all calls before the mailbox is locked. */
    readonly triesBeforeLock: number;
    /** First lock; doubles with each further one up to 24 h. */
    readonly lockMin: number;
  };
  readonly telephone: TelephoneSettings;
  readonly console: {
    /** Idle console sessions are logged out after so long; 0 = never. */
    readonly idleMin: number;
  };
  readonly entitlement: {
    /** ed25519 public key of who grants rights, base64; null = everything is allowed. */
    readonly issuerKey: string | null;
    /** Where the rights of this unit are. */
    readonly file: string | null;
  };
  readonly health: {
    /** A round of health checks begins so long after the last one. */
    readonly everySec: number;
    /** The supervisor, or the watchdog device, restarts a unit that said nothing for so long. */
    readonly watchdogSec: number;
  };
  /** null = the unit stands alone. */
  readonly pair: PairSettings | null;
  /** null = nobody watches it through a broker. */
  readonly estate: EstateSettings | null;
  /** null = this is no distributed unit. */
  readonly central: CentralSettings | null;
  readonly flows: FlowSettings;
  readonly lines: readonly LineSettings[];
  /** The first that matches counts. */
  readonly incoming: readonly IncomingRouteSettings[];
  /** Those that this unit owns. */
  readonly queues: readonly QueueSettings[];
  readonly mailboxes: readonly MailboxSettings[];
}

export interface PairSettings {
  readonly rank: 'primary' | 'backup';
  /** Addresses of the partner, one for each way to it. */
  readonly partner: readonly string[];
  /** Of the heartbeat (UDP) and of pairing (TCP), the same on both units; the secure channel (TCP) has the next one. */
  readonly port: number;
  /** A serial line between the two, one way more; null = there is none. */
  readonly serial: { readonly device: string; readonly baud: number } | null;
  readonly beatMs: number;
  /** The partner is dead after so many beats missed on all ways. */
  readonly misses: number;
  /** 'address/prefix length' that the serving unit holds; null = the PBX chooses by OPTIONS and registration. */
  readonly sharedAddress: string | null;
  /** Where the shared address is put. */
  readonly interface: string | null;
  /** Answering one of them (or a PBX) shows that this unit is not the one that was cut off. */
  readonly references: readonly string[];
  /** A third machine that grants takeovers; null = there is none. */
  readonly witness: WitnessSettings | null;
  readonly failback: 'manual' | 'graceful' | 'automatic';
  /** Automatic failback happens after so long even while calls are up. */
  readonly failbackAfterMin: number;
  /** What the exchange of site state may send, kbit/s. */
  readonly syncKbps: number;
  /** none = messages that the backup took stay there; homecoming = they come to the primary once it serves again; mirror = each unit has all messages. */
  readonly messages: 'none' | 'homecoming' | 'mirror';
  /** Calls in progress when the unit that has them stops serving: end = they end with it; follow = they go on at the one that has the shared address. */
  readonly calls: 'end' | 'follow';
}

export interface EstateSettings {
  /** The site as the estate calls it; part of every topic. */
  readonly site: string;
  readonly broker: {
    readonly host: string;
    readonly port: number;
    /** false = in the clear. */
    readonly tls: boolean;
    /** PEM file of who vouches for the broker; null = the authorities that the machine trusts. */
    readonly authority: string | null;
    readonly user: string | null;
    readonly password: string | null;
    readonly keepAliveSec: number;
  };
  /** ed25519 public keys, base64, of who may send commands. */
  readonly commandKeys: readonly string[];
}

export interface WitnessSettings {
  readonly address: string;
  readonly port: number;
  /** The pair's name in the witness's file. */
  readonly name: string;
  readonly secret: string;
}

/** What makes a unit a distributed one: where the central unit of its site is, and its backup. */
export interface CentralSettings {
  /** Of the central unit and of its backup; the first that serves is used. */
  readonly addresses: readonly string[];
  /** `pair.port` of the central unit: joining is there, the conversation two ports above. */
  readonly port: number;
  /** Where owners collect while the central unit is there: a SIP URI, or a number that the caller's PBX routes to it. */
  readonly collectAt: string;
  readonly aliveMs: number;
  /** The central unit is away after so many questions without an answer. */
  readonly misses: number;
  /** It must answer for so long before the unit follows it again. */
  readonly returnSec: number;
  /** What each conversation may send, kbit/s. */
  readonly syncKbps: number;
}

export interface PeerSettings {
  readonly name: string;
  /** Literal addresses or CIDR blocks that this peer's packets come from. */
  readonly addresses: readonly string[];
  /** Where requests to this peer go (lamps, registration): host name or address; null = it is never called. */
  readonly host: string | null;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  /** Its calling numbers are believed: owners enter from their own without a PIN. */
  readonly trusted: boolean;
  /** Name of the PBX that this one stands in for: it is used (registration, lamps) only while that one is lost. */
  readonly backupOf: string | null;
  /** 'notify': unsolicited NOTIFY to host on each change; 'subscribe': only to its subscriptions (always served); 'none'. */
  readonly lamps: 'notify' | 'subscribe' | 'none';
  readonly register: {
    readonly user: string;
    /** Digest user name; defaults to `user`. */
    readonly authUser: string;
    readonly password: string;
    readonly expiresSec: number;
  } | null;
  /** How it tells of callers in its own queues; null = it has none. */
  readonly queued: QueuedSettings | null;
}

export interface MailboxSettings extends MailboxTelephoneSettings, MailboxUseSettings, MailboxEmailSettings {
  readonly number: string;
  readonly name: string;
  /** null = the unit's. */
  readonly language: string | null;
  /** Name of the PBX that is told the lamp; null = all that are told lamps. */
  readonly peer: string | null;
  /** Keys that are null here are the unit's. */
  readonly breakout: BreakoutSettings;
}
