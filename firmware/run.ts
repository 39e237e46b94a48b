import type { MonotonicMs } from '../hal/clock.ts';
import { HalError } from '../hal/errors.ts';
import { CallTable } from './calls/call-table.ts';
import type { FlowServices } from './calls/flow-services.ts';
import { storedGreetings } from './calls/stored-greetings.ts';
import { findLanguage, languages } from './callflow/language/languages.ts';
import type { Settings } from './config/settings.ts';
import { Entitlements } from './entitlement/entitlements.ts';
import type { LinkEvent } from './failover/link-protocol.ts';
import { isLink } from './failover/link-protocol.ts';
import { openIdentity } from './failover/identity.ts';
import { UnitPair } from './failover/unit-pair.ts';
import { FileMessageStore } from './mailbox/file-message-store.ts';
import { lampCounts } from './mailbox/lamps.ts';
import type { OpenReport } from './mailbox/message-store.ts';
import { OwnerAccess } from './mailbox/owner/owner-access.ts';
import type { MediaEvent } from './media/media-protocol.ts';
import { SipUserAgent } from './sip/sip-user-agent.ts';
import type { UserAgent } from './sip/user-agent.ts';
import type { UnitParts } from './unit-parts.ts';
import type { HealthCheck } from './watchdog/health.ts';
import { Health, mediaAlive } from './watchdog/health.ts';

/** The time within which a supervisor must hear from the unit. */
const watchdogMs = 30_000;
const housekeepingMs = 60 * 60 * 1000;
/** How long the media thread may take to open its ports at boot. */
const mediaStartMs = 10_000;

/** The runtime: store, calls, SIP and media held together. Made once; started once; stopped once. */
export class Unit {
  readonly store: FileMessageStore;
  readonly owners: OwnerAccess;
  readonly calls: CallTable;
  readonly sip: UserAgent;
  readonly pair: UnitPair;
  readonly entitlements: Entitlements;
  readonly parts: UnitParts;
  readonly startedMs: MonotonicMs;
  #settings: Settings;
  #rtpPorts: readonly number[] = [];
  #mediaHeard: MonotonicMs;
  #mediaHealth: Extract<MediaEvent, { type: 'health' }> | null = null;
  #openReport: OpenReport | null = null;
  #unlock: (() => Promise<void>) | null = null;
  #running = false;
  /** Known where rights are issued. */
  #unitId = '';
  readonly #health: Health;
  readonly #mediaIsAlive: HealthCheck;
  readonly #mediaReady: Promise<void>;
  #mediaIsReady: () => void = () => undefined;
  #housekeeping: { cancel(): void } | null = null;

  constructor(parts: UnitParts, settings: Settings) {
    this.parts = parts;
    this.#settings = settings;
    this.startedMs = parts.clock.monotonic();
    this.#mediaHeard = this.startedMs;
    this.store = new FileMessageStore({
      storage: parts.storage,
      clock: parts.clock,
      random: parts.random,
      log: parts.log,
      settings: () => this.#settings.messages,
      mailboxes: () => this.#settings.mailboxes.map((mailbox) => mailbox.number),
      takenFor: () => this.pair.takenFor(),
    });
    this.owners = this.#makeOwners();
    this.entitlements = this.#makeEntitlements();
    this.calls = this.#makeCalls();
    this.sip = this.#makeSip();
    this.#mediaIsAlive = mediaAlive(parts.clock, () => this.#mediaHeard);
    this.#health = new Health(parts.clock, parts.watchdog, parts.log, [this.#mediaIsAlive]);
    this.pair = this.#makePair();
    this.#mediaReady = new Promise((resolve) => (this.#mediaIsReady = resolve));
    parts.media.received = (event) => this.#mediaEvent(event);
    this.store.changed = (mailbox) => this.#lamp(mailbox);
  }

