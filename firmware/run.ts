import type { MonotonicMs } from '../hal/clock.ts';
import type { CallTable } from './calls/call-table.ts';
import type { TransferDesk } from './calls/transfer/transfer-desk.ts';
import type { Settings } from './config/settings.ts';
import type { DistributedUnit } from './distributed/distributed-unit.ts';
import type { Entitlements } from './entitlement/entitlements.ts';
import type { Estate } from './estate/estate.ts';
import { openEstate } from './estate/open-estate.ts';
import type { UnitPair } from './failover/unit-pair.ts';
import { FlowDesk } from './flows/flow-desk.ts';
import type { LineDesk } from './lines/line-desk.ts';
import type { PhoneDesk } from './lines/phones/phone-desk.ts';
import type { FileMessageStore } from './mailbox/file-message-store.ts';
import type { OpenReport } from './mailbox/message-store.ts';
import type { OwnerAccess } from './mailbox/owner/owner-access.ts';
import type { NotifyDesk } from './notify/notify-desk.ts';
import type { BoardSignals } from './signals/board-signals.ts';
import type { TimeKeeper } from './time/time-keeper.ts';
import type { UserAgent } from './sip/user-agent.ts';
import type { UnitParts } from './unit-parts.ts';
import { leavePair } from './unit/leave-pair.ts';
import { makeCalls, makeEntitlements } from './unit/make-calls.ts';
import { makeHealth } from './unit/make-health.ts';
import { makeLines, makePhones } from './unit/make-lines.ts';
import { makePair } from './unit/make-pair.ts';
import { makeSignals } from './unit/make-signals.ts';
import { makeSip } from './unit/make-sip.ts';
import { makeTime } from './unit/make-time.ts';
import { makeTransfers } from './unit/make-transfers.ts';
import { makeOwners, makeStore } from './unit/make-store.ts';
import { MemoryGate } from './unit/memory-gate.ts';
import { RecentSources } from './unit/recent-sources.ts';
import { OpenedParts } from './unit/opened-parts.ts';
import { quietUnit } from './unit/quiet-unit.ts';
import { stopUnit } from './unit/stop-unit.ts';
import { UnitQueues } from './unit/make-queues.ts';
import { UnitKeepers } from './unit/unit-keepers.ts';
import { UnitLamps } from './unit/unit-lamps.ts';
import type { MediaHealth } from './unit/unit-media.ts';
import { UnitMedia } from './unit/unit-media.ts';
import { watchPhones } from './unit/watch-phones.ts';
import { makeUpdate, type UnitUpdate } from './unit/make-update.ts';
import type { WholeUnit } from './unit/whole-unit.ts';
import type { Health } from './watchdog/health.ts';
import type { UnitHealth } from './watchdog/unit-health.ts';

/** The runtime: store, calls, SIP and media held together. Made once; started once; stopped once. */
export class Unit implements WholeUnit {
  readonly parts: UnitParts;
  readonly startedMs: MonotonicMs;
  readonly store: FileMessageStore;
  readonly owners: OwnerAccess;
  readonly entitlements: Entitlements;
  readonly flows: FlowDesk;
  readonly queues: UnitQueues;
  readonly memoryGate: MemoryGate;
  readonly sources: RecentSources;
  readonly calls: CallTable;
  readonly sip: UserAgent;
  readonly lines: LineDesk;
  readonly phones: PhoneDesk;
  readonly transfers: TransferDesk;
  readonly pair: UnitPair;
  readonly signals: BoardSignals | null;
  readonly media: UnitMedia;
  readonly lamps: UnitLamps;
  /** null: the machine's firmware is not the unit's to replace. */
  readonly update: UnitUpdate | null;
  readonly #health: UnitHealth;
  #settings: Settings;
  readonly #opened = new OpenedParts();
  #serving = false;
  #estate: Estate | null = null;
  #unlock: (() => Promise<void>) | null = null;
  #running = false;
  #stopping = false;
  readonly time: TimeKeeper | null;
  readonly #keepers: UnitKeepers;

