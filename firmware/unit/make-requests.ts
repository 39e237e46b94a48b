import { notifyHandlers } from '../notify/notify-handlers.ts';
import { makeVoice } from './make-voice.ts';
import type { RequestHandlers } from '../calls/request-desk.ts';
import { campaignHandlers } from '../flows/campaign-handlers.ts';
import { mailboxHandlers } from './mailbox-handlers.ts';
import { flowLogicRequests } from './requests/flow-logic-requests.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Who answers what flows ask for. */
export function makeRequests(unit: WholeUnit): RequestHandlers {
  return {
    ...campaignHandlers(() => unit.flows),
    ...mailboxHandlers(unit),
    ...notifyHandlers({ desk: () => unit.notify, recording: (id) => makeVoice(unit).recording(id) }),
    'set-user-variable': async ({ name, value }) => {
      await unit.flows.variables.set(name, value);
      return { value };
    },
    'action-pin': async ({ flow, node, right }) => ({ outcome: await unit.owners.actionPin(`${flow}:${node}`, right) }),
    'queue-next': (ask, call) => unit.queues.desk.next(ask, call),
    'queue-announced': async (_ask, call) => {
      unit.queues.desk.announced(call);
      return {};
    },
    'queue-hold': async ({ held }, call) => ({ held: unit.queues.desk.hold(call, held) }),
    'queue-leave': async (_ask, call) => ({ left: unit.queues.desk.leave(call) }),
    transfer: (ask, call) => unit.transfers.transfer(ask, call),
    talk: (_ask, call) => unit.transfers.talk(call),
    'park-and-page': (ask, call) => unit.transfers.parking.park(ask, call),
    ...flowLogicRequests(unit),
  };
}
