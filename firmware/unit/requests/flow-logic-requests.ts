import type { RequestHandlers } from '../../calls/request-desk.ts';
import type { RequestKind } from '../../callflow/requests/requests.ts';
import type { WholeUnit } from '../whole-unit.ts';

/** As `MediaChannel.sendDigits` sends them. */
const digitMs = 200;

/** Who answers what flows ask of relays and of the call's own audio. */
export function flowLogicRequests(unit: WholeUnit) {
  const { flows } = unit;
  return {
    'open-door': async ({ ms }) => ({ opened: unit.signals?.openDoor(ms) ?? false }),
    'send-digits': async ({ digits }, { channel }) => {
      channel.sendDigits(digits);
      return { sentMs: digits.length * digitMs };
    },
    'open-database': (ask, call) => flows.databases.connect(call, ask),
    'execute-database': (ask, call) => flows.databases.execute(call, ask),
    'get-data': (ask, call) => flows.databases.data(call, ask),
    'close-database': async (_ask, call) => flows.databases.disconnect(call),
    'fetch-flow': async ({ source }) => {
      const fetched = await flows.remote.fetch(source);
      if (fetched === null) throw new Error(`the remote call flow ${source} cannot be run`);
      return fetched;
    },
  } satisfies Partial<{ [Kind in RequestKind]: RequestHandlers[Kind] }>;
}
