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
  #session = 0;
  #peak = 0;

  constructor(size: number) {
    this.size = size;
    this.#served = new Array<number>(size).fill(0);
    this.#idle = Array.from({ length: size }, (_, index) => index);
  }

  /** null = all in use; the call is refused, nothing grows. */
  take(): Port | null {
    const index = this.#idle.shift();
    if (index === undefined) return null;
    this.#peak = Math.max(this.#peak, this.inUse);
    this.#served[index] = (this.#served[index] ?? 0) + 1;
    return { index, session: ++this.#session };
  }

  give(port: Port): void {
    if (this.#idle.includes(port.index)) throw new RangeError(`port ${port.index} given back twice`);
    this.#idle.push(port.index);
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
}
