import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import { Homecoming } from '../../firmware/failover/homecoming/homecoming.ts';
import type { PairNames } from '../../firmware/failover/homecoming/pair-names.ts';
import { settle, SimClock } from '../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import type { StreamListener } from '../../hal/stream.ts';
import type { ListLog } from './store-fixture.ts';
import { makeStore, wholeOf } from './store-fixture.ts';

export const homeAddress = '10.0.0.1';
export const awayAddress = '10.0.0.2';
const port = 5064;

export interface HomeUnit {
  readonly rank: 'primary' | 'backup';
  readonly storage: SimStorage;
  readonly store: FileMessageStore;
  readonly homecoming: Homecoming;
  readonly log: ListLog;
  readonly listener: StreamListener | null;
}

/** What both units are asked at each use; tests change it. */
export interface HomeKnobs {
  serves: boolean;
  busy: boolean;
  mode: 'none' | 'homecoming';
  kbps: number;
  /** Mailboxes of the primary's configuration. */
  mailboxes: string[];
  messages: Partial<Settings['messages']>;
}

const names: Readonly<Record<HomeUnit['rank'], PairNames>> = {
  primary: { pair: 'pair-1', own: 'ada', partner: 'blaise' },
  backup: { pair: 'pair-1', own: 'blaise', partner: 'ada' },
};

/** A primary and a backup with a network between them, on virtual time. The primary dials. */
export class HomeWorld {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly knobs: HomeKnobs = { serves: true, busy: false, mode: 'homecoming', kbps: 100_000, mailboxes: ['201', '202', '203'], messages: {} };
  #seed: number;

  constructor(seed = 1) {
    this.#seed = seed * 100;
    this.network = new SimNetwork(this.clock, new SimRandom(seed));
    this.network.faultAll({ delayMs: 2 });
  }

  static async withUnits(seed = 1, change: (knobs: HomeKnobs) => void = () => undefined): Promise<{ world: HomeWorld; home: HomeUnit; away: HomeUnit }> {
    const world = new HomeWorld(seed);
    change(world.knobs);
    return { world, away: await world.boot('backup'), home: await world.boot('primary') };
  }

  /** As after a boot. May never resolve when `storage` loses its power. */
  async boot(rank: HomeUnit['rank'], storage = new SimStorage()): Promise<HomeUnit> {
    const { clock, knobs } = this;
    const { store, log } = makeStore(storage, knobs.messages, this.#seed++, clock, {
      takenFor: () => (rank === 'backup' ? 'ada' : null),
      mailboxes: () => (rank === 'primary' ? knobs.mailboxes : ['201', '202', '203', '204']),
    });
    await store.open();
    const homecoming = await Homecoming.open({
      clock, random: new SimRandom(this.#seed++), log, storage, transfer: store.transfer, rank,
      names: () => names[rank], mode: () => knobs.mode, serves: () => knobs.serves, busy: () => knobs.busy, kbps: () => knobs.kbps,
    });
    return { rank, storage, store, homecoming, log, listener: await this.#connect(rank, homecoming) };
  }

  async #connect(rank: HomeUnit['rank'], homecoming: Homecoming): Promise<StreamListener | null> {
    if (rank === 'backup') return this.network.host(awayAddress).stream.listen({ address: awayAddress, port }, (connection) => homecoming.serve(connection));
    homecoming.dial(() => this.network.host(homeAddress).stream.connect({ address: awayAddress, port }, 5000));
    return null;
  }

  /** The unit is off, without a word to the other. */
  off(unit: HomeUnit): void {
    unit.homecoming.stop();
    unit.listener?.close();
    this.network.host(unit.rank === 'primary' ? homeAddress : awayAddress).crash();
  }

  cut(): void {
    this.network.partition(homeAddress, awayAddress);
  }

  heal(): void {
    this.network.heal(homeAddress, awayAddress);
  }

  /** Both ends lose the connection at once. */
  reset(): void {
    this.network.resetStreams(homeAddress, awayAddress);
  }

  /** Until the backup has nothing more that was taken for the primary. */
  async allHome(away: HomeUnit, limitMs = 3_600_000): Promise<boolean> {
    return this.clock.until(() => away.store.transfer.taken('blaise').messages === 0, limitMs, 1000);
  }

  /** Ends everything; what then still waits was leaked. */
  async leaks(...units: readonly HomeUnit[]): Promise<string[]> {
    for (const unit of units) this.off(unit);
    await this.clock.advance(20_000);
    await settle();
    return this.clock.pending().map(({ name }) => name);
  }
}

/** Everything a unit has, deleted ones too. */
export const allOf = ({ store }: Pick<HomeUnit, 'store'>): Message[] => store.numbers().flatMap((mailbox) => store.list(mailbox, true));

export const heardOf = async ({ store }: Pick<HomeUnit, 'store'>, { mailbox, id }: Pick<Message, 'mailbox' | 'id'>): Promise<Buffer> => wholeOf(await store.reader(mailbox, id), 50_000);
