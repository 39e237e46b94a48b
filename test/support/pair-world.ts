import { Pairing, type JoinResult, type PairKeys } from '../../firmware/failover/pairing/pairing.ts';
import type { Log } from '../../firmware/log.ts';
import { settle, SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
import { SimNetwork } from '../../hal/sim/sim-net.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimSecureStreamNet } from '../../hal/sim/sim-secure-stream.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';

export const pairPort = 5070;

/** One unit of the pair, as far as pairing goes. */
export interface PairUnit {
  readonly name: string;
  readonly address: string;
  readonly host: SimHost;
  readonly events: string[];
  /** Each change of keys that was told. */
  readonly told: (PairKeys | null)[];
  storage: SimStorage;
  pairing: Pairing;
}

/** Two units and a network, on virtual time. */
export class PairWorld {
  readonly clock = new SimClock();
  readonly network = new SimNetwork(this.clock, new SimRandom(77));
  #seed = 1;

  static async withUnits(): Promise<{ world: PairWorld; a: PairUnit; b: PairUnit }> {
    const world = new PairWorld();
    return { world, a: await world.unit('Ada', '10.0.0.1', '10.0.0.2', true), b: await world.unit('Blaise', '10.0.0.2', '10.0.0.1', false) };
  }

  async unit(name: string, address: string, partner: string, rotates: boolean, storage = new SimStorage()): Promise<PairUnit> {
    const host = this.network.host(address);
    const events: string[] = [];
    const told: (PairKeys | null)[] = [];
    const pairing = await this.#open({ name, address, partner, rotates, storage, host, events, told });
    return { name, address, host, storage, events, told, pairing };
  }

  /** The power goes; then the unit starts again from what its disk holds. */
  async restart(unit: PairUnit, storage: SimStorage): Promise<void> {
    unit.pairing.close();
    unit.host.crash();
    const partner = unit.address === '10.0.0.1' ? '10.0.0.2' : '10.0.0.1';
    unit.storage = storage;
    unit.pairing = await this.#open({ ...unit, partner, rotates: unit.address === '10.0.0.1', storage });
  }

  /** The result of `promise`, letting virtual time go by until there is one. */
  async result<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
    let settled = false;
    const note = (): void => void (settled = true);
    promise.then(note, note);
    if (!(await this.clock.until(() => settled, limitMs, 10))) throw new Error(`no result within ${limitMs} ms of virtual time`);
    return promise;
  }

  /** A shows a code, B joins. */
  async pair(a: PairUnit, b: PairUnit): Promise<JoinResult> {
    const { code } = await this.result(a.pairing.showCode());
    const joined = await this.result(b.pairing.join(a.address, code));
    await this.clock.advance(100);
    return joined;
  }

  /** Ends everything; what is then still waiting was leaked. */
  async leaks(...units: PairUnit[]): Promise<string[]> {
    for (const { pairing } of units) pairing.close();
    await this.clock.advance(20_000);
    await settle();
    return this.clock.pending().map(({ name }) => name);
  }

  #open({ name, address, partner, rotates, storage, host, events, told }: Omit<PairUnit, 'pairing'> & { partner: string; rotates: boolean }): Promise<Pairing> {
    const random = new SimRandom(this.#seed++);
    const log: Log = { write: (severity, event) => void events.push(`${severity} ${event}`) };
    const opening = Pairing.open({
      clock: this.clock, random, storage, log, stream: host.stream, secure: new SimSecureStreamNet(this.clock, random, host.stream), name,
      local: { address, port: pairPort }, partnerAddresses: [partner], rotates,
    });
    return this.result(opening.then((pairing) => {
      pairing.keysChanged = (keys) => void told.push(keys);
      return pairing;
    }));
  }
}

/** Whether both hold the same pair, with the same key in use. */
export function agree(a: PairUnit, b: PairUnit): boolean {
  const [ours, theirs] = [a.pairing.keys(), b.pairing.keys()];
  if (ours === null || theirs === null) return false;
  const crossed = ours.partner === b.pairing.status().fingerprint && theirs.partner === a.pairing.status().fingerprint;
  return crossed && ours.pairId === theirs.pairId && understands(ours, theirs) && understands(theirs, ours);
}

/** Whether `receiver` accepts what `sender` sends with. */
export function understands(receiver: PairKeys, sender: PairKeys): boolean {
  return receiver.accept.some(({ id, key }) => id === sender.send.id && key === sender.send.key);
}
