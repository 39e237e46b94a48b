import type { AddressHolder } from '../../../hal/address-holder.ts';
import type { DatagramNet, DatagramSocket } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Reachability } from '../../../hal/reachability.ts';
import type { SerialPort, SerialPorts } from '../../../hal/serial.ts';
import type { SimHost } from '../../../hal/sim/sim-host.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { PairSettings } from '../../../firmware/config/settings.ts';
import type { BeatSeal } from '../../../firmware/failover/beat-seal.ts';
import { oneKey } from '../../../firmware/failover/link-protocol.ts';
import { PairLink } from '../../../firmware/failover/pair-link.ts';
import type { PairTiming } from '../../../firmware/failover/pair-timing.ts';
import { Pair } from '../../../firmware/failover/pair.ts';
import type { Role } from '../../../firmware/failover/role.ts';
import type { MainPbx } from '../../../firmware/sip/watch/main-pbx.ts';
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
  /** Of them, those that a move would break; null = all. Before `start`. */
  breaking: number | null = null;
  /** What the owner has to do before a move; null = nothing. Before `start`. */
  beforeMove: (() => Promise<void>) | null = null;
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

  /** What its watch says of the main PBX; 'unknown': nothing is watched. */
  main: MainPbx = 'unknown';

  /** PBXs that do not reach this unit, nor it them. */
  readonly lostPbxes = new Set<number>();

  /** Both threads run. */
  get well(): boolean {
    return this.running && this.control.running && this.media.running;
  }

  get reachesPbx(): boolean {
    return this.reaches(0) || this.reaches(1);
  }

  reaches(pbx: number): boolean {
    return this.powered && this.lanCuts === 0 && this.world.pbxes[pbx] === true && !this.lostPbxes.has(pbx);
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
      clock: media, random: world.random, datagram: this.#datagram(media), serial: this.#serial(media), ...(world.makeSeal === undefined ? {} : { makeSeal: world.makeSeal as (key: Uint8Array) => BeatSeal }),
      emit: (event) => void world.clock.after('to control', threadMs, () => control.run(() => pair.linkEvent(event))),
      fence: async () => {
        world.clock.promises = true;
        await this.#later(media, addressMs);
        if (this.holderFails) throw new HalError('permission-denied', 'lan0', 'as the test asked');
        this.hasAddress = false;
      },
    }));
    const pair: Pair = (this.pair = new Pair({
      clock: control, random: world.random, datagram: this.#datagram(control), storage: this.storage, reachability: this.#reachability(), addressHolder: this.#holder(),
      log: { write: (severity, event, text) => void this.log.push({ atMs: world.clock.monotonic(), severity, event, text }) },
      link: (command) => void world.clock.after('to media', threadMs, () => {
        if (command.type === 'link-start') world.clock.promises = true;
        media.run(() => link.command(command));
      }),
      pbxAlive: null,
      mainPbx: { heard: () => this.main, lossSeenMs: () => world.lossSeenMs },
      able: () => this.able,
      calls: () => this.calls,
      ...(this.breaking === null ? {} : { breaking: () => this.breaking ?? 0 }),
      ...(this.beforeMove === null ? {} : { beforeMove: this.beforeMove }),
      serving: (serving, cause) => {
        this.serving = serving;
        this.servingCause = cause;
      },
      timing: world.timing as PairTiming,
      ...(world.makeSeal === undefined ? {} : { makeSeal: world.makeSeal as (key: Uint8Array) => BeatSeal }),
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

  /** Of the process that runs: the kernel closes it with the process. */
  #line: SerialPort | null = null;
  readonly #carrierWatches = new Set<(up: boolean) => void>();

  #end(): void {
    this.running = false;
    this.serving = false;
    this.control.die();
    this.media.die();
    this.#carrierWatches.clear();
    for (const host of this.hosts) host.crash();
    void this.#line?.close();
    this.#line = null;
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
      answers: async (address, timeoutMs) => {
        const reached = this.reaches(address === this.settings.references[0] ? 0 : 1) && !this.world.random.chance(this.world.pingLoss);
        await this.#later(thread, reached ? pingMs : timeoutMs);
        return reached;
      },
      interfaceTowards: async (address) => (address.startsWith('10.0.') ? 'lan0' : 'link0'),
      watchCarrier: async (name, changed) => {
        if (name !== 'lan0') return { close: () => undefined };
        const watch = changed;
        this.#carrierWatches.add(watch);
        if (!this.carrier) watch(false);
        return { close: () => void this.#carrierWatches.delete(watch) };
      },
    };
  }

  /** Bytes wait in the driver while the thread stands. */
  #serial(thread: ThreadClock): SerialPorts | null {
    const { serial } = this.world;
    const ports = serial?.[this.name === 'A' ? 'a' : 'b'];
    if (ports === undefined) return null;
    return {
      open: async (device, settings) => {
        const port = await ports.open(device, settings);
        const joined: SerialPort = {
          received: null, closed: null, broke: null,
          write: (bytes) => port.write(bytes), setBaud: (baud) => port.setBaud(baud), sendBreak: (ms) => port.sendBreak(ms), modemLines: () => port.modemLines(), close: () => port.close(),
        };
        port.received = (bytes) => {
          const kept = bytes.slice();
          thread.arrive(() => joined.received?.(kept));
        };
        port.closed = (error) => thread.run(() => joined.closed?.(error));
        this.#line = port;
        return joined;
      },
    };
  }

  /** One socket on any address of a machine with several, of which each leads to its own network. */
  #datagram(thread: ThreadClock): DatagramNet {
    const { hosts } = this;
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
          if (thread.running) return thread.run(() => joined.received?.(bytes, from));
          const kept = bytes.slice();
          thread.arrive(() => joined.received?.(kept, from));
        };
        socket.failed = (error, to) => thread.run(() => joined.failed?.(error, to));
        return joined;
      },
    };
  }
}
