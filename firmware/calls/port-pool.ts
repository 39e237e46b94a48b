import type { Floors, PortsUsed, PortUse } from './port-classes.ts';
import { portsLeft, portUses } from './port-classes.ts';

/** One voicemail channel taken from the pool. `session` tells this use of the port from every other one. */
export interface Port {
  readonly index: number;
  readonly session: number;
}

/**
 * The fixed set of voicemail ports. The one that has been idle longest is handed out first, so that late packets of an ended call
 * find nobody on its RTP port for as long as possible.
 */
export class PortPool {
  readonly #idle: number[];
  readonly size: number;
  readonly #served: number[];
  readonly #floors: () => Floors;
  readonly #uses: (PortUse | null)[];
  readonly #used: Record<PortUse, number>;
  readonly #refused: Record<PortUse, number>;
  #session = 0;
  #peak = 0;

  /** `floors`: what is set aside, as it is now; lowering or raising it ends no call. */
  constructor(size: number, floors: () => Floors) {
    this.size = size;
    this.#floors = floors;
    this.#uses = new Array<PortUse | null>(size).fill(null);
    this.#used = noneUsed();
    this.#refused = noneUsed();
    this.#served = new Array<number>(size).fill(0);
    this.#idle = Array.from({ length: size }, (_, index) => index);
  }

  /** null = none is left for this use; the call is refused, nothing grows. */
  take(use: PortUse): Port | null {
    if (this.left(use) > 0) return this.#lend(0, use);
    this.#refused[use] += 1;
    return null;
  }

  /** This one or none, for a call whose peer sends to its number already: it was admitted when it began. */
  takeNumber(index: number, use: PortUse): Port | null {
    return this.#lend(this.#idle.indexOf(index), use);
  }

  /** Whatever is set aside for others: for a call for help. */
  takeAny(use: PortUse): Port | null {
    return this.#lend(0, use);
  }

  give(port: Port): void {
    const use = this.#uses[port.index] ?? null;
    if (use === null) throw new RangeError(`port ${port.index} given back twice`);
    this.#uses[port.index] = null;
    this.#used[use] -= 1;
    this.#idle.push(port.index);
  }

  /** What is begun on a port that is lent; where it throws, the port is given back. */
  heldFor<T>(port: Port, begin: () => T): T {
    try {
      return begin();
    } catch (error) {
      this.give(port);
      throw error;
    }
  }

  /** How many more this use may have now. */
  left(use: PortUse): number {
    return portsLeft(this.size, this.#floors(), this.#used, use);
  }

  get used(): PortsUsed {
    return this.#used;
  }

  /** Since the start. */
  get refused(): PortsUsed {
    return this.#refused;
  }

  /** Calls that this port has served since start. */
  served(index: number): number {
    return this.#served[index] ?? 0;
  }

  get inUse(): number {
    return this.size - this.#idle.length;
  }

  /** Most ports in use at one time since start. */
  get peak(): number {
    return this.#peak;
  }

  #lend(at: number, use: PortUse): Port | null {
    const [index] = at < 0 ? [] : this.#idle.splice(at, 1);
    if (index === undefined) return null;
    this.#uses[index] = use;
    this.#used[use] += 1;
    this.#peak = Math.max(this.#peak, this.inUse);
    this.#served[index] = (this.#served[index] ?? 0) + 1;
    return { index, session: ++this.#session };
  }
}

const noneUsed = (): Record<PortUse, number> => Object.fromEntries(portUses.map((use) => [use, 0])) as Record<PortUse, number>;
