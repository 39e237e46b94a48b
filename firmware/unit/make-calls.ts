import { CallTable } from '../calls/call-table.ts';
import type { FlowDocuments } from '../calls/flow-documents.ts';
import type { FlowServices } from '../calls/flow-services.ts';
import type { PlayParts } from '../calls/play-at.ts';
import type { Port } from '../calls/port-pool.ts';
import type { Route } from '../calls/route-call.ts';
import { storedGreetings } from '../calls/stored-greetings.ts';
import { findLanguage, languages } from '../callflow/language/languages.ts';
import { collectContact } from '../distributed/collect-contact.ts';
import { Entitlements } from '../entitlement/entitlements.ts';
import { movedBy } from '../media/media-protocol.ts';
import type { CallFacts, Leg } from '../sip/leg.ts';
import { bridgeParts } from './make-bridges.ts';
import { addressTowards, rtpPortOf } from './local-media.ts';
import { makeRequests } from './make-requests.ts';
import { makeRecordings, makeVoice } from './make-voice.ts';
import type { WholeUnit } from './whole-unit.ts';

export function makeCalls(unit: WholeUnit): CallTable {
  const { media } = unit.parts;
  return new CallTable(
    {
      services: flowServices(unit),
      mediaOf: (port, leg) => mediaOf(unit, port, leg),
      send: (command) => media.send(command, movedBy(command)),
      refuse: (used, wants) => unit.memoryGate.refuse() ?? unit.entitlements.refuse(used, wants),
      short: () => unit.memoryGate.short,
      // Asked for each recorded chunk: who has no partner needs no leave.
      follower: () => (unit.pair.follower !== null && unit.entitlements.grants('live-calls') ? unit.pair.follower : null),
      bridges: bridgeParts(unit),
      adopt: (record, handlers) => unit.sip.adopt(record, handlers),
      claims: (leg) => unit.transfers.parking.claim(leg),
      returned: (facts) => returnedTo(unit.transfers.returned.mailboxOf(facts)),
      collectElsewhere: (facts) => collectElsewhere(unit, facts),
    },
    unit.settings.ports,
  );
}

const returnedTo = (mailbox: string | null): Route | null => (mailbox === null ? null : { to: 'leave', mailbox, reason: 'no-answer' });

/** What a call of the unit's own needs. */
export function playParts(unit: WholeUnit): PlayParts {
  const { media } = unit.parts;
  return {
    services: flowServices(unit), calls: unit.calls, sip: unit.sip,
    send: (command) => media.send(command, movedBy(command)),
    local: (host) => addressTowards(unit, host),
    rtpPort: (port) => rtpPortOf(unit, port),
  };
}

/** The rights that are asked before a call gets a port. */
export function makeEntitlements(unit: WholeUnit): Entitlements {
  const { clock, log, entitlement } = unit.parts;
  const parts = { clock, log, startedMs: unit.startedMs, settings: () => unit.settings, unitId: () => unit.unitId, servesAs: () => unit.pair.servesAs() };
  return new Entitlements(parts, entitlement);
}

function flowServices(unit: WholeUnit): FlowServices {
  const { parts: { clock, log }, store, owners } = unit;
  return {
    clock,
    log,
    settings: () => unit.settings,
    store,
    greetings: storedGreetings(store.greetings, store, clock, (mailbox) => endless(store, mailbox)),
    owners,
    drafts: store.drafts,
    voice: makeVoice(unit),
    recordings: makeRecordings(unit),
    requests: makeRequests(unit),
    documents: flowDocuments(unit),
    announced: { toTell: (facts) => unit.queues.announced.toTell(facts) },
    language: (code) => findLanguage((unit.entitlements.grants('languages') ? code : null) ?? unit.settings.unit.language) ?? languages[0],
  };
}

async function endless({ choices }: WholeUnit['store'], mailbox: string): Promise<void> {
  if (choices.of(mailbox).temporaryUntilMs !== null) await choices.change(mailbox, (chosen) => (chosen.temporaryUntilMs = null));
}

function flowDocuments({ flows }: WholeUnit): FlowDocuments {
  return {
    starts: () => flows.starts,
    snapshot: () => flows.snapshot(),
    condition: (name, variables) => flows.conditionHolds(name, variables),
    userVariable: (name) => flows.variables.get(name),
  };
}

/** Where the peer can send RTP; nowhere on a line. Errors: HalError of the network. */
async function mediaOf(unit: WholeUnit, port: Port, leg: Leg): Promise<{ address: string; rtpPort: number }> {
  if (leg.line !== null) return { address: '', rtpPort: 0 };
  return {
    address: leg.sharedAddress ?? (await addressTowards(unit, leg.facts.remoteAddress)),
    rtpPort: rtpPortOf(unit, port),
  };
}

function collectElsewhere({ distributed, settings }: WholeUnit, facts: CallFacts): string | null {
  const collectAt = distributed?.collectAt() ?? null;
  return collectAt === null ? null : collectContact(collectAt, facts, settings.peers);
}
