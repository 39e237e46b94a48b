// Two whole units whose calls follow the shared address, a PBX that calls it, and telephones behind it: all on virtual time.
import type { Unit } from '../../firmware/run.ts';
import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import { createHash } from 'node:crypto';
import type { Clock, MonotonicMs, Timer, WallMs } from '../../hal/clock.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { RtpPhone } from './media/rtp-phone.ts';
import { simUnit, testConfiguration, testSettings } from './sim-unit.ts';
import type { AgentWorld } from './sip/agent-world.ts';
import { RawCall } from './sip/agent-world.ts';
import { responseText, sdpText } from './sip/message-text.ts';
import { RawPeer } from './sip/raw-peer.ts';

export type Rank = 'primary' | 'backup';
const at = { primary: '10.0.0.2', backup: '10.0.0.3', pbx: '10.0.0.1', shared: '10.0.0.100' } as const;
export const frameMs = 20;
const frameBytes = 160;

/** The time of one process: it ends with it. */
class MortalClock extends SimClock {
  readonly #base: Clock;
  readonly #timers = new Set<Timer>();
  #dead = false;

  constructor(base: Clock) {
    super();
    this.#base = base;
  }

  override monotonic(): MonotonicMs {
    return this.#base.monotonic();
  }

  override wall(): WallMs {
    return this.#base.wall();
  }

