import type { AddressHolder } from '../hal/address-holder.ts';
import type { BrokerNet } from '../hal/broker.ts';
import type { Clock } from '../hal/clock.ts';
import type { ClockSetter } from '../hal/clock-setter.ts';
import type { Databases } from '../hal/database.ts';
import type { DatagramNet } from '../hal/datagram.ts';
import type { Downloads } from '../hal/download.ts';
import type { BundleFiles, FirmwareSlots } from '../hal/firmware-slots.ts';
import type { Medium } from '../hal/medium.ts';
import type { MailNet } from '../hal/mail.ts';
import type { HttpClient } from '../hal/http.ts';
import type { Net } from '../hal/net.ts';
import type { NetworkSetUp } from '../hal/network-set-up.ts';
import type { Power } from '../hal/power.ts';
import type { ProcessControl } from '../hal/process.ts';
import type { Random } from '../hal/random.ts';
import type { Reachability } from '../hal/reachability.ts';
import type { SecureStreamNet } from '../hal/secure-stream.ts';
import type { Storage } from '../hal/storage.ts';
import type { Speech } from '../hal/speech.ts';
import type { StreamNet } from '../hal/stream.ts';
import type { Watchdog } from '../hal/watchdog.ts';
import type { ThreadPort } from '../hal/worker.ts';
import type { EntitlementFile } from './entitlement/entitlements.ts';
import type { LinkCommand, LinkEvent } from './failover/link-protocol.ts';
import type { UnitLog } from './lifecycle/unit-log.ts';
import type { PinHasher } from './mailbox/owner/pin-hasher.ts';
import type { WiredPins } from './signals/unit-signals.ts';
import type { MediaCommand, MediaThreadEvent } from './media/media-protocol.ts';
import type { SettingsSource } from './site/sources/settings-source.ts';
import type { ReleaseFacts } from './update/release-facts.ts';

export interface FirmwareParts {
  readonly slots: FirmwareSlots;
  readonly files: BundleFiles;
  readonly downloads: Downloads;
  /** Of the running program: '0.1.0'. */
  readonly version: string;
  /** What it goes together with; left out: as it was built. */
  readonly release?: ReleaseFacts;
}

/** Everything the runtime is given by the board's entry: drivers or simulators, already constructed. */
export interface UnitParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly secure: SecureStreamNet;
  readonly net: Net;
  /** The way to the broker of an estate. */
  readonly broker: BrokerNet;
  /** The way to a mail server. */
  readonly mail: MailNet;
  readonly reachability: Reachability;
  /** null: the machine cannot move addresses between it and its partner. */
  readonly addressHolder: AddressHolder | null;
  readonly watchdog: Watchdog;
  /** Speaks texts of call flows. */
  readonly speech: Speech;
  readonly process: ProcessControl;
  /** SQLite files that call flows ask. */
  readonly databases: Databases;
  /** Fetches call flows that another system holds. */
  readonly http: HttpClient;
  readonly memoryBudgetBytes: number;
  /** null: the board has no pins. */
  readonly pins: WiredPins | null;
  /** The medium under the data; absent: the machine has none that could tell anything. */
  readonly medium?: Medium;
  /** Absent: the time of day is set by somebody else. */
  readonly clockSetter?: ClockSetter;
  /** Absent: the network is the machine's own. */
  readonly networkSetUp?: NetworkSetUp;
  /** null: the board does not allow the unit to restart the machine. */
  readonly power: Power | null;
  /** Slots of a firmware that the unit replaces by itself; null: it is a program among others on its machine. */
  readonly firmware: FirmwareParts | null;
  readonly log: UnitLog;
  readonly hasher: PinHasher;
  /** The rights of this unit as its file says; null = none is configured. */
  readonly entitlement: EntitlementFile;
  /** The settings that a pair has in common, the unit's own under them; null where the unit stands alone. */
  readonly site: SettingsSource | null;
  /** The media thread, started with the same number of ports as the settings name; the pair's heartbeat is in it. */
  readonly media: ThreadPort<MediaThreadEvent | LinkEvent, MediaCommand | LinkCommand>;
  /** Name, version and slash-joined product token for SIP: 'Understudy/0.1.0'. */
  readonly product: string;
}
