// A central pair, a distributed unit, and a PBX beside each of the two sites, on virtual time:
//
//   PBX A 10.0.1.1   primary 10.0.1.2   backup 10.0.1.3          PBX C 10.0.3.1   far 10.0.3.2   north 10.0.3.3 (where a test wants it)
import type { TestCall, TestCallEnd } from '../../firmware/console/parts/test-phone.ts';
import { parseKeyScript } from '../../firmware/console/key-script.ts';
import type { MemberHub } from '../../firmware/distributed/member-hub.ts';
import type { DistributedUnit } from '../../firmware/distributed/distributed-unit.ts';
import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import type { Pairing } from '../../firmware/failover/pairing/pairing.ts';
import type { Unit } from '../../firmware/run.ts';
import { SettingsSource } from '../../firmware/site/sources/settings-source.ts';
import { SimPhone } from '../../board/sim/phone/test-phone.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { MortalClock } from './mortal-clock.ts';
import type { SeenLamp } from './lamp-watcher.ts';
import { watchLamps } from './lamp-watcher.ts';
import { during } from './during.ts';
import { simUnit, testSettings } from './sim-unit.ts';
import { ListLog } from './store-fixture.ts';
import { voice } from './sim-site.ts';

export const places = { pbxA: '10.0.1.1', primary: '10.0.1.2', backup: '10.0.1.3', pbxC: '10.0.3.1', far: '10.0.3.2', north: '10.0.3.3' } as const;
export type DistributedName = 'far' | 'north';
export type UnitName = 'primary' | 'backup' | DistributedName;
export type PbxName = 'pbxA' | 'pbxC';

const common = `
ports: 4
messages: { minSec: 1, silenceSec: 7, maxSec: 60 }
`;
const peerA = `{ name: a, addresses: [${places.pbxA}], host: ${places.pbxA}, lamps: notify }`;
const peerC = `{ name: c, addresses: [${places.pbxC}], host: ${places.pbxC}, lamps: notify }`;
const mailboxes = `
mailboxes:
  - { number: "201", name: Ada, peer: a }
  - { number: "202", name: Ben, peer: c }
`;

const distributed = (name: DistributedName): string =>
  `${common}unit: { name: ${name}, timeZone: UTC }\nsip: { address: ${places[name]} }\npeers: [${peerC}]\ncentral: { addresses: [${places.primary}, ${places.backup}], collectAt: "sip:*17@${places.primary}", syncKbps: 100000 }\nmailboxes: []\n`;

const configurations: Readonly<Record<UnitName, string>> = {
  primary: `${common}unit: { name: primary, timeZone: UTC }\nsip: { address: ${places.primary} }\npeers: [${peerA}, ${peerC}]\npair: { rank: primary, partner: [${places.backup}], syncKbps: 100000, references: [${places.pbxA}] }\n${mailboxes}`,
  backup: `${common}unit: { name: backup, timeZone: UTC }\nsip: { address: ${places.backup} }\npeers: [${peerA}, ${peerC}]\npair: { rank: backup, partner: [${places.primary}], syncKbps: 100000, references: [${places.pbxA}] }\n${mailboxes}`,
  far: distributed('far'),
  north: distributed('north'),
};

export interface WorldUnit {
  readonly unit: Unit;
  readonly log: UnitLog;
  readonly storage: SimStorage;
  /** Its own: it ends with the unit. */
  readonly clock: MortalClock;
}

export class DistributedWorld {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly units = new Map<UnitName, WorldUnit>();
  readonly lamps: Record<PbxName, SeenLamp[]> = { pbxA: [], pbxC: [] };
  readonly #hosts = new Map<string, SimHost>();
  #phones = 0;
  #seed: number;

  constructor(seed = 1) {
    this.#seed = seed * 1000;
    this.network = new SimNetwork(this.clock, new SimRandom(seed));
    this.network.faultAll({ delayMs: 5 });
  }

  /** All three on, paired and joined; the far unit follows. */
  static async joined(seed = 1): Promise<DistributedWorld> {
    const world = new DistributedWorld(seed);
    for (const pbx of ['pbxA', 'pbxC'] as const) world.lamps[pbx] = await watchLamps(world.host(pbx), places[pbx]);
    for (const name of ['primary', 'backup', 'far'] as const) await world.boot(name);
    await world.pair();
    const joined = await world.join();
    if (!joined.ok) throw new Error(`not joined: ${joined.why}`);
    await world.until('the far unit follows', () => world.far.status().standing === 'following' && world.far.status().sync?.state === 'in-step');
    return world;
  }

  host(name: keyof typeof places): SimHost {
    const known = this.#hosts.get(name) ?? this.network.host(places[name]);
    this.#hosts.set(name, known);
    return known;
  }