  override after(name: string, delayMs: number, fire: () => void): Timer {
    if (this.#dead) return { name, dueMs: this.monotonic(), cancel: () => undefined };
    const timer = this.#base.after(name, delayMs, () => {
      this.#timers.delete(timer);
      fire();
    });
    this.#timers.add(timer);
    return { name, dueMs: timer.dueMs, cancel: () => (this.#timers.delete(timer), timer.cancel()) };
  }

  get dead(): boolean {
    return this.#dead;
  }

  die(): void {
    this.#dead = true;
    for (const timer of this.#timers) timer.cancel();
  }
}

/** One machine with what runs on it. */
export interface Machine {
  readonly host: SimHost;
  storage: SimStorage;
  clock: MortalClock;
  unit: Unit;
  log: UnitLog;
}

/** A frame that says which one it is, loud enough to be speech. */
export function frame(nth: number): Uint8Array {
  const bytes = new Uint8Array(frameBytes).map((_, index) => (index % 2 === 0 ? 0x10 : 0x90));
  bytes.set([0xa5, nth >> 8, nth & 0xff, 0x5a]);
  return bytes;
}

/** The numbers of the frames found in stored audio, in order. */
export function framesIn(audio: Uint8Array): number[] {
  const found: number[] = [];
  for (let index = 0; index + 3 < audio.length; index++) if (audio[index] === 0xa5 && audio[index + 3] === 0x5a) found.push(((audio[index + 1] ?? 0) << 8) | (audio[index + 2] ?? 0));
  return found;
}

/** A caller at the PBX: one dialog and one telephone. */
export interface Caller {
  readonly call: RawCall;
  readonly phone: RtpPhone;
}

export class FollowWorld {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly machines: Record<Rank, Machine>;
  readonly #extra: string;
  readonly #sections: string;
  peer!: RawPeer;
  #callers = 0;

  private constructor(extra: string, calls: 'follow' | 'end', sections: string) {
    this.network = new SimNetwork(this.clock, new SimRandom(5));
    this.#extra = `calls: ${calls}, ${extra === '' ? 'failback: manual' : extra}`;
    this.#sections = sections;
    this.machines = { primary: this.#machine('primary'), backup: this.#machine('backup') };
  }

  /** Paired; the primary serves. */
  static async start({ pair = '', calls = 'follow', sections = '' }: { pair?: string; calls?: 'follow' | 'end'; sections?: string } = {}): Promise<FollowWorld> {
    const world = new FollowWorld(pair, calls, sections);
    world.peer = await RawPeer.open(world.network, at.pbx, 5060, at.shared);
    world.peer.react = ({ message, from }) => {
      if (message.kind === 'request' && message.method !== 'ACK') world.peer.send(responseText(message, 200, { contact: null }), from);
    };
    const { primary, backup } = world.machines;
    await world.during(Promise.all([primary.unit.start(), backup.unit.start()]));
    const { code } = await world.during((primary.unit.pair.pairing as NonNullable<Unit['pair']['pairing']>).showCode());
    const joined = await world.during((backup.unit.pair.pairing as NonNullable<Unit['pair']['pairing']>).join(at.primary, code));
    if (!joined.ok) throw new Error('the two were not paired');
    await world.follows("primary");
    return world;
  }

  unit(rank: Rank): Unit {
    return this.machines[rank].unit;
  }

  roles(): string[] {
    return [this.unit('primary').pair.status().role, this.unit('backup').pair.status().role];
  }

  /** Lets time pass until the unit serves and its partner follows. */
  async follows(rank: Rank, limitMs = 20_000): Promise<void> {
    const there = (): boolean => this.unit(rank).pair.status().role === `${rank}-active` && this.unit(rank).pair.live()?.connected !== false;
    if (!(await this.clock.until(there, limitMs, 10))) throw new Error(`the ${rank} does not serve with a partner: ${this.roles().join(', ')}`);
    await this.clock.advance(1500);
  }

  async during<T>(work: Promise<T>, limitMs = 30_000): Promise<T> {
    let done = false;
    work.then(() => (done = true), () => (done = true));
    for (let passed = 0; !done && passed < limitMs; passed += 10) {
      await this.clock.advance(10);
      if (passed % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return work;
  }

  /** Somebody dials the shared address, and the call stands. */
  async dial(number: string): Promise<Caller> {
    const port = 20_000 + 2 * this.#callers++;
    const world = { clock: this.clock, network: this.network, peer: this.peer } as unknown as AgentWorld;
    const call = new RawCall(world, { uri: `sip:${number}@${at.shared}`, to: `<sip:${number}@${at.shared}>`, body: sdpText({ port, address: at.pbx }), headers: ['Allow: INVITE, ACK, BYE, INFO, UPDATE'] } as never);
    await call.establish();
    const answer = Buffer.from(call.response('INVITE', 200).body).toString();
    const unitPort = Number(/^m=audio (\d+)/m.exec(answer)?.[1]);
    const address = /^c=IN IP4 (\S+)/m.exec(answer)?.[1] ?? '';
    if (address !== at.shared) throw new Error(`the answer names ${address}`);
    return { call, phone: await RtpPhone.at(this.clock, this.network.host(at.pbx), port, { address, port: unitPort }) };
  }

  /** Dials, waits for the record tone and speaks numbered frames for `ms`, from now on. */
  async speaks(number: string, ms: number): Promise<Caller> {
    const caller = await this.dial(number);
    caller.phone.press(11, 100); // '#': past the greeting
    await this.clock.advance(900);
    caller.phone.speak(Buffer.concat(Array.from({ length: ms / frameMs }, (_, nth) => frame(nth))));
    return caller;
  }

  /** Nothing passes between the two units. */
  cut(on: boolean): void {
    this.network.faultBoth(at.primary, at.backup, { cut: on });
  }

  /** The power of a machine goes. */
  die(rank: Rank): void {
    const machine = this.machines[rank];
    machine.clock.die();
    machine.host.crash();
    machine.host.unplug();
    machine.storage = machine.storage.afterPowerCut(() => 'drop');
  }

  /** It comes back with what its disk holds. */
  async reboot(rank: Rank): Promise<void> {
    const machine = this.machines[rank];
    machine.host.plug();
    Object.assign(machine, this.#boot(rank, machine.host, machine.storage));
    await this.during(machine.unit.start());
  }

  messages(rank: Rank, mailbox = '201'): readonly Message[] {
    return this.unit(rank).store.list(mailbox);
  }

  async audioOf(rank: Rank, { mailbox, id }: Message): Promise<Uint8Array> {
    return this.during(this.#read(rank, mailbox, id));
  }

  async stop(): Promise<void> {
    const alive = Object.values(this.machines).filter(({ clock }) => !clock.dead);
    await this.during(Promise.all(alive.map(({ unit }) => unit.stop(2000))));
  }

  async #read(rank: Rank, mailbox: string, id: string): Promise<Uint8Array> {
    const reader = await this.unit(rank).store.reader(mailbox, id);
    const bytes = await reader.read(0, reader.bytes);
    await reader.close();
    return bytes;
  }

  #machine(rank: Rank): Machine {
    const host = this.network.host(at[rank]);
    const storage = new SimStorage();
    return { host, storage, ...this.#boot(rank, host, storage) };
  }

  #boot(rank: Rank, host: SimHost, storage: SimStorage): Pick<Machine, 'clock' | 'unit' | 'log'> {
    const clock = new MortalClock(this.clock);
    const partner = rank === 'primary' ? at.backup : at.primary;
    const pair = `pair: { rank: ${rank}, partner: [${partner}], references: [${at.pbx}], sharedAddress: ${at.shared}/24, interface: eth0, ${this.#extra} }`;
    const settings = testSettings(`${testConfiguration}sip: { address: ${at[rank]} }\n${pair}\n${this.#sections}\n`);
    const seed = createHash('sha256').update(`${rank}${this.clock.monotonic()}`).digest().readUInt32LE();
    const { unit, log } = simUnit({ clock, host, storage, settings, seed });
    return { clock, unit, log };
  }
}
