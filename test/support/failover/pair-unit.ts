import type { AddressHolder } from '../../../hal/address-holder.ts';
import type { DatagramNet, DatagramSocket } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Reachability } from '../../../hal/reachability.ts';
import type { SimHost } from '../../../hal/sim/sim-host.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { PairSettings } from '../../../firmware/config/settings.ts';
import type { BeatSeal } from '../../../firmware/failover/beat-seal.ts';
import { oneKey } from '../../../firmware/failover/link-protocol.ts';
import { PairLink } from '../../../firmware/failover/pair-link.ts';
import type { PairTiming } from '../../../firmware/failover/pair-timing.ts';
import { Pair } from '../../../firmware/failover/pair.ts';
import type { Role } from '../../../firmware/failover/role.ts';
import type { PairWorld } from './pair-world.ts';
import { ThreadClock } from './thread-clock.ts';

export interface LogLineSeen {
  readonly atMs: number;
  readonly severity: string;
  readonly event: string;
  readonly text: string;
}

/** What is between a command to the machine and its effect. */
const addressMs = 2;
const diskMs = 1;
const pingMs = 1;
const threadMs = 0.05;

/** One machine of the pair: its disk, its kernel's address, its cables, and, while it runs, the two threads of the firmware. */
export class PairUnit {
  readonly name: 'A' | 'B';
  readonly world: PairWorld;
  readonly hosts: readonly SimHost[];
  settings: PairSettings;
  key: Uint8Array | null;
  storage: SimStorage;
  /** The shared address is on the interface. */
  hasAddress = false;
  announcedMs = 0;
  running = false;
  /** Pulled cables of the LAN side, counted. */
  lanCuts = 0;
  carrier = true;
  diskFails = false;
  holderFails = false;
  wallOffsetMs = 0;
  able = true;
  calls = 0;
  /** What the owner was told last. */
  serving = false;
  servingCause = '';
  log: LogLineSeen[] = [];
  pair!: Pair;
  link!: PairLink;
  control!: ThreadClock;
  media!: ThreadClock;
  powered = true;

  constructor(world: PairWorld, name: 'A' | 'B', hosts: readonly SimHost[], settings: PairSettings, key: Uint8Array | null) {
    this.world = world;
    this.name = name;
    this.hosts = hosts;
    this.settings = settings;
    this.key = key;
    this.storage = new SimStorage();
  }

  get role(): Role {
    return this.pair.status().role;
  }

  /** Both threads run. */
  get well(): boolean {
    return this.running && this.control.running && this.media.running;
  }

  get reachesPbx(): boolean {
    return this.powered && this.lanCuts === 0 && this.world.pbxUp;
  }

  start(): void {
    const { world } = this;
    const control = (this.control = new ThreadClock(world.clock, true));
    const media = (this.media = new ThreadClock(world.clock, false));
    control.wallOffsetMs = this.wallOffsetMs;
    this.powered = true;
    this.plug();
    this.running = true;
    this.serving = false;
    this.storage = this.storage.afterPowerCut(() => 'keep', { clock: control, delayMs: () => diskMs });
    this.storage.fault = ({ kind }) => (this.diskFails && (kind === 'write' || kind === 'data-sync' || kind === 'create' || kind === 'allocate') ? 'no-space' : null);
    const link: PairLink = (this.link = new PairLink({
      clock: media, random: world.random, datagram: this.#datagram(), ...(world.makeSeal === undefined ? {} : { makeSeal: world.makeSeal as (key: Uint8Array) => BeatSeal }),
      emit: (event) => void world.clock.after('to control', threadMs, () => control.run(() => pair.linkEvent(event))),
      fence: async () => {
        world.clock.promises = true;
        await this.#later(media, addressMs);
        if (this.holderFails) throw new HalError('permission-denied', 'lan0', 'as the test asked');
        this.hasAddress = false;
      },
    }));
    const pair: Pair = (this.pair = new Pair({
      clock: control, storage: this.storage, reachability: this.#reachability(), addressHolder: this.#holder(),
      log: { write: (severity, event, text) => void this.log.push({ atMs: world.clock.monotonic(), severity, event, text }) },
      link: (command) => void world.clock.after('to media', threadMs, () => {
        if (command.type === 'link-start') world.clock.promises = true;
        media.run(() => link.command(command));
      }),
      pbxAlive: null,
      able: () => this.able,
      calls: () => this.calls,
      serving: (serving, cause) => {
        this.serving = serving;
        this.servingCause = cause;
      },
      pathInterfaces: ['lan0', null],
      timing: world.timing as PairTiming,
    }, this.settings));
    world.clock.promises = true;
    void pair.start(this.key === null ? null : oneKey(this.key));
  }

