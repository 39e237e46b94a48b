// A distributed unit, a primary and a backup, as far as messages go, on virtual time:
//
//   far ── Outbound ──> the one that serves: Intake        backup ── Homecoming ──> primary
import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import { Intake } from '../../firmware/distributed/intake.ts';
import { Outbound } from '../../firmware/distributed/outbound.ts';
import { Arrivals } from '../../firmware/failover/homecoming/arrivals.ts';
import { HomeKeeper } from '../../firmware/failover/homecoming/home-keeper.ts';
import { Homecoming } from '../../firmware/failover/homecoming/homecoming.ts';
import { spokenFirst } from '../../firmware/site/channel/spoken-first.ts';
import { settle, SimClock } from '../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import type { StreamListener } from '../../hal/stream.ts';
import type { ListLog } from './store-fixture.ts';
import { makeStore } from './store-fixture.ts';

export type DeliveryName = 'primary' | 'backup' | 'far';
export const deliveryNames: readonly DeliveryName[] = ['primary', 'backup', 'far'];

const addresses: Readonly<Record<DeliveryName, string>> = { primary: '10.0.0.1', backup: '10.0.0.2', far: '10.0.0.3' };
const ports = { home: 5064, delivery: 5066 };
const mailboxes = ['201', '202', '203'];

export interface DeliveryUnit {
  readonly name: DeliveryName;
  readonly storage: SimStorage;
  readonly store: FileMessageStore;
  readonly log: ListLog;
  readonly stop: () => void;
  /** The central unit that serves has changed, or whether it may take messages. */
  readonly turn: () => void;
}

export class DeliveryWorld {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  /** Which of the two serves; null = neither, for the distributed unit. */
  serving: 'primary' | 'backup' | null = 'primary';
  kbps = 100_000;
  readonly units = new Map<DeliveryName, DeliveryUnit>();
  #seed: number;

  constructor(seed = 1) {
    this.#seed = seed * 100;
    this.network = new SimNetwork(this.clock, new SimRandom(seed));
    this.network.faultAll({ delayMs: 2 });
  }

  static async withUnits(seed = 1): Promise<DeliveryWorld> {
    const world = new DeliveryWorld(seed);
    for (const name of deliveryNames) await world.boot(name);
    return world;
  }

  unit(name: DeliveryName): DeliveryUnit {
    const unit = this.units.get(name);
    if (unit === undefined) throw new Error(`${name} was never on`);
    return unit;
  }

  /** As after a boot. May never resolve when `storage` loses its power. */
  async boot(name: DeliveryName, storage = new SimStorage()): Promise<DeliveryUnit> {
    const made = makeStore(storage, {}, this.#seed++, this.clock, { mailboxes: () => mailboxes, takenFor: () => (name === 'primary' ? null : 'ada') });
    await made.store.open();
    const unit = name === 'far' ? await this.#far(storage, made) : await this.#central(name, storage, made);
    this.units.set(name, unit);
    unit.turn();
    return unit;
  }

  serve(name: DeliveryWorld['serving']): void {
    this.serving = name;
    for (const unit of this.units.values()) unit.turn();
  }

  off(name: DeliveryName): void {
    this.unit(name).stop();
    this.network.host(addresses[name]).crash();
  }

  cut(one: DeliveryName, other: DeliveryName): void {
    this.network.partition(addresses[one], addresses[other]);
  }

  heal(): void {
    for (const one of deliveryNames) for (const other of deliveryNames) if (one < other) this.network.heal(addresses[one], addresses[other]);
  }

  reset(one: DeliveryName, other: DeliveryName): void {
    this.network.resetStreams(addresses[one], addresses[other]);
  }

  /** Until only the primary has messages. */
  allHome(limitMs: number): Promise<boolean> {
    return this.clock.until(() => (['backup', 'far'] as const).every((name) => this.messages(name).length === 0), limitMs, 1000);
  }

  messages(name: DeliveryName): { readonly mailbox: string; readonly id: string; readonly state: string }[] {
    const { store } = this.unit(name);
    return store.numbers().flatMap((mailbox) => store.list(mailbox, true));
  }

  async leaks(): Promise<string[]> {
    for (const name of deliveryNames) this.off(name);
    await this.clock.advance(70_000);
    await settle();
    return this.clock.pending().map(({ name }) => name);
  }

  async #far(storage: SimStorage, { store, log }: { store: FileMessageStore; log: ListLog }): Promise<DeliveryUnit> {
    const { clock } = this;
    const keeper = new HomeKeeper({ log, transfer: store.transfer, own: () => 'far', on: () => true });
    const outbound = new Outbound({ clock, random: new SimRandom(this.#seed++), keeper, own: 'far', kbps: () => this.kbps });
    store.changed = () => outbound.changed();
    let dialled: DeliveryWorld['serving'] = null;
    const turn = (): void => {
      if (this.serving === dialled) return;
      dialled = this.serving;
      if (dialled === null) return outbound.leave();
      const to = { address: addresses[dialled], port: ports.delivery };
      outbound.dial(dialled, () => this.network.host(addresses.far).stream.connect(to, 5000));
    };
    return { name: 'far', storage, store, log, stop: () => outbound.stop(), turn };
  }

  async #central(name: 'primary' | 'backup', storage: SimStorage, { store, log }: { store: FileMessageStore; log: ListLog }): Promise<DeliveryUnit> {
    const { clock } = this;
    const host = this.network.host(addresses[name]);
    const serves = (): boolean => this.serving === name;
    const names = name === 'primary' ? { pair: 'pair-1', own: 'ada', partner: 'blaise' } : { pair: 'pair-1', own: 'blaise', partner: 'ada' };
    const came: { far: (id: string) => boolean } = { far: () => false };
    const home = await Homecoming.open({
      clock, random: new SimRandom(this.#seed++), log, storage, transfer: store.transfer, rank: name, names: () => names, mode: () => 'homecoming', serves, kbps: () => this.kbps, cameElsewhere: (id) => came.far(id),
    });
    const arrivals = await Arrivals.open({ storage, log, transfer: store.transfer, folder: 'home/far', cameElsewhere: (id) => home.came(id) });
    came.far = (id) => arrivals.came(id);
    const intake = new Intake({ clock, log, arrivals, own: name, member: 'far', name: 'far', mayCome: serves, kbps: () => this.kbps, refreshLamps: () => undefined });
    const listeners: StreamListener[] = [await host.stream.listen({ address: addresses[name], port: ports.delivery }, (connection) => void spokenFirst(connection, clock, (spoken) => (serves() ? intake.attach(spoken) : spoken.close())))];
    if (name === 'backup') listeners.push(await host.stream.listen({ address: addresses.backup, port: ports.home }, (connection) => home.serve(connection)));
    else home.dial(() => host.stream.connect({ address: addresses.backup, port: ports.home }, 5000));
    const stop = (): void => {
      for (const listener of listeners) listener.close();
      intake.stop();
      home.stop();
    };
    const turn = (): void => {
      if (!serves()) intake.drop();
      intake.check();
      home.check();
    };
    return { name, storage, store, log, stop, turn };
  }
}
