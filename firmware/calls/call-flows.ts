import { breakoutOf } from '../callflow/breakout.ts';
import { collectFlow } from '../callflow/collect/collect-flow.ts';
import { announceFlow } from '../callflow/queue/announce-flow.ts';
import type { Announcement } from '../callflow/queue/waiting-flow.ts';
import { givenBack } from '../callflow/queue/given-back.ts';
import { waitingFlow } from '../callflow/queue/waiting-flow.ts';
import { holdPhrases } from '../callflow/hold-audio.ts';
import { documentFlow } from '../callflow/engine/document-flow.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import { leaveFlow } from '../callflow/leave-flow.ts';
import type { QueuePriority } from '../callflow/requests/queue-requests.ts';
import type { Settings } from '../config/settings.ts';
import type { CallFacts, DiversionReason, QueuedFacts } from '../sip/leg.ts';
import { callVariables } from './call-variables.ts';
import type { Collecting } from './collect-context.ts';
import { collectContext } from './collect-context.ts';
import type { NamedFlow } from './flow-machine.ts';
import type { FlowRecord } from './flow-record.ts';
import type { FlowServices } from './flow-services.ts';
import type { Route } from './route-call.ts';

export interface FirstFlowFacts {
  readonly route: Route;
  readonly facts: CallFacts;
  readonly reason: DiversionReason;
  /** An answered call cannot be sent on, so its owner is not let in to a mailbox that is not here. */
  readonly collectsHere: boolean;
  /** What another unit wrote down; null = the call begins here. */
  readonly carried: FlowRecord | null;
}

type Services = Pick<FlowServices, 'settings' | 'clock' | 'log' | 'documents' | 'announced'>;

/** The flow that a call begins with, or goes on with, in this unit. */
export function firstFlow(services: Services, first: FirstFlowFacts): NamedFlow {
  const settings = services.settings();
  const { route, facts, reason, collectsHere, carried } = first;
  if (carried?.name !== 'collect' && route.to === 'flow') {
    const flow = document(services, first, route);
    return { name: 'document', flow: erased(facts.queued === undefined ? flow : givenBack(flow)) };
  }
  if (carried === null && route.to === 'queue') return { name: 'queue', flow: waiting(services, first, route.queue, route.priority) };
  if (carried === null && route.to === 'announce') return { name: 'announce', flow: erased(announceFlow({ ...nothingKnown, ...services.announced.toTell(facts), point: route.point })) };
  if (carried?.name === 'collect' || route.to !== 'leave') {
    return { name: 'collect', flow: collect(services, { knownMailbox: carried?.knownMailbox ?? null, ownMailbox: route.to === 'collect' ? route.ownMailbox : null, source: sourceOf(first.facts) }) };
  }
  return { name: 'leave', flow: leave(settings, route.mailbox, reason, collectsHere) };
}

const nothingKnown = { position: null, etaSec: null };

function leave(settings: Settings, mailbox: string, reason: DiversionReason, mayLogIn: boolean): Flow<FlowState> {
  const { minSec, maxSec, silenceSec } = settings.messages;
  return erased(leaveFlow({ mailbox, reason, mayLogIn, minMs: minSec * 1000, maxMs: maxSec * 1000, silenceMs: silenceSec * 1000, breakout: breakoutOf(settings, mailbox) }));
}

/** Collect for `knownMailbox`, or for whichever the caller names; `ownMailbox` is what the caller's phone suggests. */
export const collect = (services: Pick<Services, 'settings' | 'clock'>, collecting: Collecting): Flow<FlowState> => erased(collectFlow(collectContext(services, collecting)));

export const sourceOf = ({ caller, peer, transport }: CallFacts): Collecting['source'] => ({ callerNumber: caller.number, peer, transport });

/** Flows of the site as they are now: the call keeps them. */
function document(services: Services, first: FirstFlowFacts, { flow, point, mailbox }: Extract<Route, { to: 'flow' }>, inQueue?: QueuedFacts): ReturnType<typeof documentFlow> {
  const { settings, clock, log, documents, announced } = services;
  const { facts, reason } = first;
  const began = clock.monotonic();
  const queued = inQueue ?? announced.toTell(facts);
  return documentFlow({
    flow, point, mailbox, reason, settings,
    source: sourceOf(facts),
    facts: () => callVariables(facts, mailbox, settings(), clock.monotonic() - began, queued),
    flows: documents.snapshot(),
    nowMs: () => clock.wall(),
    condition: (name, variables) => documents.condition(name, variables),
    userVariable: (name) => documents.userVariable(name),
    unconnected: queued === undefined ? 'hang-up' : 'queue',
    tell: (text) => log.write('error', 'flow-broken', `In call flow ${flow}, ${text}.`, { flow }),
  });
}

/** A caller in a queue of the unit. A flow of the site announces, where there is one for the queue or for all. */
export function waiting(services: Services, first: FirstFlowFacts, number: string, priority: QueuePriority | null): Flow<FlowState> {
  const settings = services.settings();
  const mailbox = settings.mailboxes.some((one) => one.number === number) ? number : null;
  const queue = settings.queues.find((one) => one.number === number);
  let last: { readonly news: Announcement; readonly flow: Flow<FlowState> | null } | null = null;
  const announcement = (news: Announcement): Flow<FlowState> | null => {
    const flow = services.documents.starts().point(number, news.point);
    if (flow === null) return null;
    return erased(document(services, first, { to: 'flow', flow, point: news.point, mailbox }, { ...news, call: null }));
  };
  return erased(waitingFlow({
    queue: { number, breakoutKey: queue?.breakoutKey ?? null },
    priority,
    hold: (ringing) => holdPhrases(ringing ? 'ringing' : (queue?.music ?? 'ringing'), services.settings().transfers.zone),
    // Another flow of that name may come meanwhile: an announcement keeps the one that it began with.
    announcement: (news) => (last?.news === news ? last.flow : (last = { news, flow: announcement(news) }).flow),
    leave: mailbox === null ? null : leave(settings, mailbox, 'default', first.collectsHere),
  }));
}

/** The runner keeps a flow's state without looking at it. */
const erased = <State extends FlowState>(flow: Flow<State>): Flow<FlowState> => flow as unknown as Flow<FlowState>;
