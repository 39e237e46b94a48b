import type { MonotonicMs } from '../hal/clock.ts';
import type { StreamConnection } from '../hal/stream.ts';
import type { CallTable } from './calls/call-table.ts';
import type { TransferDesk } from './calls/transfer/transfer-desk.ts';
import { carryOn } from './calls/carry-on.ts';
import type { Settings } from './config/settings.ts';
import { DistributedUnit } from './distributed/distributed-unit.ts';
import type { Entitlements } from './entitlement/entitlements.ts';
import { lossSeenMs } from './config/watch-times.ts';
import type { Estate } from './estate/estate.ts';
import { openEstate } from './estate/open-estate.ts';
import { openIdentity } from './failover/identity.ts';
import { UnitPair } from './failover/unit-pair.ts';
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
import { atMost } from './unit/at-most.ts';
import { HouseKeeper } from './unit/house-keeper.ts';
import { makeCalls, makeEntitlements } from './unit/make-calls.ts';
import { makeHealth } from './unit/make-health.ts';
import { makeLines, makePhones } from './unit/make-lines.ts';
import { StartGivenUp } from './unit/start-given-up.ts';
import { together } from './unit/together.ts';
import { makeSignals } from './unit/make-signals.ts';
import { makeSip } from './unit/make-sip.ts';
import { makeTime } from './unit/make-time.ts';
import { makeTransfers } from './unit/make-transfers.ts';
import { makeOwners, makeStore } from './unit/make-store.ts';
import { MemoryGate } from './unit/memory-gate.ts';
import { RecentSources } from './unit/recent-sources.ts';
import { MemoryKeeper } from './unit/memory-keeper.ts';
import { openNotify } from './unit/make-notify.ts';
import { NetworkKeeper } from './unit/network-keeper.ts';
import { siteSources } from './unit/site-sources.ts';
import { UnitQueues } from './unit/make-queues.ts';
import { UnitLamps } from './unit/unit-lamps.ts';
import type { MediaHealth } from './unit/unit-media.ts';
import { UnitMedia } from './unit/unit-media.ts';
import { watchPhones } from './unit/watch-phones.ts';
import { makeUpdate, type UnitUpdate } from './unit/make-update.ts';
import type { WholeUnit } from './unit/whole-unit.ts';
import { firmwareService } from './update/pair/pair-update-protocol.ts';
import type { Health } from './watchdog/health.ts';
import type { UnitHealth } from './watchdog/unit-health.ts';

