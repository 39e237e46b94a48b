import type { PairSettings, Settings } from '../../firmware/config/settings.ts';
import { Homecoming } from '../../firmware/failover/homecoming/homecoming.ts';
import type { PairNames } from '../../firmware/failover/homecoming/pair-names.ts';
import { Mirror } from '../../firmware/failover/mirror/mirror.ts';
import { homecomingMode } from '../../firmware/failover/pair-exchange.ts';
import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import { settle, SimClock } from '../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import type { StreamConnection, StreamListener } from '../../hal/stream.ts';
import type { ListLog } from './store-fixture.ts';
import { makeStore, wholeOf } from './store-fixture.ts';

export const primaryAddress = '10.0.0.1';
export const backupAddress = '10.0.0.2';
const mirrorPort = 5064;
const homePort = 5065;

export type Rank = 'primary' | 'backup';

export interface MirrorUnit {
  readonly rank: Rank;
  readonly storage: SimStorage;
  readonly store: FileMessageStore;
  readonly mirror: Mirror;
  readonly homecoming: Homecoming;
  readonly log: ListLog;
  readonly listeners: readonly StreamListener[];
}

/** What the units are asked at each use; tests change it. */
export interface MirrorKnobs {
  readonly mode: Record<Rank, PairSettings['messages']>;
  readonly mailboxes: Record<Rank, string[]>;
  busy: boolean;
  kbps: number;
  messages: Partial<Settings['messages']>;
}

const names: Readonly<Record<Rank, PairNames>> = {
  primary: { pair: 'pair-1', own: 'ada', partner: 'blaise' },
  backup: { pair: 'pair-1', own: 'blaise', partner: 'ada' },
};

const addresses: Readonly<Record<Rank, string>> = { primary: primaryAddress, backup: backupAddress };

/** A primary and a backup, either of which may take messages, with a network between them, on virtual time. The primary dials. */
export class MirrorWorld {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly knobs: MirrorKnobs = {
    mode: { primary: 'mirror', backup: 'mirror' }, mailboxes: { primary: ['201', '202', '203'], backup: ['201', '202', '203'] }, busy: false, kbps: 100_000, messages: {},
  };
  /** What both sides of the mirror have sent. */
  sentBytes = 0;
  #seed: number;

  constructor(seed = 1) {
    this.#seed = seed * 100;
    this.network = new SimNetwork(this.clock, new SimRandom(seed));
    this.network.faultAll({ delayMs: 2 });
  }

  static async withUnits(seed = 1, change: (knobs: MirrorKnobs) => void = () => undefined): Promise<{ world: MirrorWorld; a: MirrorUnit; b: MirrorUnit }> {
    const world = new MirrorWorld(seed);
    change(world.knobs);
    return { world, b: await world.boot('backup'), a: await world.boot('primary') };
  }

  /** As after a boot. May never resolve when `storage` loses its power. */
  async boot(rank: Rank, storage = new SimStorage()): Promise<MirrorUnit> {
    const { clock, knobs } = this;
    const { store, log } = makeStore(storage, knobs.messages, this.#seed++, clock, {
      takenFor: () => (rank === 'backup' ? 'ada' : null),
      mailboxes: () => knobs.mailboxes[rank],
      counter: rank,
      remembersPurges: () => knobs.mode[rank] === 'mirror',
    });
    await store.open();
    const shared = { clock, random: new SimRandom(this.#seed++), log, storage, transfer: store.transfer, names: () => names[rank], busy: () => knobs.busy, kbps: () => knobs.kbps };
    const mirror = await Mirror.open({ ...shared, mirror: store.mirror, on: () => knobs.mode[rank] === 'mirror' });
    const homecoming = await Homecoming.open({ ...shared, rank, serves: () => true, mode: () => homecomingMode(rank, knobs.mode[rank], mirror.partnerMirrors) });
    mirror.check();
    return { rank, storage, store, mirror, homecoming, log, listeners: await this.#connect(rank, mirror, homecoming) };
  }

  async #connect(rank: Rank, mirror: Mirror, homecoming: Homecoming): Promise<StreamListener[]> {
    const { stream } = this.network.host(addresses[rank]);
    if (rank === 'primary') {
      mirror.dial(() => stream.connect({ address: backupAddress, port: mirrorPort }, 5000).then((connection) => this.#counted(connection)));
      homecoming.dial(() => stream.connect({ address: backupAddress, port: homePort }, 5000));
      return [];
    }
    return [
      await stream.listen({ address: backupAddress, port: mirrorPort }, (connection) => mirror.serve(this.#counted(connection))),
      await stream.listen({ address: backupAddress, port: homePort }, (connection) => homecoming.serve(connection)),
    ];
  }

  #counted(connection: StreamConnection): StreamConnection {
    const write = connection.write.bind(connection);
    connection.write = (bytes) => {
      this.sentBytes += bytes.length;
      return write(bytes);
    };
    return connection;
  }

  /** The unit is off, without a word to the other. */
  off(unit: MirrorUnit): void {
    unit.mirror.stop();
    unit.homecoming.stop();
    for (const listener of unit.listeners) listener.close();
    this.network.host(addresses[unit.rank]).crash();
  }

  cut(): void {
    this.network.partition(primaryAddress, backupAddress);
  }

  heal(): void {
    this.network.heal(primaryAddress, backupAddress);
  }

  /** Both ends lose their connections at once. */
  reset(): void {
    this.network.resetStreams(primaryAddress, backupAddress);
  }

  /** Until both say that they lack nothing, and hold the same. */
  async inStep(one: MirrorUnit, other: MirrorUnit, limitMs = 600_000): Promise<boolean> {
    return this.clock.until(() => [one, other].every(({ mirror }) => mirror.status().connected && mirror.status().behind.seconds === 0) && same(one, other), limitMs, 200);
  }

  /** Ends everything; what then still waits was leaked. */
  async leaks(...units: readonly MirrorUnit[]): Promise<string[]> {
    for (const unit of units) this.off(unit);
    await this.clock.advance(20_000);
    await settle();
    return this.clock.pending().map(({ name }) => name);
  }
}

/** Everything a unit has, deleted ones too, in the order of ids. */
export const holds = ({ store }: Pick<MirrorUnit, 'store'>): Message[] =>
  store.numbers().flatMap((mailbox) => store.list(mailbox, true)).sort((one, other) => (one.id < other.id ? -1 : 1));

const same = (one: MirrorUnit, other: MirrorUnit): boolean => JSON.stringify(holds(one)) === JSON.stringify(holds(other));

export const heardAt = async ({ store }: Pick<MirrorUnit, 'store'>, { mailbox, id }: Pick<Message, 'mailbox' | 'id'>): Promise<Buffer> => wholeOf(await store.reader(mailbox, id), 50_000);
