import { dialPlanOf, routeDialled } from '../calls/bridge/route-dialled.ts';
import { isEmergency } from '../calls/bridge/bridge-target.ts';
import type { Route } from '../calls/route-call.ts';
import { routeToQueue } from '../calls/route-to-queue.ts';
import type { LineSettings } from '../config/line-settings.ts';
import { LineDesk } from '../lines/line-desk.ts';
import { PhoneDesk } from '../lines/phones/phone-desk.ts';
import type { CallFacts } from '../sip/leg.ts';
import type { WholeUnit } from './whole-unit.ts';

export function makeLines(unit: WholeUnit): LineDesk {
  const { clock, log, media } = unit.parts;
  return new LineDesk(
    {
      clock,
      log,
      send: (command) => media.send(command),
      routes: () => unit.settings.incoming,
      mute: () => mute(unit),
      offered: (leg, route) => unit.calls.offered(leg, orQueue(unit, leg.facts, route)),
      extend: (leg, { extension, peer, mailbox, afterSec }) =>
        unit.calls.offered(leg, { to: 'bridge', target: { kind: 'extension', number: extension, peer }, mailbox, noAnswerMs: afterSec * 1000, early: false }),
    },
    unit.settings.lines,
  );
}

export function makePhones(unit: WholeUnit): PhoneDesk {
  return new PhoneDesk(
    {
      clock: unit.parts.clock,
      plan: () => dialPlanOf(unit.settings),
      waiting: (mailbox) => waiting(unit, mailbox),
      offered: (leg, port) => unit.calls.offered(leg, dialled(unit, leg.facts, port)),
    },
    unit.lines.phones(),
  );
}

/** Callers for the mailbox of a queue wait in it first; those whom an extension did not take do not. */
function orQueue({ settings }: WholeUnit, { reason }: CallFacts, route: Route): Route {
  return route.to === 'leave' && reason === 'default' ? (routeToQueue(route.mailbox, settings) ?? route) : route;
}

/** Lines are open before the store is; a call for help needs none. */
function dialled({ running, settings }: WholeUnit, facts: CallFacts, port: LineSettings): Route {
  const route = routeDialled(facts, port, settings);
  return running || (route.to === 'bridge' && isEmergency(route)) ? route : { to: 'refuse', status: 503, reason: 'The unit is not running' };
}

/** A standby shows nothing: what it knows of messages may be old. */
function waiting({ running, pair, lamps }: WholeUnit, mailbox: string): boolean | null {
  const counts = running && pair.serves ? lamps.counts(mailbox) : null;
  return counts === null ? null : counts.newMessages > 0;
}

/** Why no line is answered now; null = they are. Both units of a pair may be on the same lines: only the one that serves answers. */
function mute({ running, pair, calls }: WholeUnit): string | null {
  if (!running) return 'the unit is not running';
  if (!pair.serves) return 'the partner serves';
  return calls.ports.left('leave') === 0 ? 'all voicemail ports are in use' : null;
}
