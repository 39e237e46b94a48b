import { callOut } from '../calls/call-out.ts';
import { collect, firstFlow } from '../calls/call-flows.ts';
import type { FlowServices } from '../calls/flow-services.ts';
import { NotifyDesk } from '../notify/notify-desk.ts';
import type { CallbackFlow } from '../notify/outcall-desk.ts';
import { playParts } from './make-calls.ts';
import { watchPhones } from './watch-phones.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Mail and calls of the unit's own. Errors: HalError read-only, io. */
export function openNotify(unit: WholeUnit): Promise<NotifyDesk> {
  const { parts, store } = unit;
  return NotifyDesk.open(
    {
      ...parts,
      store,
      settings: () => unit.settings,
      serves: () => unit.running && unit.serving && unit.distributed === null,
      takenFor: () => unit.pair.takenFor(),
      ringbacksChanged: () => watchPhones(unit),
      callOut: callOut(() => playParts(unit)),
    },
    { callback: callbackFlow(unit), collect: (mailbox) => collect({ settings: () => unit.settings, clock: unit.parts.clock }, { knownMailbox: mailbox, ownMailbox: null, source: null }) },
  );
}

/** Start point Callback of the mailbox, or of all. */
function callbackFlow(unit: WholeUnit): CallbackFlow {
  return (mailbox) => {
    const flow = unit.flows.starts.point(mailbox, 'Callback');
    if (flow === null) return null;
    const services: FlowServices = playParts(unit).services;
    return ({ facts }) => firstFlow(services, { route: { to: 'flow', flow, point: 'Callback', mailbox }, facts, reason: 'default', collectsHere: true, carried: null }).flow;
  };
}
