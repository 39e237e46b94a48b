import { SiteSync } from '../../../firmware/site/sync.ts';
import type { SiteSyncOptions } from '../../../firmware/site/sync.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { SimStorageOptions } from '../../../hal/sim/sim-storage.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { StreamConnection, StreamListener } from '../../../hal/stream.ts';
import type { BootOptions, SiteUnit } from './site-fixture.ts';
import { boot, identityOf } from './site-fixture.ts';

const port = 5058;
const addresses: Readonly<Record<string, string>> = { a: '10.0.0.1', b: '10.0.0.2' };

/** One unit of the pair with its disk, as it is switched on and off. */
export class SyncedUnit {
  readonly name: string;
  storage: SimStorage;
  unit: SiteUnit | null = null;
  sync: SiteSync | null = null;
  readonly #world: SiteWorld;
  #listener: StreamListener | null = null;

  constructor(world: SiteWorld, name: string, storage: SimStorage) {
    this.#world = world;
    this.name = name;
    this.storage = storage;
  }

  /** a listens, b dials. */
  async start(options: BootOptions & { readonly sync?: Partial<SiteSyncOptions> } = {}): Promise<SiteUnit> {
    const { clock, network, random, kbps } = this.#world;
    const unit = await boot(this.name, this.storage, { clock, ...options });
    const partner = this.name === 'a' ? 'b' : 'a';
    const sync = new SiteSync({ clock, random, log: unit.log, state: unit.state, identity: options.identity ?? identityOf(this.name), partner, kbps: () => kbps, ...options.sync });
    this.unit = unit;
    this.sync = sync;
    const host = network.host(addresses[this.name] as string);
    const to = { address: addresses['a'] as string, port };
    if (this.name === 'a') this.#listener = await host.stream.listen(to, (connection: StreamConnection) => sync.attach(connection));
    else sync.dial(() => host.stream.connect(to, 5000));
    return unit;
  }

  async stop(): Promise<void> {
    this.sync?.stop();
    this.#listener?.close();
    await this.unit?.state.close();
    this.sync = null;
  }

  /** Between two instructions; what was not synced is lost as `fates` says. */
  cutPower(fates: Parameters<SimStorage['afterPowerCut']>[0]): void {
    this.storage.fault = () => 'power-cut';
    this.#world.network.host(addresses[this.name] as string).crash();
    this.sync?.stop();
    void this.unit?.state.close();
    this.storage = this.storage.afterPowerCut(fates, {});
  }

  get site(): SiteUnit {
    if (this.unit === null) throw new Error(`${this.name} is off`);
    return this.unit;
  }
}

/** Two units, their disks and the line between them, in virtual time. */
export class SiteWorld {
  readonly clock = new SimClock();
  readonly random: SimRandom;
  readonly network: SimNetwork;
  readonly a: SyncedUnit;
  readonly b: SyncedUnit;
  kbps: number;

  constructor(options: { readonly seed?: number; readonly kbps?: number; readonly disk?: SimStorageOptions } = {}) {
    this.random = new SimRandom(options.seed ?? 1);
    this.network = new SimNetwork(this.clock, this.random);
    this.network.faultAll({ delayMs: 20 });
    this.kbps = options.kbps ?? 10_000;
    this.a = new SyncedUnit(this, 'a', new SimStorage());
    this.b = new SyncedUnit(this, 'b', new SimStorage(options.disk ?? {}));
  }

  /** Both on, a serves. */
  async start(): Promise<void> {
    await (await this.a.start()).state.seed();
    await this.b.start();
  }

  get inStep(): boolean {
    const hashes = [this.a, this.b].map((one) => (one.sync === null ? null : (one.site.state.current?.hash ?? null)));
    return hashes[0] !== null && hashes[0] === hashes[1] && [this.a, this.b].every((one) => one.site.state.inForce);
  }

  untilInStep(limitMs: number, stepMs = 100): Promise<boolean> {
    return this.clock.until(() => this.inStep, limitMs, stepMs);
  }

  cutLine(): void {
    this.network.partition('10.0.0.1', '10.0.0.2');
  }

  healLine(): void {
    this.network.heal('10.0.0.1', '10.0.0.2');
  }

  async stop(): Promise<void> {
    await this.a.stop();
    await this.b.stop();
  }
}
