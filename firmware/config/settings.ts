/**
 * The unit's configuration as the program uses it: complete (defaults filled in), checked, frozen. The file people write is
 * described by `schema.ts`, which must produce exactly this type. Units are in the names.
 */
export interface Settings {
  readonly unit: {
    readonly name: string;
    /** BCP 47 language of prompts where a mailbox says nothing: 'en', 'de'. */
    readonly language: string;
    /** IANA name; spoken times are in this zone. */
    readonly timeZone: string;
  };
  readonly ports: number;
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
  };
  readonly peers: readonly PeerSettings[];
  readonly numbers: {
    /** Dialled numbers that reach message collection. */
    readonly collect: readonly string[];
  };
  readonly messages: {
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
  readonly pins: {
    readonly minLength: number;
    readonly triesPerCall: number;
    /** Wrong tries over all calls before the mailbox is locked. */
    readonly triesBeforeLock: number;
    /** First lock; doubles with each further one up to 24 h. */
    readonly lockMin: number;
  };
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
  /** null = the unit stands alone. */
  readonly pair: PairSettings | null;
  readonly mailboxes: readonly MailboxSettings[];
}

export interface PairSettings {
  readonly rank: 'primary' | 'backup';
  /** Addresses of the partner, one for each way to it. */
  readonly partner: readonly string[];
  /** Of the heartbeat (UDP) and of pairing (TCP), the same on both units; the secure channel (TCP) has the next one. */
  readonly port: number;
  readonly beatMs: number;
  /** The partner is dead after so many beats missed on all ways. */
  readonly misses: number;
  /** 'address/prefix length' that the serving unit holds; null = the PBX chooses by OPTIONS and registration. */
  readonly sharedAddress: string | null;
  /** Where the shared address is put. */
  readonly interface: string | null;
  /** Answering one of them (or a PBX) shows that this unit is not the one that was cut off. */
  readonly references: readonly string[];
  readonly failback: 'manual' | 'graceful' | 'automatic';
  /** Automatic failback happens after so long even while calls are up. */
  readonly failbackAfterMin: number;
  /** What the exchange of site state may send, kbit/s. */
  readonly syncKbps: number;
  /** Messages that the backup took: none = they stay there; homecoming = they come to the primary once it serves again. */
  readonly messages: 'none' | 'homecoming';
}

export interface PeerSettings {
  readonly name: string;
  /** Literal addresses or CIDR blocks that this peer's packets come from. */
  readonly addresses: readonly string[];
  /** Where requests to this peer go (lamps, registration): host name or address; null = it is never called. */
  readonly host: string | null;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
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
}

export interface MailboxSettings {
  readonly number: string;
  readonly name: string;
  /** null = the unit's. */
  readonly language: string | null;
}