  /** Errors: HalError `busy` (another unit runs on this data), address-in-use, and those of the store. */
  async start(): Promise<void> {
    const { storage, log } = this.parts;
    const unlock = await storage.lock('unit.lock');
    this.#unlock = unlock;
    try {
      this.#openReport = await this.store.open();
      await this.pair.open();
      if (this.#settings.entitlement.issuerKey !== null) this.#unitId = (await openIdentity(storage, this.parts.random, log)).fingerprint;
      await this.#mediaPorts();
      // Who serves is decided when the two have heard each other.
      this.sip.serve(this.#settings.pair === null);
      await this.sip.start();
      await this.#health.start(watchdogMs);
    } catch (error) {
      // What listens would keep the process from ending.
      await this.#leavePair();
      await unlock();
      throw error;
    }
    this.#running = true;
    this.entitlements.tell();
    await this.pair.start();
    for (const { number } of this.#settings.mailboxes) this.#lamp(number);
    this.#housekeep();
    const { port } = this.#settings.sip;
    log.write('notice', 'started', `The unit answers on SIP port ${port} with ${this.#settings.ports} voicemail ports.`, { messages: this.#openReport.messages });
  }

  /** Ends every call, lets writes finish, says goodbye to the PBX. At most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const { clock, log, media } = this.parts;
    const began = clock.monotonic();
    log.write('notice', 'stopping', `The unit stops: ${this.calls.counters.active} calls are ended and stored.`);
    this.#running = false;
    this.#housekeeping?.cancel();
    this.calls.refuseNew();
    await this.#within(graceMs * 0.25, this.#leavePair());
    this.calls.hangUpAll('the unit is stopping');
    const leftMs = Math.max(0, graceMs - (clock.monotonic() - began));
    await this.#within(leftMs * 0.6, this.calls.drained());
    await this.sip.stop(leftMs * 0.2);
    await this.#within(leftMs * 0.2, this.store.close());
    await this.#health.stop();
    media.send({ type: 'shut-down' });
    await this.#unlock?.();
  }

  /** Takes what can change while calls run; the plan of `config/` says what needs a restart. */
  apply(settings: Settings): void {
    this.#settings = settings;
    this.sip.apply(settings.sip, settings.peers);
    for (const { number } of settings.mailboxes) this.#lamp(number);
  }

  get unitId(): string {
    return this.#unitId;
  }

  get settings(): Settings {
    return this.#settings;
  }

  get openReport(): OpenReport | null {
    return this.#openReport;
  }

  get mediaHealth(): Extract<MediaEvent, { type: 'health' }> | null {
    return this.#mediaHealth;
  }

  get rtpPorts(): readonly number[] {
    return this.#rtpPorts;
  }

  #makeOwners(): OwnerAccess {
    const { clock, random, log, hasher } = this.parts;
    return new OwnerAccess({ clock, random, log, hasher, records: this.store.owners, settings: () => this.#settings.pins });
  }

  #makeCalls(): CallTable {
    const { clock, log, media, net } = this.parts;
    const services: FlowServices = {
      clock,
      log,
      settings: () => this.#settings,
      store: this.store,
      greetings: storedGreetings(this.store.greetings),
      owners: this.owners,
      language: (code) => findLanguage(code ?? this.#settings.unit.language) ?? languages[0],
    };
    const mediaOf: ConstructorParameters<typeof CallTable>[0]['mediaOf'] = async (port, leg) => ({
      address: this.#settings.sip.publicAddress ?? (await net.sourceTowards(leg.facts.remoteAddress)),
      rtpPort: this.#rtpPorts[port.index] as number,
    });
    return new CallTable({ services, send: (command) => media.send(command), mediaOf, refuse: (used, wants) => this.entitlements.refuse(used, wants) }, this.#settings.ports);
  }

  #makeEntitlements(): Entitlements {
    const { clock, log, entitlement } = this.parts;
    const parts = { clock, log, startedMs: this.startedMs, settings: () => this.#settings, unitId: () => this.#unitId, servesAs: () => this.pair.servesAs() };
    return new Entitlements(parts, entitlement);
  }

  #makeSip(): UserAgent {
    return new SipUserAgent(this.parts, {
      sip: this.#settings.sip,
      peers: this.#settings.peers,
      product: this.parts.product,
      incoming: (leg) => this.calls.offered(leg),
      available: () => this.#running,
      counts: (mailbox) => (this.#isMailbox(mailbox) ? lampCounts(this.store.counts(mailbox)) : null),
      mailboxes: () => this.#settings.mailboxes.map(({ number }) => number),
      watchAll: this.#settings.pair !== null,
    });
  }

  #makePair(): UnitPair {
    const { media } = this.parts;
    return new UnitPair(
      {
        ...this.parts,
        link: (command) => media.send(command),
        able: () => this.#running && this.#mediaIsAlive() === null,
        calls: () => this.calls.counters.active,
        busy: () => this.calls.counters.active > this.#settings.ports / 2,
        store: this.store,
        settings: () => this.#settings,
        hearsPbx: (timeoutMs, maxAgeMs) => this.sip.hearsPbx(timeoutMs, maxAgeMs),
        serve: (serving) => this.sip.serve(serving),
        share: (address) => this.sip.share(address),
      },
      this.#settings,
    );
  }

  /** Never rejects: whatever the disk says, calls must still be ended and stored. */
  async #leavePair(): Promise<void> {
    await this.pair.stop().catch((error: unknown) => this.parts.log.write('error', 'pair-not-left', `The pair could not be left in good order: ${String(error)}`));
  }

  #isMailbox(number: string): boolean {
    return this.#settings.mailboxes.some((mailbox) => mailbox.number === number);
  }

  #lamp(mailbox: string): void {
    if (this.#running && this.#isMailbox(mailbox)) this.sip.lamp(mailbox, lampCounts(this.store.counts(mailbox)));
  }

  #mediaEvent(event: MediaEvent | LinkEvent): void {
    this.#mediaHeard = this.parts.clock.monotonic();
    if (isLink(event)) this.pair.linkEvent(event);
    else if (event.type === 'health') this.#mediaHealth = event;
    else if (event.type === 'log') this.parts.log.write(event.severity, event.event, event.text, event.facts);
    else if (event.type !== 'ready') this.calls.mediaEvent(event);
    else {
      this.#rtpPorts = event.rtpPorts;
      this.#mediaIsReady();
    }
  }

  async #mediaPorts(): Promise<void> {
    await this.#within(mediaStartMs, this.#mediaReady);
    if (this.#rtpPorts.length < this.#settings.ports) {
      throw new HalError('timed-out', 'media thread', `${this.#rtpPorts.length} of ${this.#settings.ports} ports opened within ${mediaStartMs / 1000} s`);
    }
  }

  #housekeep(): void {
    this.store.housekeep().catch((error) => this.parts.log.write('error', 'housekeeping-failed', String(error)));
    this.#housekeeping = this.parts.clock.after('housekeeping', housekeepingMs, () => this.#housekeep());
  }

  #within(ms: number, work: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.parts.clock.after('lifecycle', ms, resolve);
      const end = (): void => {
        timer.cancel();
        resolve();
      };
      work.then(end, (error) => {
        timer.cancel();
        reject(error);
      });
    });
  }
}
