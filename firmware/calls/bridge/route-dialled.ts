import type { LineSettings } from '../../config/line-settings.ts';
import type { Settings } from '../../config/settings.ts';
import type { DialPlan } from '../../lines/phones/dial-plan.ts';
import { dialled } from '../../lines/phones/dial-plan.ts';
import type { CallFacts } from '../../sip/leg.ts';
import type { Route } from '../route-call.ts';
import { routeToQueue } from '../route-to-queue.ts';
import type { BridgeTarget } from './bridge-target.ts';

/** How long a called party rings before a mailbox takes the call, and before nobody does; in milliseconds. */
const ringsMs = 25_000;
const ringsOnMs = 180_000;

/** What the numbers of the unit are to its telephones. */
export function dialPlanOf({ numbers, lines, mailboxes, queues }: Pick<Settings, 'numbers' | 'lines' | 'mailboxes' | 'queues'>): DialPlan {
  return {
    collect: numbers.collect,
    emergency: numbers.emergency,
    phones: lines.flatMap(({ kind, number }) => (kind === 'phone' && number !== null ? [number] : [])),
    prefixes: lines.flatMap(({ kind, prefix }) => (kind === 'trunk' && prefix !== null ? [prefix] : [])),
    mailboxes: [...mailboxes, ...queues].map(({ number }) => number),
  };
}

/** Where a call goes that was dialled on the phone port `port`. */
export function routeDialled({ dialled: digits }: CallFacts, port: LineSettings, settings: Settings): Route {
  const plan = dialPlanOf(settings);
  const to = dialled(plan, digits);
  if (to.to === 'trunk') return outside(to, port, settings);
  const { number } = to;
  const own = port.number !== null && plan.mailboxes.includes(port.number) ? port.number : null;
  if (plan.collect.includes(number) || (number === port.number && own !== null)) return { to: 'collect', ownMailbox: own };
  const queue = routeToQueue(number, settings);
  if (queue !== null) return queue;
  const mailbox = plan.mailboxes.includes(number) ? number : null;
  if (plan.phones.includes(number)) return bridge({ kind: 'phone', number }, mailbox);
  if (port.peer !== null) return bridge({ kind: 'extension', number, peer: port.peer }, mailbox);
  return mailbox !== null ? { to: 'leave', mailbox } : nowhere;
}

/** An emergency call without a trunk goes to the PBX, which may have one. */
function outside(to: Extract<ReturnType<typeof dialled>, { to: 'trunk' }>, port: LineSettings, { lines }: Settings): Route {
  const { number, prefix, emergency } = to;
  if (lines.some(({ kind }) => kind === 'trunk')) return bridge({ kind: 'trunk', number, prefix, emergency, peer: emergency ? port.peer : null }, null);
  return port.peer === null ? nowhere : bridge({ kind: 'extension', number, peer: port.peer, ...(emergency ? { emergency: true as const } : {}) }, null);
}

/**
 * A SIP call for a telephone of ours, or, from a peer that may, for a trunk; null = it is for neither. Who was busy, or did not answer, is
 * not tried again: that call is for the mailbox. Every peer may call for help.
 */
export function routeToLine(facts: CallFacts, settings: Settings): Route | null {
  const { dialled: number, originalTarget, reason, peer } = facts;
  if (settings.lines.length === 0) return null;
  const plan = dialPlanOf(settings);
  if (plan.phones.includes(number)) {
    const mailbox = [originalTarget, number].find((one) => plan.mailboxes.includes(one)) ?? null;
    if (reason !== 'default' && mailbox !== null) return { to: 'leave', mailbox };
    return bridge({ kind: 'phone', number }, mailbox, false);
  }
  const to = dialled(plan, number);
  if (to.to !== 'trunk' || !settings.lines.some(({ kind }) => kind === 'trunk')) return null;
  const allowed = to.emergency || settings.lines.some(({ prefix, dialOutPeers }) => prefix === to.prefix && dialOutPeers.includes(peer));
  if (!allowed) return { to: 'refuse', status: 403, reason: 'This peer may not dial out' };
  return bridge({ kind: 'trunk', number: to.number, prefix: to.prefix, emergency: to.emergency, peer: null }, null, false);
}

const bridge = (target: BridgeTarget, mailbox: string | null, early = true): Route => ({ to: 'bridge', target, mailbox, noAnswerMs: mailbox === null ? ringsOnMs : ringsMs, early });
const nowhere: Route = { to: 'refuse', status: 404, reason: 'No mailbox or telephone has this number' };
