import type { MediaEvent } from '../../media/media-protocol.ts';
import type { Leg, LegHandlers } from '../../sip/leg.ts';
import type { CallSummary } from '../call-parts.ts';
import type { Port, PortPool } from '../port-pool.ts';
import { isEmergency, portsFor } from './bridge-target.ts';
import type { BridgeParts, BridgeRoute } from './bridged-call.ts';
import { BridgedCall } from './bridged-call.ts';

export interface BridgeTableParts extends Omit<BridgeParts, 'released'> {
  /** The last bridged call has given its ports back. */
  readonly idle: () => void;
}

/** The bridged calls of the unit. Their ports are of the same pool as those of voicemail. */
export class BridgeTable {
  readonly #parts: BridgeTableParts;
  readonly #pool: PortPool;
  readonly #calls = new Set<BridgedCall>();
  readonly #byPort = new Map<number, BridgedCall>();

  constructor(parts: BridgeTableParts, pool: PortPool) {
    this.#parts = parts;
    this.#pool = pool;
  }

  /** null: too few ports are free. */
  offered(leg: Leg, route: BridgeRoute): LegHandlers | null {
    const ports = this.#take(portsFor(route.target, leg.line !== null), isEmergency(route));
    if (ports === null) return null;
    const call = new BridgedCall({ ...this.#parts, released: (ended) => this.#release(ended) }, leg, route, ports);
    this.#calls.add(call);
    for (const port of ports) this.#byPort.set(port.index, call);
    this.#parts.clock.after('bridge-begin', 0, () => void call.begin());
    return call.handlers;
  }

  mediaEvent(event: Extract<MediaEvent, { port: number }>): void {
    this.#byPort.get(event.port)?.mediaEvent(event);
  }

  hangUpAll(text: string): void {
    for (const call of this.#calls) call.hangUp(text);
  }

  /** The youngest of those that are no emergency calls; `count` <= 0: none. */
  hangUpLast(count: number, text: string): void {
    const others = [...this.#calls].filter((call) => !call.emergency);
    for (const call of count > 0 ? others.slice(-count) : []) call.hangUp(text);
  }

  summaries(): CallSummary[] {
    return [...this.#calls].map((call) => call.summary());
  }

  get active(): number {
    return this.#calls.size;
  }

  /** Of the pool. */
  get ports(): number {
    return this.#byPort.size;
  }

  /** An emergency call is up, or being set up. */
  get emergency(): boolean {
    return [...this.#calls].some((call) => call.emergency);
  }

  /** `help`: what is set aside for others is taken too. */
  #take(wanted: number, help: boolean): readonly Port[] | null {
    const ports: Port[] = [];
    while (ports.length < wanted) {
      const port = help ? this.#pool.takeAny('bridge') : this.#pool.take('bridge');
      if (port === null) {
        for (const one of ports) this.#pool.give(one);
        return null;
      }
      ports.push(port);
    }
    return ports;
  }

  #release(call: BridgedCall): void {
    if (!this.#calls.delete(call)) return;
    for (const port of call.ports) {
      this.#byPort.delete(port.index);
      this.#pool.give(port);
    }
    if (this.#calls.size === 0) this.#parts.idle();
  }
}
