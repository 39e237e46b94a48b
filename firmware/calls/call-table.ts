import type { MediaEvent } from '../media/media-protocol.ts';
import type { Leg, LegHandlers } from '../sip/leg.ts';
import type { PortClass } from '../entitlement/entitlement.ts';
import type { CallParts, CallSummary } from './call.ts';
import { Call } from './call.ts';
import { busyRetryAfterSec } from './call-machine.ts';
import { PortPool } from './port-pool.ts';
import type { Route } from './route-call.ts';
import { routeCall } from './route-call.ts';

export interface CallTableParts extends Omit<CallParts, 'released'> {
  /** Why a call of this class gets no port beside those in use; null = it may have one. */
  readonly refuse: (used: Readonly<Record<PortClass, number>>, wants: PortClass) => string | null;
}

/** All calls of the unit: offers come in here, media events find their call here, ports are lent out and come back here. */
export class CallTable {
  readonly ports: PortPool;
  readonly #parts: CallTableParts;
  readonly #used: Record<PortClass, number> = { leave: 0, collect: 0 };
  readonly #calls = new Set<Call>();
  readonly #byPort: (Call | null)[];
  #accepting = true;
  #total = 0;
  #refused = 0;
  #idle: (() => void) | null = null;

  constructor(parts: CallTableParts, ports: number) {
    this.#parts = parts;
    this.ports = new PortPool(ports);
    this.#byPort = new Array<Call | null>(ports).fill(null);
  }

  /** A new call: the same for every kind of leg. */
  offered(leg: Leg): LegHandlers {
    const { services } = this.#parts;
    const route = this.#entitled(routeCall(leg.facts, services.settings()));
    const port = this.#accepting && route.to !== 'refuse' ? this.ports.take() : null;
    const call = new Call({ ...this.#parts, released: (ended) => this.#release(ended, route) }, leg, route, port);
    this.#total += 1;
    this.#calls.add(call);
    if (port === null) this.#refused += 1;
    else {
      this.#byPort[port.index] = call;
      this.#count(route, 1);
    }
    services.log.write('info', 'call-offered', `Call ${leg.id} from ${leg.facts.caller.number || 'unknown'} for ${leg.facts.originalTarget}: ${route.to}.`, {
      call: leg.id,
      peer: leg.facts.peer,
      port: port?.index ?? null,
    });
    services.clock.after('call-begin', 0, () => call.begin());
    return call.handlers;
  }

  mediaEvent(event: MediaEvent): void {
    if ('port' in event) this.#byPort[event.port]?.mediaEvent(event);
  }

  /** No further calls are taken (503); those that stand go on. */
  refuseNew(): void {
    this.#accepting = false;
  }

  hangUpAll(text: string): void {
    for (const call of this.#calls) call.hangUp(text);
  }

  /** Resolves when the last call has stored what it had. */
  drained(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  summaries(): CallSummary[] {
    return [...this.#calls].map((call) => call.summary());
  }

  get counters(): { readonly total: number; readonly refused: number; readonly active: number } {
    return { total: this.#total, refused: this.#refused, active: this.#calls.size };
  }

  #entitled(route: Route): Route {
    const full = this.ports.inUse >= this.ports.size; // then there is nothing to be entitled to
    if (route.to === 'refuse' || full) return route;
    const refusal = this.#parts.refuse(this.#used, route.to);
    return refusal === null ? route : { to: 'refuse', status: 503, reason: refusal, retryAfterSec: busyRetryAfterSec };
  }

  #count(route: Route, by: number): void {
    if (route.to !== 'refuse') this.#used[route.to] += by;
  }

  #release(call: Call, route: Route): void {
    if (!this.#calls.delete(call)) return;
    if (call.port !== null) {
      this.#count(route, -1);
      this.#byPort[call.port.index] = null;
      this.ports.give(call.port);
    }
    if (this.#calls.size === 0) this.#idle?.();
  }
}
