import { peerToCall } from '../calls/peer-to-call.ts';
import type { WatchedPhone } from '../sip/dialog-events/dialog-watcher.ts';
import type { PhoneLine } from '../sip/dialog-events/phone-dialogs.ts';
import { agentPhones } from './make-queues.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Telephones that wait to be rung; those beyond are tried at intervals. */
const mostRingbacks = 128;
const ringback = 'ringback ';

/** Whose dialogs are watched (RFC 4235), each at the peer in use: agents of queues, and owners whose telephones are to ring when they become idle. */
export function watchPhones(unit: WholeUnit): void {
  if (!unit.running) return;
  unit.sip.watchPhones([...agentPhones(unit), ...ringbackPhones(unit)]);
}

export function phoneChanged(unit: WholeUnit, key: string, line: PhoneLine): void {
  if (key.startsWith(ringback)) unit.notify.phoneLine(key.slice(ringback.length), line);
  else unit.queues.desk.agentLine(key, line);
}

function ringbackPhones(unit: WholeUnit): WatchedPhone[] {
  const peer = peerToCall(unit.settings.peers, unit.sip.peers(), unit.settings.outgoing.peer);
  return peer === null ? [] : unit.notify.ringbacks.slice(0, mostRingbacks).map((number) => ({ key: ringback + number, number, peer }));
}