  async boot(name: UnitName, storage = new SimStorage(), configuration = configurations[name]): Promise<WorldUnit> {
    const own = testSettings(configuration);
    const site = await SettingsSource.open(storage, own, new ListLog());
    const clock = new MortalClock(this.clock);
    const made = simUnit({ clock, host: this.host(name), storage, settings: site.settings, site, seed: ++this.#seed });
    site.applied = (settings) => made.unit.apply(settings);
    const one = { ...made, storage, clock };
    this.units.set(name, one);
    await this.during(made.unit.start());
    return one;
  }

  async pair(): Promise<void> {
    const { code } = await this.during((this.unit('primary').pair.pairing as Pairing).showCode());
    const joined = await this.during((this.unit('backup').pair.pairing as Pairing).join(places.primary, code));
    if (!joined.ok) throw new Error(`not paired: ${joined.why}`);
    await this.clock.advance(2000);
  }

  async join(at: 'primary' | 'backup' = 'primary', who: DistributedName = 'far'): Promise<Awaited<ReturnType<DistributedUnit['join']>>> {
    const { code } = await this.during(this.hub(at).showCode());
    return this.during(this.distributed(who).join(places[at], code, new AbortController().signal));
  }

  one(name: UnitName): WorldUnit {
    const one = this.units.get(name);
    if (one === undefined) throw new Error(`${name} was never on`);
    return one;
  }

  unit(name: UnitName): Unit {
    return this.one(name).unit;
  }

  hub(name: 'primary' | 'backup'): MemberHub {
    const { members } = this.unit(name).pair;
    if (members === null) throw new Error(`${name} has no members`);
    return members;
  }

  distributed(name: DistributedName): DistributedUnit {
    const { distributed: unit } = this.unit(name);
    if (unit === null) throw new Error(`${name} is no distributed unit`);
    return unit;
  }

  get far(): DistributedUnit {
    return this.distributed('far');
  }

  get standing(): string {
    return this.far.status().standing;
  }

  /** Between two instructions, as a power cut; what was synced is on the disk. */
  kill(name: UnitName): SimStorage {
    const { storage, clock } = this.one(name);
    storage.fault = () => 'power-cut';
    clock.die();
    this.host(name).crash();
    return storage.afterPowerCut(() => 'keep', {});
  }

  /** The line between the site of the central pair and that of the far unit. */
  cutLine(): void {
    for (const here of ['primary', 'backup', 'pbxA'] as const) for (const there of ['far', 'north', 'pbxC'] as const) this.network.partition(places[here], places[there]);
  }

  healLine(): void {
    for (const here of ['primary', 'backup', 'pbxA'] as const) for (const there of ['far', 'north', 'pbxC'] as const) this.network.heal(places[here], places[there]);
  }

  during<T>(work: Promise<T>, limitMs?: number): Promise<T> {
    return during(this.clock, work, limitMs);
  }

  /** Resolves to the virtual milliseconds that it took. */
  async until(what: string, is: () => boolean, limitMs = 30_000): Promise<number> {
    const began = this.clock.monotonic();
    if (!(await this.clock.until(is, limitMs, 20))) throw new Error(`${what}: not within ${limitMs} ms\n${JSON.stringify(this.units.get('far')?.unit.distributed?.status())}\n${JSON.stringify(this.units.get('primary')?.unit.pair.members?.status())}\n${[...this.units].map(([name, { log }]) => `${name}:\n${log.last(12).map(({ text }) => `  ${text}`).join('\n')}`).join('\n')}`);
    return this.clock.monotonic() - began;
  }

  /** A phone at a PBX calls a unit, does what the script says, and hangs up. */
  phone(at: PbxName, unit: UnitName, call: Partial<TestCall> & { target: string; script?: string; speak?: Int16Array }): { readonly end: Promise<TestCallEnd>; hangUp(): void } {
    const host = this.host(at);
    const stop = new AbortController();
    const phone = new SimPhone({
      clock: this.clock, random: new SimRandom(1000 + this.#phones++), datagram: host.datagram, stream: host.stream, net: host.net,
      batch: () => host.batch(), unit: () => ({ address: places[unit], port: 5060 }), local: () => places[at], speech: async () => call.speak ?? new Int16Array(0), heard: () => undefined,
    });
    const script = parseKeyScript(call.script ?? '');
    if (!script.ok) throw new Error(script.message);
    const speech = call.speak === undefined ? null : ({ kind: 'say', text: '' } as const);
    return { end: phone.call({ from: '301', transport: 'udp', ...call, speech, steps: script.steps }, () => undefined, stop.signal), hangUp: () => stop.abort() };
  }

  /** Leaves a message of three seconds. */
  async leave(at: PbxName, unit: UnitName, mailbox: string): Promise<TestCallEnd> {
    return this.during(this.phone(at, unit, { target: mailbox, speak: voice(3000), script: 's' }).end);
  }

  /** States of all that a unit holds of a mailbox. */
  states(name: UnitName, mailbox: string): string[] {
    return this.unit(name).store.list(mailbox, true).map(({ state }) => state);
  }

  lamp(pbx: PbxName, mailbox: string): SeenLamp | undefined {
    return this.lamps[pbx].filter((seen) => seen.mailbox === mailbox).at(-1);
  }

  /** Ends all that runs; what then still waits was leaked. */
  async leaks(...names: UnitName[]): Promise<string[]> {
    await this.during(Promise.all(names.map((name) => this.unit(name).stop(2000))));
    await this.clock.advance(70_000);
    return this.clock.pending().map(({ name }) => name);
  }
}
