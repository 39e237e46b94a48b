import type { PointName } from '../callflow/document/flow-document.ts';
import type { QueuePriority } from '../callflow/requests/queue-requests.ts';
import type { Settings } from '../config/settings.ts';
import type { FlowStarts } from '../flows/flow-starts.ts';
import { noStarts } from '../flows/flow-starts.ts';
import type { CallFacts, DiversionReason } from '../sip/leg.ts';
import type { BridgeTarget } from './bridge/bridge-target.ts';
import { routeToLine } from './bridge/route-dialled.ts';
import { routeToQueue } from './route-to-queue.ts';

/** Where an offered call goes: a start point, or nowhere. */
export type Route =
  /** `reason`: why, where another is known than the call's own facts say. */
  | { readonly to: 'leave'; readonly mailbox: string; readonly reason?: DiversionReason }
  | { readonly to: 'collect'; readonly ownMailbox: string | null }
  /** A flow of the site. `point`: null where a number or an incoming route leads to it; `mailbox`: who was called, or who calls to collect. */
  | { readonly to: 'flow'; readonly flow: string; readonly point: PointName | null; readonly mailbox: string | null; readonly reason?: DiversionReason }
  /** A queue of this unit, by its number; its mailbox takes those who wait too long. `priority`: null = the queue's own. */
  | { readonly to: 'queue'; readonly queue: string; readonly mailbox: string | null; readonly priority: QueuePriority | null }
  /** The PBX has the caller in a queue of its own, and wants an announcement. `mailbox`: of whom, if the unit knows them. */
  | { readonly to: 'announce'; readonly point: 'Queued' | 'Still Queued'; readonly mailbox: string | null }
  /** `mailbox`: takes the call that is refused, or not answered within `noAnswerMs`; null = none does. `early`: the caller can hear what comes before the answer. */
  | { readonly to: 'bridge'; readonly target: BridgeTarget; readonly mailbox: string | null; readonly noAnswerMs: number; readonly early: boolean }
  /** `contact`: the SIP URI to be called instead. */
  | { readonly to: 'redirect'; readonly contact: string }
  | { readonly to: 'refuse'; readonly status: number; readonly reason: string; readonly retryAfterSec?: number };

/** Routes that a voicemail port serves. */
export type ServedRoute = Extract<Route, { to: 'leave' | 'collect' | 'flow' | 'queue' | 'announce' }>;

const served: readonly Route['to'][] = ['leave', 'collect', 'flow', 'queue', 'announce'];
export const needsPort = (route: Route): route is ServedRoute => served.includes(route.to);

/** The right that it takes: a flow counts as what it stands in for, who waits as who may leave a message. */
export const rightOf = (route: ServedRoute): 'leave' | 'collect' => (route.to === 'collect' || (route.to === 'flow' && route.point === 'Collect') ? 'collect' : 'leave');

/**
 * A call for a telephone of this unit, or for a trunk, is bridged. Else the PBX names the mailbox: the original target when it is one, else what was dialled. A dialled collect number collects,
 * unless the call was diverted here for somebody: then it is a message for that mailbox. So with the number of a flow, and of a queue.
 * First of all, a caller in a queue of the PBX is to hear an announcement.
 */
export function routeCall(facts: CallFacts, settings: Settings, starts: FlowStarts = noStarts): Route {
  const isMailbox = (number: string): boolean => settings.mailboxes.some((mailbox) => mailbox.number === number);
  if (facts.queued !== undefined) return { to: 'announce', point: facts.queued.point, mailbox: isMailbox(facts.originalTarget) ? facts.originalTarget : null };
  const toLine = routeToLine(facts, settings);
  if (toLine !== null) return toLine;
  const diverted = facts.targetSource !== 'to' && facts.targetSource !== 'request-uri' && facts.originalTarget !== facts.dialled;
  const forSomebody = diverted && isMailbox(facts.originalTarget);
  const flow = forSomebody ? null : starts.shortCode(facts.dialled);
  if (flow !== null) return { to: 'flow', flow, point: null, mailbox: null };
  const queue = forSomebody ? null : routeToQueue(facts.dialled, settings);
  if (queue !== null) return queue;
  if (settings.numbers.collect.includes(facts.dialled) && !forSomebody) {
    return { to: 'collect', ownMailbox: isMailbox(facts.caller.number) ? facts.caller.number : null };
  }
  if (isMailbox(facts.originalTarget)) return { to: 'leave', mailbox: facts.originalTarget };
  if (isMailbox(facts.dialled)) return { to: 'leave', mailbox: facts.dialled };
  return { to: 'refuse', status: 404, reason: 'No mailbox has this number' };
}

/** A call for a mailbox, or of one who collects, goes to the flow that begins there, if there is one: the mailbox's own, else that of all. */
export function atStartPoint(route: Route, starts: FlowStarts): Route {
  // A route of the configuration may name a flow that is not there.
  if (route.to === 'flow' && route.mailbox !== null && !starts.has(route.flow)) return atStartPoint({ to: 'leave', mailbox: route.mailbox, ...(route.reason === undefined ? {} : { reason: route.reason }) }, starts);
  if (route.to === 'leave') {
    const flow = starts.point(route.mailbox, 'Leave');
    const { mailbox, reason } = route;
    return flow === null ? route : { to: 'flow', flow, point: 'Leave', mailbox, ...(reason === undefined ? {} : { reason }) };
  }
  if (route.to === 'announce') {
    const flow = starts.point(route.mailbox, route.point);
    return flow === null ? route : { to: 'flow', flow, point: route.point, mailbox: route.mailbox };
  }
  if (route.to !== 'collect') return route;
  const flow = starts.point(route.ownMailbox, 'Collect');
  return flow === null ? route : { to: 'flow', flow, point: 'Collect', mailbox: route.ownMailbox };
}

/** The mailbox that a call is for, or that it presumes. */
export const mailboxOf = (route: Route): string | null => (route.to === 'leave' || route.to === 'flow' || route.to === 'queue' || route.to === 'announce' ? route.mailbox : null);
