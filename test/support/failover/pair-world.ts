import type { BeatSeal } from '../../../firmware/failover/beat-seal.ts';
import { defaultTiming, type PairTiming } from '../../../firmware/failover/pair-timing.ts';
import type { PairSettings } from '../../../firmware/config/settings.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { FastClock } from './fast-clock.ts';
import { SimSerialCable } from '../../../hal/sim/sim-serial.ts';
import { PairUnit } from './pair-unit.ts';
import { SimWitness } from './sim-witness.ts';

export const pairKey = new Uint8Array(32).fill(7);

export const primarySettings: PairSettings = {
  rank: 'primary', partner: ['10.0.0.2', '10.1.0.2'], port: 5059, serial: null, beatMs: 25, misses: 16, sharedAddress: '10.0.0.100/24', interface: 'lan0',
  references: ['10.0.0.254', '10.0.0.253'], witness: null, failback: 'graceful', failbackAfterMin: 10, syncKbps: 64, messages: 'homecoming', calls: 'end',
};

export const backupSettings: PairSettings = { ...primarySettings, rank: 'backup', partner: ['10.0.0.1', '10.1.0.1'] };

export const witnessAddress = '10.2.0.9';
const witnessSettings = { address: witnessAddress, port: 5072, name: 'pair-a', secret: 'a secret of the test'.replaceAll(' ', '-') };

export interface WorldOptions {
  readonly witness?: boolean;
  /** Speed of a serial line between the two; absent = there is none. */
  readonly baud?: number;
  readonly seed?: number;
  readonly timing?: Partial<PairTiming>;
  /** The longest time that a unit needs to find the main PBX lost. */
  readonly lossSeenMs?: number;
  readonly makeSeal?: (key: Uint8Array) => BeatSeal;
  readonly primary?: Partial<PairSettings>;
  readonly backup?: Partial<PairSettings>;
}

/**
 * Two units, the PBX and the cables between them.
 *
 *         PBX and its own backup (also the references)
 *               │
 *   A ══ lan0 ══╧══ lan0 ══ B       path 0: the LAN, where the shared address is announced
 *   ├──────── link0 ────────┤       path 1: a cable between the two
 *   ├───── serial line ─────┤       path 2, where there is one
 *   └────── witness ────────┘       where there is one: a network of its own
 */
export class PairWorld {
  readonly clock = new FastClock();
  readonly random: SimRandom;
  readonly network: SimNetwork;
  readonly timing: PairTiming;
  readonly lossSeenMs: number;
  readonly makeSeal: ((key: Uint8Array) => BeatSeal) | undefined;
  readonly a: PairUnit;
  readonly b: PairUnit;
  /** The main one and the one that stands in for it. */
  readonly pbxes: [boolean, boolean] = [true, true];
  readonly witness: SimWitness | null;
  readonly serial: SimSerialCable | null;
  pingLoss = 0;
  /** Whose announcement of the shared address the LAN heard last. */
  lanOwner: PairUnit | null = null;

  constructor(options: WorldOptions = {}) {
    this.random = new SimRandom(options.seed ?? 1);
    this.network = new SimNetwork(this.clock, this.random);
    this.timing = { ...defaultTiming, ...options.timing };
    this.lossSeenMs = options.lossSeenMs ?? 1650;
    this.makeSeal = options.makeSeal;
    const hosts = (last: number) => [0, 1, 2].map((net) => this.network.host(`10.${net}.0.${last}`));
    const serial = options.baud === undefined ? null : { device: '/dev/ttyS1', baud: options.baud };
    this.serial = serial === null ? null : new SimSerialCable(this.clock, this.random, serial.device);
    const witness = options.witness === true ? witnessSettings : null;
    this.witness = witness === null ? null : new SimWitness(this.network.host(witnessAddress), this.clock, this.random, witness, this.makeSeal);
    this.a = new PairUnit(this, 'A', hosts(1), { ...primarySettings, witness, serial, ...options.primary }, pairKey);
    this.b = new PairUnit(this, 'B', hosts(2), { ...backupSettings, witness, serial, ...options.backup }, pairKey);
  }

