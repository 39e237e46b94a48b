import type { MediaEvent } from '../media/media-protocol.ts';
import type { CallFacts, Leg, LegHandlers } from '../sip/leg.ts';
import type { LegRecord } from '../sip/session/leg-record.ts';
import type { PortUse as RightUse } from '../entitlement/port-admission.ts';
import type { BridgeTableParts } from './bridge/bridge-table.ts';
import { BridgeTable } from './bridge/bridge-table.ts';
import type { BridgeRoute } from './bridge/bridged-call.ts';
import { isEmergency, portsFor } from './bridge/bridge-target.ts';
import { WaitingCall } from './bridge/waiting-call.ts';
import { Call } from './call.ts';
import type { CallParts, CallSummary, CarriedCall, OwnCall } from './call-parts.ts';
import type { PortsUsed } from './port-classes.ts';
import { busyRetryAfterSec, portClassOf } from './port-classes.ts';
import type { Port } from './port-pool.ts';
import { PortPool } from './port-pool.ts';
import type { Route } from './route-call.ts';
import { atStartPoint, needsPort, rightOf, routeCall } from './route-call.ts';

export interface CallTableParts extends Omit<CallParts, 'released'> {
  /** Why a call of this class gets no port beside those in use; null = it may have one. */
  readonly refuse: (used: Readonly<Record<RightUse, number>>, wants: RightUse) => string | null;
  /** Memory is short: the unit places no call. */
  readonly short?: () => boolean;
  /** The leg of a record, in this unit; null: it cannot be. */
  readonly adopt: (record: LegRecord, handlers: LegHandlers) => Leg | null;
  readonly bridges: Pick<BridgeTableParts, 'mediaOf' | 'mediaWithin' | 'place'>;
}

/** All calls of the unit: offers come in here, media events find their call here, ports are lent out and come back here. */
export class CallTable {
  readonly ports: PortPool;
  readonly #parts: CallTableParts & CallParts;
  readonly #bridges: BridgeTable;
  readonly #calls = new Set<Call>();
  /** Those that the unit calls itself. */
  readonly #placed = new Set<OwnCall>();
  readonly #byPort: (Pick<Call, 'mediaEvent'> | null)[];
  #accepting = true;
  #total = 0;
  #refused = 0;
  #idle: (() => void) | null = null;
  /** Emergency calls that wait for a port: what becomes free is theirs. */
  #helpWaits = 0;

