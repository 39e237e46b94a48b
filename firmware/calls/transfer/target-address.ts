import type { TransferAsk, TransferPriority } from '../../callflow/requests/transfer-requests.ts';
import type { Settings } from '../../config/settings.ts';
import type { CallFacts, LocalMedia, OutgoingCall } from '../../sip/leg.ts';
import { escapeUser, formatHost } from '../../sip/syntax/uri.ts';
import { outgoingCall, shownAs, uriAtPeer } from '../outgoing-call.ts';
import type { CallablePeer, PeerUse } from '../peer-to-call.ts';
import { callable, peerToCall } from '../peer-to-call.ts';

/** Where a caller's new number is called: at the peer that the caller came from, or the one in use in its place; else at the first that is in use. null = no peer has a host. */
export const peerOf = ({ peers }: Settings, facts: CallFacts, uses: readonly PeerUse[]): CallablePeer | null => peerToCall(peers, uses, facts.peer) ?? peerToCall(peers, uses, null);

/** For the peer that has the caller, which finds the number in its own plan. */
export function uriAt({ peers }: Settings, { peer: name, remoteAddress }: CallFacts, number: string): string {
  const peer = callable(peers).find((one) => one.name === name);
  return peer === undefined ? `sip:${escapeUser(number)}@${formatHost(remoteAddress)}` : uriAtPeer(peer, number);
}

/** RFC 3261 20.26. */
const priorities: Readonly<Record<TransferPriority, string>> = { low: 'non-urgent', medium: 'normal', high: 'urgent' };

/** What the new call says besides: how urgent it is, and for which mailbox the caller came (RFC 5806), which is theirs again if nobody takes it. */
export function headersOf({ priority, mailbox }: Pick<TransferAsk, 'priority' | 'mailbox'>, host: string): { name: string; value: string }[] {
  return [
    ...(priority === null ? [] : [{ name: 'Priority', value: priorities[priority] }]),
    ...(mailbox === null ? [] : [{ name: 'Diversion', value: `<sip:${escapeUser(mailbox)}@${formatHost(host)}>;reason=deflection` }]),
  ];
}

/** The unit's own call to who is to have the caller, who is shown. */
export function targetCall(peer: CallablePeer, ask: TransferAsk, { caller }: CallFacts, media: LocalMedia): OutgoingCall {
  const number = ask.showNumber ?? caller.number;
  const shown = shownAs(number, caller.name);
  return outgoingCall(peer, { number: ask.to, from: { ...shown, fromName: ask.showName ?? shown.fromName }, headers: headersOf(ask, peer.host) }, media);
}