  get units(): readonly [PairUnit, PairUnit] {
    return [this.a, this.b];
  }

  /** Starts both and waits until the primary serves. */
  async startBoth(): Promise<void> {
    this.witness?.start();
    this.a.start();
    this.b.start();
    await this.until(() => this.a.role === 'primary-active' && this.b.role === 'backup-standby' && this.served, 3000);
  }

  /** The unit that a call to the shared address reaches now, if it answers. */
  get answering(): PairUnit | null {
    // The PBX goes by its ARP cache: until another announces, it sends to whoever did so last, there or not.
    const owner = this.lanOwner;
    return owner !== null && owner.hasAddress && owner.well && owner.serving && owner.reachesPbx ? owner : null;
  }

  /**
   * Both served without hearing each other, the one that announced last is gone, and the other cannot know: it serves already.
   * The PBX finds it when its ARP entry has aged (half a minute to a minute in Linux), which no unit can hasten.
   */
  get misled(): boolean {
    const owner = this.lanOwner;
    const other = owner === this.a ? this.b : this.a;
    if (owner === null || this.served || !other.running || !other.serving || !other.hasAddress || other.announcedMs > owner.announcedMs) return false;
    const { life } = other.pair.status().partner;
    return life !== 'alive' && life !== 'suspect';
  }

  get pbxUp(): boolean {
    return this.pbxes.includes(true);
  }

  set pbxUp(up: boolean) {
    this.pbxes.fill(up);
  }

  get served(): boolean {
    return this.answering !== null;
  }

  cutPath(path: number, cut: boolean): void {
    this.network.faultBoth(`10.${path}.0.1`, `10.${path}.0.2`, { cut });
  }

  oneWay(path: number, from: 'A' | 'B', cut: boolean): void {
    const [near, far] = from === 'A' ? [1, 2] : [2, 1];
    this.network.fault(`10.${path}.0.${near}`, `10.${path}.0.${far}`, { cut });
  }

  lossy(path: number, loss: number): void {
    this.network.faultBoth(`10.${path}.0.1`, `10.${path}.0.2`, { loss });
  }

  /** Datagrams to and from the witness are lost now and then. */
  lossyWitness = false;

  witnessPath(unit: 'A' | 'B', faults: { readonly cut?: boolean; readonly loss?: number }): void {
    if (faults.loss !== undefined) this.lossyWitness = faults.loss > 0;
    this.network.faultBoth(unit === 'A' ? '10.2.0.1' : '10.2.0.2', witnessAddress, faults);
  }

  /** Virtual time until `done`; throws when it does not come true. */
  async until(done: () => boolean, limitMs: number, stepMs = 5): Promise<number> {
    const beganMs = this.clock.monotonic();
    while (!done()) {
      if (this.clock.monotonic() - beganMs >= limitMs) throw new Error(`not within ${limitMs} ms: A ${this.a.pair?.status().role}, B ${this.b.pair?.status().role}\n${this.story()}`);
      await this.clock.advance(stepMs);
    }
    return this.clock.monotonic() - beganMs;
  }

  async stop(): Promise<void> {
    const stops = this.units.filter((unit) => unit.running).map((unit) => unit.stop());
    await this.clock.advance(1500);
    await Promise.all(stops);
    this.witness?.stop();
    // What is still on the wire.
    await this.clock.advance(500);
  }

  story(): string {
    return this.units
      .flatMap((unit) => unit.log.map((line) => ({ ...line, unit: unit.name })))
      .sort((one, other) => one.atMs - other.atMs)
      .map((line) => `${line.atMs.toFixed(1).padStart(9)} ${line.unit} ${line.severity} ${line.event}: ${line.text}`)
      .join('\n');
  }
}