/** For the partner to take over and for callers' words to be stored, before the machine restarts. */
const quietMs = 2000;

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
  #distributed: DistributedUnit | null = null;
  #notify: NotifyDesk | null = null;
  #serving = false;
  #estate: Estate | null = null;
  #unitId = '';
  #openReport: OpenReport | null = null;
  #unlock: (() => Promise<void>) | null = null;
  #givenUp: StartGivenUp | null = null;
  #running = false;
  #stopping = false;
  readonly #network: NetworkKeeper;
  readonly time: TimeKeeper | null;
  readonly #houseKeeper: HouseKeeper;
  #memory: MemoryKeeper | null = null;

  constructor(parts: UnitParts, settings: Settings) {
    this.parts = parts;
    this.#settings = settings;
    this.startedMs = parts.clock.monotonic();
    this.time = makeTime(this);
    this.#network = new NetworkKeeper(parts.networkSetUp ?? null, parts.log, () => this.time?.askAnew());
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
    this.#houseKeeper = new HouseKeeper({ clock: parts.clock, calls: () => this.calls.counters.active, housekeep: (ages) => this.#housekeep(ages) });
    this.pair = this.#makePair();
    this.signals = makeSignals(this);
    this.media = new UnitMedia(parts, this.startedMs, { link: (event) => this.pair.linkEvent(event), call: (event) => this.calls.mediaEvent(event), line: (event) => this.lines.mediaEvent(event) });
    this.update = makeUpdate(this, () => this.#quiet());
    this.store.changed = (mailbox) => this.#storeChanged(mailbox);
  }

  /** Errors: HalError `busy` (another unit runs on this data), address-in-use, and those of the store; StartGivenUp. */
  async start(): Promise<void> {
    const { storage, log } = this.parts;
    const unlock = await storage.lock('unit.lock');
    this.#unlock = unlock;
    await this.signals?.start();
    try {
      [this.#openReport] = await together([this.store.open(), this.flows.open()]);
      this.#goOn();
      this.#notify = await openNotify(this);
      await this.pair.open();
      this.pair.pairing?.channel.serve(firmwareService, (connection) => this.#takeFirmware(connection));
      this.#distributed = await this.#openDistributed();
      if (this.#settings.entitlement.issuerKey !== null) this.#unitId = (await openIdentity(storage, this.parts.random, log)).fingerprint;
      this.#goOn();
      await this.media.opened(this.#settings.ports);
      // Who serves is decided when the two have heard each other.
      this.#serving = this.#settings.pair === null;
      this.sip.serve(this.#serving);
      await this.sip.start();
      await this.#health.start();
    } catch (error) {
      // What listens would keep the process from ending.
      await this.#leavePair();
      this.signals?.stop();
      await unlock();
      throw error;
    }
    this.#running = true;
    void this.#network.apply(this.#settings);
    this.time?.start();
    this.entitlements.tell();
    this.#estate = await openEstate(this);
    await this.pair.start();
    this.#distributed?.start();
    this.notify.start();
    this.queues.apply();
    this.lamps.allChanged();
    this.store.sending.start();
    this.#houseKeeper.start();
    this.store.scrub.start();
    this.#memory = new MemoryKeeper({ clock: this.parts.clock, process: this.parts.process, calls: () => this.calls.counters, short: () => this.memoryGate.short });
    const { port } = this.#settings.sip;
    void this.update?.desk.start();
    log.write('notice', 'started', `The unit answers on SIP port ${port} with ${this.#settings.ports} voicemail ports.`, { messages: this.#openReport.messages });
  }

  /** Ends a start at its next step, with StartGivenUp; from the opening of SIP on it goes to its end. */
  giveUpStart(why: string): void {
    this.#givenUp = new StartGivenUp(why);
    this.media.giveUp(this.#givenUp);
  }

  /** Ends every call, lets writes finish, says goodbye to the PBX. At most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const { clock, log, media } = this.parts;
    const began = clock.monotonic();
    log.write('notice', 'stopping', `The unit stops: ${this.calls.counters.active} calls are ended and stored.`);
    this.#running = false;
    this.#stopping = true;
    this.#houseKeeper.stop();
    this.time?.stop();
    this.store.scrub.stop();
    this.#memory?.stop();
    this.update?.pair.stop();
    this.update?.desk.stop();
    this.calls.refuseNew();
    await atMost(clock, graceMs * 0.1, this.#notify?.stop() ?? Promise.resolve());
    await atMost(clock, graceMs * 0.1, this.#estate?.stop() ?? Promise.resolve());
    await atMost(clock, graceMs * 0.25, this.#leavePair());
    this.calls.hangUpAll('the unit is stopping');
    this.lines.stop();
    const leftMs = Math.max(0, graceMs - (clock.monotonic() - began));
    await atMost(clock, leftMs * 0.6, this.calls.drained());
    await this.sip.stop(leftMs * 0.2);
    await atMost(clock, leftMs * 0.1, this.store.sending.stop());
    let isClosed = false;
    const closing = this.store.close().finally(() => (isClosed = true));
    await atMost(clock, leftMs * 0.1, closing);
    this.flows.stop();
    await this.#health.stop();
    this.signals?.stop();
    media.send({ type: 'shut-down' });
    // As long as anything is still written no other unit may run on this data; the end of the process lets go of it.
    if (isClosed) await this.#unlock?.();
  }

  /** Takes what can change while calls run; the plan of `config/` says what needs a restart. */
  apply(settings: Settings): void {
    this.#settings = settings;
    this.sip.apply(settings.sip, settings.peers);
    this.#notify?.applied();
    if (this.#running) void this.#network.apply(settings);
    if (this.#running) this.queues.apply();
    this.lamps.allChanged();
  }

  get serving(): boolean {
    return this.#serving;
  }

  /** Nobody asks before the unit has started. */
  get notify(): NotifyDesk {
    if (this.#notify === null) throw new Error('notices have not been opened');
    return this.#notify;
  }

  get unitId(): string {
    return this.#unitId;
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
    return this.#distributed;
  }

  get openReport(): OpenReport | null {
    return this.#openReport;
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

  #goOn(): void {
    if (this.#givenUp !== null) throw this.#givenUp;
  }

  #makePair(): UnitPair {
    const { media } = this.parts;
    return new UnitPair(
      {
        ...this.parts,
        link: (command) => media.send(command),
        able: () => this.#running && this.#health.able,
        calls: () => this.calls.counters.active,
        liveCalls: () => this.calls.all(),
        carryOn: (kept) => carryOn({ calls: this.calls, recordings: this.store.followed, log: this.parts.log, rtpPorts: this.media.rtpPorts }, kept),
        busy: () => this.calls.counters.active > this.#settings.ports / 2,
        mayMirror: () => this.entitlements.grants('mirror'),
        store: this.store,
        siteSources: () => siteSources(this),
        settings: () => this.#settings,
        hearsPbx: (timeoutMs, maxAgeMs) => this.sip.hearsPbx(timeoutMs, maxAgeMs),
        mainPbx: { heard: () => this.sip.mainPbx(), lossSeenMs: () => lossSeenMs(this.#settings.sip) },
        serve: (serving) => this.#serve(serving),
        refreshLamps: () => this.sip.tellLamps(),
        share: (address) => {
          media.send({ type: 'share', held: address !== null });
          return this.sip.share(address);
        },
      },
      this.#settings,
    );
  }

  #serve(serving: boolean): void {
    this.#serving = serving;
    this.#notify?.serving(serving);
    this.sip.serve(serving, !this.#running);
    this.parts.clock.after('phone lamps', 0, () => {
      this.phones.showLamps();
      watchPhones(this);
    });
  }

  /** Errors: HalError of the storage. */
  async #openDistributed(): Promise<DistributedUnit | null> {
    const { central } = this.#settings;
    const { site } = this.parts;
    if (central === null || site === null) return null;
    return DistributedUnit.open(
      {
        ...this.parts, store: this.store, siteSources: () => siteSources(this), site, settings: () => this.#settings, pbxSilentMs: () => this.sip.aliveMs(),
        lampsChanged: () => this.lamps.allChanged(),
      },
      central,
    );
  }

  #storeChanged(mailbox: string): void {
    this.lamps.changed(mailbox);
    this.#notify?.storeChanged(mailbox);
    this.#distributed?.storeChanged();
  }

  /** Never rejects: whatever the disk says, calls must still be ended and stored. */
  async #leavePair(): Promise<void> {
    await this.#distributed?.stop().catch((error: unknown) => this.parts.log.write('error', 'site-not-left', `The site could not be left in good order: ${String(error)}`));
    await this.pair.stop().catch((error: unknown) => this.parts.log.write('error', 'pair-not-left', `The pair could not be left in good order: ${String(error)}`));
  }

  /** Before the machine restarts: the partner serves from now on, and what callers were saying is stored. */
  async #quiet(): Promise<void> {
    const { clock } = this.parts;
    this.calls.refuseNew();
    await atMost(clock, quietMs / 2, this.#leavePair());
    this.calls.hangUpAll('the machine restarts');
    await atMost(clock, quietMs / 2, this.calls.drained());
  }

  /** Of the partner; a machine without slots has no use for it. */
  #takeFirmware(connection: StreamConnection): void {
    if (this.update === null) connection.close();
    else this.update.pair.serve(connection);
  }

  #housekeep(ages: boolean): void {
    this.store.housekeep(ages).catch((error) => this.parts.log.write('error', 'housekeeping-failed', String(error)));
  }
}
