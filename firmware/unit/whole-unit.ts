import type { MonotonicMs } from '../../hal/clock.ts';
import type { CallTable } from '../calls/call-table.ts';
import type { TransferDesk } from '../calls/transfer/transfer-desk.ts';
import type { Settings } from '../config/settings.ts';
import type { DistributedUnit } from '../distributed/distributed-unit.ts';
import type { Entitlements } from '../entitlement/entitlements.ts';
import type { UnitPair } from '../failover/unit-pair.ts';
import type { FlowDesk } from '../flows/flow-desk.ts';
import type { LineDesk } from '../lines/line-desk.ts';
import type { PhoneDesk } from '../lines/phones/phone-desk.ts';
import type { FileMessageStore } from '../mailbox/file-message-store.ts';
import type { NotifyDesk } from '../notify/notify-desk.ts';
import type { OwnerAccess } from '../mailbox/owner/owner-access.ts';
import type { BoardSignals } from '../signals/board-signals.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import type { TimeKeeper } from '../time/time-keeper.ts';
import type { UnitParts } from '../unit-parts.ts';
import type { Health } from '../watchdog/health.ts';
import type { MemoryGate } from './memory-gate.ts';
import type { UnitQueues } from './make-queues.ts';
import type { RecentSources } from './recent-sources.ts';
import type { UnitLamps } from './unit-lamps.ts';
import type { UnitMedia } from './unit-media.ts';

/** What one part of a unit may see of the others. Each is read when it is needed: while the first are made, the last are not there yet. */
export interface WholeUnit {
  readonly parts: UnitParts;
  readonly settings: Settings;
  readonly startedMs: MonotonicMs;
  /** Known where rights are issued, else ''. */
  readonly unitId: string;
  /** It takes calls: between its start and its stop. */
  readonly running: boolean;
  readonly stopping: boolean;
  /** It is the one that serves: alone, or of its pair. */
  readonly serving: boolean;
  /** null: the time of day is the machine's own affair. */
  readonly time: TimeKeeper | null;
  readonly store: FileMessageStore;
  readonly owners: OwnerAccess;
  readonly entitlements: Entitlements;
  readonly flows: FlowDesk;
  /** Mail, and calls that the unit places by itself. Opened at the start. */
  readonly notify: NotifyDesk;
  readonly queues: UnitQueues;
  readonly memoryGate: MemoryGate;
  readonly sources: RecentSources;
  readonly calls: CallTable;
  readonly sip: UserAgent;
  readonly lines: LineDesk;
  readonly phones: PhoneDesk;
  readonly transfers: TransferDesk;
  readonly pair: UnitPair;
  /** null = this is no distributed unit. */
  readonly distributed: DistributedUnit | null;
  readonly health: Health;
  /** null: the board has no pins. */
  readonly signals: BoardSignals | null;
  readonly media: UnitMedia;
  readonly lamps: UnitLamps;
}
