import type { CallerId } from '../../hal/line.ts';
import type { Route } from '../calls/route-call.ts';
import type { IncomingRouteSettings } from '../config/line-settings.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Log } from '../log.ts';
import type { LegEnd, LegHandlers } from '../sip/leg.ts';
import { incomingRoute } from './incoming-route.ts';
import { LineLeg } from './line-leg.ts';
import type { LineRun } from './line-run.ts';
import type { CallFailure, LineTold } from './line-state.ts';
import { trailingToneMs } from './trailing-tone.ts';
import type { TrunkCallLeg } from './trunk-call-leg.ts';

export interface TrunkParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly routes: () => readonly IncomingRouteSettings[];
  /** Why no call is answered now, a sentence; null = calls are. */
  readonly mute: () => string | null;
  /** The table of calls, for a call that the unit itself serves. */
  readonly offered: (leg: LineLeg, route: Route) => LegHandlers;
  /** Calls the route's extension while the line rings on; null: it cannot be called. */
  readonly extend: (leg: LineLeg, route: ExtensionRoute) => LegHandlers | null;
  readonly legId: () => string;
}

export type ExtensionRoute = IncomingRouteSettings & { readonly extension: string; readonly peer: string };

/** The calls of one trunk line: an incoming one gets a leg and goes where its route says; an outgoing one has its leg from who makes it. */
export class Trunk {
  readonly run: LineRun;
  readonly #parts: TrunkParts;
  #leg: LineLeg | null = null;
  #outgoing: TrunkCallLeg | null = null;
  /** The line rings on, and the log has said why. */
  #explained = false;

  constructor(parts: TrunkParts, run: LineRun) {
    this.#parts = parts;
    this.run = run;
  }

  /** The call that it has; null = none. */
  get leg(): LineLeg | TrunkCallLeg | null {
    return this.#leg ?? this.#outgoing;
  }

  /** Dials out; what becomes of it is told to the leg. */
  call(leg: TrunkCallLeg): void {
    // It was idle when it was chosen; another call may have been quicker.
    if (this.leg !== null || this.run.state.name !== 'idle') return leg.failed('in-use');
    this.#outgoing = leg;
    this.run.input({ type: 'call', digits: leg.facts.dialled, how: 'tone' });
  }

  told(told: LineTold): void {
    switch (told.type) {
      case 'offered':
        return this.#offer(told.callerId);
      case 'answered':
        return this.#leg?.established();
      case 'gave-up':
        return this.#end({ by: 'remote', status: null, text: 'the caller gave up' });
      case 'connected':
        return this.#outgoing?.connected();
      case 'call-failed':
        return this.#callFailed(told.why);
      case 'ended':
        return this.#end({ by: told.by, status: null, text: told.text, ...(told.tone === undefined ? {} : { trailingToneMs: trailingToneMs(this.run.settings.zone, told.tone) }) });
      case 'free':
        this.#explained = false;
    }
  }

  #end(end: LegEnd): void {
    this.#leg?.end(end);
    this.#outgoing?.end(end);
    this.#leg = null;
    this.#outgoing = null;
  }

  #callFailed(why: CallFailure): void {
    const leg = this.#outgoing;
    this.#outgoing = null;
    leg?.failed(why);
  }

  #offer(callerId: CallerId | null): void {
    const mute = this.#parts.mute();
    if (mute !== null) return this.#ringOn(mute, true);
    const { name, number } = this.run.settings;
    const route = incomingRoute(this.#parts.routes(), { line: name, did: number, caller: callerId?.number ?? '' });
    if (route === null) return this.#ringOn('no route of incoming says where the call goes', false);
    if (!isExtension(route)) return this.#serve(callerId, route, 'default');
    if (this.run.capabilities?.duplex === 'half') return route.mailbox === null ? this.#ringOn('a half-duplex line cannot be joined to an extension', false) : this.#serve(callerId, route, 'default');
    const leg = this.#makeLeg({ callerId, target: route.extension, reason: 'default' });
    const handlers = this.#parts.extend(leg, route);
    if (handlers !== null) return leg.use(handlers);
    if (route.mailbox === null) return this.#ringOn(`extension ${route.extension} cannot be called`, true);
    return this.#serve(callerId, route, 'no-answer');
  }

  #serve(callerId: CallerId | null, { mailbox, collect, flow }: IncomingRouteSettings, reason: 'default' | 'no-answer'): void {
    const served: Route | null = flow === null ? null : { to: 'flow', flow, point: null, mailbox };
    const route: Route = served ?? (collect || mailbox === null ? { to: 'collect', ownMailbox: null } : { to: 'leave', mailbox });
    const leg = this.#makeLeg({ callerId, target: mailbox ?? '', reason });
    leg.use(this.#parts.offered(leg, route));
  }

  #makeLeg(facts: ConstructorParameters<typeof LineLeg>[3]): LineLeg {
    this.#leg = new LineLeg(this.#parts.clock, this.#parts.legId(), this.run, facts);
    return this.#leg;
  }

  /** Nothing else can be done on an analog line; `again`: it is looked at anew at the next ring. */
  #ringOn(why: string, again: boolean): void {
    this.#leg = null;
    if (!this.#explained) this.#parts.log.write('info', 'line-rings-on', `The call on line ${this.run.settings.name} is not answered: ${why}.`, { line: this.run.settings.name });
    this.#explained = true;
    this.run.input({ type: 'refuse', again });
  }
}

const isExtension = (route: IncomingRouteSettings): route is ExtensionRoute => route.extension !== null && route.peer !== null;