  constructor(parts: CallTableParts, ports: number) {
    this.#parts = { ...parts, released: (ended) => this.#release(ended) };
    this.ports = new PortPool(ports, () => parts.services.settings().reservations);
    this.#byPort = new Array<Pick<Call, 'mediaEvent'> | null>(ports).fill(null);
    const { clock, log, settings } = parts.services;
    this.#bridges = new BridgeTable(
      {
        clock, log, settings, send: parts.send, ...parts.bridges,
        handOver: (leg, mailbox, reason) => this.offered(leg, { to: 'leave', mailbox, reason }),
        idle: () => this.#emptied(),
      },
      this.ports,
    );
  }

  /** A new call: the same for every kind of leg. `to`: where it goes, where that is not in its facts. */
  offered(leg: Leg, to: Route | null = null): LegHandlers {
    const claimed = this.#parts.claims?.(leg) ?? null;
    if (claimed !== null) return claimed;
    const { settings, documents } = this.#parts.services;
    const starts = documents.starts();
    const route = this.#entitled(atStartPoint(this.#hereOrElsewhere(to ?? this.#ownDiverted(leg.facts) ?? this.#parts.returned?.(leg.facts) ?? routeCall(leg.facts, settings(), starts), leg), starts), leg);
    return route.to === 'bridge' ? this.#bridge(leg, route) : this.#serve(leg, route);
  }

  #bridge(leg: Leg, route: BridgeRoute): LegHandlers {
    const handlers = this.#accepting && (this.#helpWaits === 0 || isEmergency(route)) ? this.#bridges.offered(leg, route) : null;
    if (handlers === null && this.#accepting && isEmergency(route)) return this.#makeWay(leg, route);
    if (handlers === null) return this.#serve(leg, { to: 'refuse', status: 503, reason: 'All voicemail ports are in use', retryAfterSec: busyRetryAfterSec });
    this.#total += 1;
    this.#tellOffered(leg, route, null);
    return handlers;
  }

  /** Whoever called last gives way to a call for help; what they had said is kept. */
  #makeWay(leg: Leg, route: BridgeRoute): LegHandlers {
    const { clock, log } = this.#parts.services;
    const wanted = portsFor(route.target, leg.line !== null) - (this.ports.size - this.ports.inUse);
    const text = 'an emergency call needs the port';
    const served = [...this.#calls, ...this.#placed].filter(({ port, leg: { state } }) => port !== null && state !== 'ended').slice(-wanted);
    for (const call of served) call.hangUp(text);
    this.#bridges.hangUpLast(wanted - served.length, text);
    this.#helpWaits += 1;
    log.write('alert', 'emergency-makes-way', `All ports are in use: ${wanted} are taken from other calls for emergency call ${leg.id}.`, { call: leg.id });
    return new WaitingCall(clock, leg, () => (this.#accepting ? this.#bridges.offered(leg, route) : null), () => void (this.#helpWaits -= 1)).handlers;
  }

  #serve(leg: Leg, route: Exclude<Route, BridgeRoute>): LegHandlers {
    const port = this.#free && needsPort(route) ? this.ports.take(portClassOf(route, leg.facts, this.#parts.services.settings())) : null;
    const call = this.#take(leg, route, port);
    this.#tellOffered(leg, route, port);
    this.#parts.services.clock.after('call-begin', 0, () => call.begin());
    return call.handlers;
  }

  /** A call that another unit had goes on, on the same port. A text says why it cannot. */
  carryOn(carried: CarriedCall): Call | string {
    const { leg: record, media, flow } = carried.followed;
    const served = flow !== null && needsPort(flow.route) ? flow.route : null;
    const port = this.#free && served !== null ? this.ports.takeNumber(media.port, portClassOf(served, record.facts, this.#parts.services.settings())) : null;
    if (port === null || served === null) return `port ${media.port} is not free here`;
    const handlers: LegHandlers = {
      established: () => undefined,
      mediaChanged: (agreed) => call?.handlers.mediaChanged(agreed),
      digit: (digit, durationMs) => call?.handlers.digit(digit, durationMs),
      changed: () => call?.handlers.changed?.(),
      ended: (end) => call?.handlers.ended(end),
    };
    const leg = this.#parts.adopt(record, handlers);
    const call = leg === null ? null : this.#take(leg, served, port);
    if (call === null) {
      this.ports.give(port);
      return 'its dialog cannot be had here';
    }
    call.carryOn(carried);
    return call;
  }

  /** A call that the unit places; null = no port is free, memory is short, or the unit stops. Whoever makes it calls `released` once, when its media have let go. */
  place<T extends OwnCall>(make: (port: Port, released: () => void) => T): T | null {
    const port = this.#free && this.#parts.short?.() !== true ? this.ports.take('placed') : null;
    if (port === null) return null;
    const call = this.ports.heldFor(port, () => make(port, () => this.#releasePlaced(call, port)));
    this.#placed.add(call);
    this.#byPort[port.index] = call;
    return call;
  }

  /** Those that came and those that were placed. */
  withPlaced(): Iterable<Pick<Call, 'id' | 'port' | 'leg'>> {
    return [...this.#calls, ...this.#placed];
  }

  all(): Iterable<Call> {
    return this.#calls;
  }

  mediaEvent(event: MediaEvent): void {
    if (!('port' in event)) return;
    const call = this.#byPort[event.port] ?? null;
    if (call === null) this.#bridges.mediaEvent(event);
    else call.mediaEvent(event);
  }

  /** No further calls are taken (503); those that stand go on. */
  refuseNew(): void {
    this.#accepting = false;
  }

  hangUpAll(text: string): void {
    for (const call of [...this.#calls, ...this.#placed]) call.hangUp(text);
    this.#bridges.hangUpAll(text);
  }

  /** Resolves when the last call has stored what it had. */
  drained(): Promise<void> {
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  summaries(): CallSummary[] {
    return [...[...this.#calls, ...this.#placed].map((call) => call.summary()), ...this.#bridges.summaries()];
  }

  get counters(): { readonly total: number; readonly refused: number; readonly active: number } {
    return { total: this.#total, refused: this.#refused, active: this.#active };
  }

  /** An emergency call goes out on a trunk line. */
  get emergency(): boolean {
    return this.#bridges.emergency;
  }

  get #free(): boolean {
    return this.#accepting && this.#helpWaits === 0;
  }

  get #active(): number {
    return this.#calls.size + this.#placed.size + this.#bridges.active;
  }

  #take(leg: Leg, route: Route, port: Port | null): Call {
    const call = new Call(this.#parts, leg, route, port);
    this.#total += 1;
    this.#calls.add(call);
    if (port === null) this.#refused += route.to === 'redirect' ? 0 : 1;
    else this.#byPort[port.index] = call;
    return call;
  }

  /** A call for help needs no right. */
  #entitled(route: Route, leg: Leg): Route {
    const full = this.ports.inUse >= this.ports.size; // then there is nothing to be entitled to
    if ((route.to !== 'bridge' && !needsPort(route)) || full || (route.to === 'bridge' && isEmergency(route))) return route;
    const more = route.to === 'bridge' ? portsFor(route.target, leg.line !== null) - 1 : 0;
    const { leave, collect, other } = rightsUsed(this.ports.used);
    const refusal = this.#parts.refuse({ leave, collect, other: other + more }, route.to === 'bridge' ? 'other' : rightOf(route));
    return refusal === null ? route : { to: 'refuse', status: 503, reason: refusal, retryAfterSec: busyRetryAfterSec };
  }

  /** Who is called by the unit and does not answer is diverted to voicemail: the unit must not leave itself a message. Its own call ends as unanswered. */
  #ownDiverted({ caller, originalTarget }: CallFacts): Route | null {
    const own = [...this.#placed].some(({ mayComeBack, leg: { facts, state } }) => mayComeBack !== true && state !== 'ended' && facts.originalTarget === originalTarget && facts.caller.number === caller.number);
    return own ? { to: 'refuse', status: 486, reason: 'The unit itself is calling' } : null;
  }

  /** On a distributed unit owners collect at the central one. */
  #hereOrElsewhere(route: Route, { facts }: Leg): Route {
    const contact = route.to === 'collect' ? (this.#parts.collectElsewhere?.(facts) ?? null) : null;
    return contact === null ? route : { to: 'redirect', contact };
  }

  #release(call: Call): void {
    if (!this.#calls.delete(call)) return;
    if (call.port !== null) {
      this.#byPort[call.port.index] = null;
      this.ports.give(call.port);
    }
    this.#emptied();
  }

  #emptied(): void {
    if (this.#active === 0) this.#idle?.();
  }

  #releasePlaced(call: OwnCall, port: Port): void {
    if (!this.#placed.delete(call)) return;
    this.#byPort[port.index] = null;
    this.ports.give(port);
    this.#emptied();
  }

  #tellOffered(leg: Leg, route: Route, port: Port | null): void {
    const { caller, originalTarget, peer } = leg.facts;
    this.#parts.services.log.write('info', 'call-offered', `Call ${leg.id} from ${caller.number || 'unknown'} for ${originalTarget}: ${route.to}.`, { call: leg.id, peer, port: port?.index ?? null });
  }
}

/** Rights are about leaving and collecting; everything else counts together. */
function rightsUsed(used: PortsUsed): Record<RightUse, number> {
  const { leave, mailboxAccess, ...others } = used;
  return { leave, collect: mailboxAccess, other: Object.values(others).reduce((sum, one) => sum + one, 0) };
}
