import type { Variables } from '../callflow/actions/action.ts';
import type { Settings } from '../config/settings.ts';
import type { CallFacts, QueuedFacts } from '../sip/leg.ts';

/** What a call brings with it for the variables of flows. `elapsedMs`: since it came. */
export function callVariables(facts: CallFacts, mailbox: string | null, settings: Settings, elapsedMs: number, queued?: QueuedFacts): Variables {
  const own = settings.mailboxes.find(({ number }) => number === mailbox);
  return {
    CID: facts.callId,
    CLI: facts.caller.number,
    DDI: facts.dialled,
    NAM: own?.name ?? '',
    LOC: own?.language ?? settings.unit.language,
    TARGET: facts.originalTarget,
    TimeSystem: String(Math.floor(elapsedMs / 1000)),
    UUI: facts.userToUser ?? '',
    ...(queued === undefined ? {} : queueVariables(queued)),
  };
}

/** What is not known is left out. */
function queueVariables({ position, etaSec, waitedSec }: QueuedFacts): Variables {
  return {
    ...(position === null ? {} : { POS: String(position) }),
    ...(etaSec === null ? {} : { ETA: String(etaSec), QTIM: String(etaSec) }),
    ...(waitedSec === null ? {} : { TimeQueued: String(waitedSec) }),
  };
}