  constructor(parts: UnitParts, settings: Settings) {
    this.parts = parts;
    this.#settings = settings;
    this.startedMs = parts.clock.monotonic();
    this.time = makeTime(this);
    this.lamps = new UnitLamps(this);
    this.store = makeStore(this);
    this.owners = makeOwners(this);
    this.entitlements = makeEntitlements(this);
    this.flows = new FlowDesk({ ...parts, settings: () => this.#settings });
    this.queues = new UnitQueues(this);
    this.memoryGate = new MemoryGate({ ...parts, budgetBytes: parts.memoryBudgetBytes });
    this.sources = new RecentSources(parts.clock, parts.net);
    this.calls = makeCalls(this);
    this.sip = makeSip(this);
    this.lines = makeLines(this);
    this.phones = makePhones(this);
    this.transfers = makeTransfers(this);
    this.#health = makeHealth(this);
    this.#keepers = new UnitKeepers(this);
    this.pair = makePair(this, () => this.#health.able, (serving) => this.#serve(serving));
    this.signals = makeSignals(this);
    this.media = new UnitMedia(parts, this.startedMs, { link: (event) => this.pair.linkEvent(event), call: (event) => this.calls.mediaEvent(event), line: (event) => this.lines.mediaEvent(event) });
    this.update = makeUpdate(this, () => quietUnit(this));
    this.store.changed = (mailbox) => this.#storeChanged(mailbox);
  }

  /** Errors: HalError `busy` (another unit runs on this data), address-in-use, and those of the store; StartGivenUp. */
  async start(): Promise<void> {
    const { storage, log } = this.parts;
    const unlock = await storage.lock('unit.lock');
    this.#unlock = unlock;
    await this.signals?.start();
    try {
      await this.#opened.open(this, this.update);
      await this.media.opened(this.#settings.ports);
      // Who serves is decided when the two have heard each other.
      this.#serving = this.#settings.pair === null;
      this.sip.serve(this.#serving);
      await this.sip.start();
      await this.#health.start();
    } catch (error) {
      // What listens would keep the process from ending.
      await leavePair(this);
      this.signals?.stop();
      await unlock();
      throw error;
    }
    this.#running = true;
    this.#keepers.startFirst();
    this.entitlements.tell();
    this.#estate = await openEstate(this);
    await this.pair.start();
    this.#opened.distributed?.start();
    this.notify.start();
    this.queues.apply();
    this.lamps.allChanged();
    this.store.sending.start();
    this.#keepers.startLast();
    const { port } = this.#settings.sip;
    void this.update?.desk.start();
    log.write('notice', 'started', `The unit answers on SIP port ${port} with ${this.#settings.ports} voicemail ports.`, { messages: this.#opened.report?.messages ?? 0 });
  }

  /** Ends a start at its next step, with StartGivenUp; from the opening of SIP on it goes to its end. */
  giveUpStart(why: string): void {
    this.media.giveUp(this.#opened.giveUp(why));
  }

  /** Ends every call, lets writes finish, says goodbye to the PBX. At most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.parts.log.write('notice', 'stopping', `The unit stops: ${this.calls.counters.active} calls are ended and stored.`);
    this.#running = false;
    this.#stopping = true;
    const isClosed = await stopUnit(this, { keepers: this.#keepers, update: this.update, notify: this.#opened.notify, estate: () => this.#estate, health: this.#health }, graceMs);
    // As long as anything is still written no other unit may run on this data; the end of the process lets go of it.
    if (isClosed) await this.#unlock?.();
  }

  /** Takes what can change while calls run; the plan of `config/` says what needs a restart. */
  apply(settings: Settings): void {
    this.#settings = settings;
    this.sip.apply(settings.sip, settings.peers);
    this.#opened.notify?.applied();
    if (this.#running) this.#keepers.apply(settings);
    if (this.#running) this.queues.apply();
    this.lamps.allChanged();
  }

  get serving(): boolean {
    return this.#serving;
  }

  /** Nobody asks before the unit has started. */
  get notify(): NotifyDesk {
    const { notify } = this.#opened;
    if (notify === null) throw new Error('notices have not been opened');
    return notify;
  }

  get unitId(): string {
    return this.#opened.unitId;
  }

  get running(): boolean {
    return this.#running;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** null = there is none. */
  get estate(): Estate | null {
    return this.#estate;
  }

  get settings(): Settings {
    return this.#settings;
  }

  get distributed(): DistributedUnit | null {
    return this.#opened.distributed;
  }

  get openReport(): OpenReport | null {
    return this.#opened.report;
  }

  get mediaHealth(): MediaHealth | null {
    return this.media.health;
  }

  get health(): Health {
    return this.#health.of;
  }

  get rtpPorts(): readonly number[] {
    return this.media.rtpPorts;
  }

  #serve(serving: boolean): void {
    this.#serving = serving;
    this.#opened.notify?.serving(serving);
    this.sip.serve(serving, !this.#running);
    this.parts.clock.after('phone lamps', 0, () => {
      this.phones.showLamps();
      watchPhones(this);
    });
  }

  #storeChanged(mailbox: string): void {
    this.lamps.changed(mailbox);
    this.#opened.notify?.storeChanged(mailbox);
    this.#opened.distributed?.storeChanged();
  }
}