  plug(): void {
    for (const host of this.hosts) host.plug();
    if (this.lanCuts > 0) this.hosts[0]?.unplug();
  }

  /** kill -9: the kernel closes the sockets and keeps the address. */
  kill(): void {
    if (!this.running) return;
    this.#end();
  }

  power(): void {
    this.#end();
    this.powered = false;
    this.hasAddress = false;
    for (const host of this.hosts) host.unplug();
    this.storage = this.storage.afterPowerCut(() => 'drop');
  }

  async stop(): Promise<void> {
    this.world.clock.promises = true;
    await this.pair.stop();
    this.running = false;
  }

  hang(): void {
    this.control.stop();
  }

  freeze(): void {
    this.control.stop();
    this.media.stop();
  }

  resume(): void {
    if (!this.running) return;
    this.media.resume();
    this.control.resume();
  }

  cutLan(withCarrier: boolean): void {
    this.lanCuts++;
    this.hosts[0]?.unplug();
    if (withCarrier) this.#setCarrier(false);
  }

  mendLan(): void {
    if (--this.lanCuts > 0) return;
    if (this.powered) this.hosts[0]?.plug();
    this.#setCarrier(true);
  }

  #setCarrier(up: boolean): void {
    if (this.carrier === up) return;
    this.carrier = up;
    for (const watch of this.#carrierWatches) this.control?.run(() => watch(up));
  }

  readonly #carrierWatches = new Set<(up: boolean) => void>();

  #end(): void {
    this.running = false;
    this.serving = false;
    this.control.die();
    this.media.die();
    this.#carrierWatches.clear();
    for (const host of this.hosts) host.crash();
  }

  #later(thread: ThreadClock, ms: number): Promise<void> {
    return new Promise((resolve) => thread.after('machine', ms, () => {
      this.world.clock.promises = true;
      resolve();
    }));
  }

  #holder(): AddressHolder {
    const thread = this.control;
    const attempt = async (effect: () => void): Promise<void> => {
      await this.#later(thread, addressMs);
      if (this.holderFails) throw new HalError('permission-denied', 'lan0', 'as the test asked');
      effect();
    };
    return {
      add: () => attempt(() => void (this.hasAddress = true)),
      remove: () => attempt(() => void (this.hasAddress = false)),
      announce: async () => {
        if (!this.hasAddress || this.lanCuts > 0) return;
        this.world.lanOwner = this;
        this.announcedMs = this.world.clock.monotonic();
      },
      held: async () => this.hasAddress,
    };
  }

  #reachability(): Reachability {
    const thread = this.control;
    return {
      answers: async (_address, timeoutMs) => {
        const reached = this.reachesPbx && !this.world.random.chance(this.world.pingLoss);
        await this.#later(thread, reached ? pingMs : timeoutMs);
        return reached;
      },
      watchCarrier: async (_name, changed) => {
        const watch = changed;
        this.#carrierWatches.add(watch);
        if (!this.carrier) watch(false);
        return { close: () => void this.#carrierWatches.delete(watch) };
      },
    };
  }

  /** One socket on any address of a machine with several, of which each leads to its own network. */
  #datagram(): DatagramNet {
    const { hosts, media } = this;
    return {
      bind: () => Promise.reject(new HalError('unsupported', 'pair unit', 'the link has a socket for each way')),
      connect: async (local, peer) => {
        const socket = await (hosts[Number(peer.address.split('.')[1])] as SimHost).datagram.connect(local, peer);
        const joined: DatagramSocket = {
          local, received: null, failed: null,
          send: (bytes, to) => socket.send(bytes, to),
          close: () => socket.close(),
        };
        socket.received = (bytes, from) => {
          if (media.running) return media.run(() => joined.received?.(bytes, from));
          const kept = bytes.slice();
          media.arrive(() => joined.received?.(kept, from));
        };
        socket.failed = (error, to) => media.run(() => joined.failed?.(error, to));
        return joined;
      },
    };
  }
}
