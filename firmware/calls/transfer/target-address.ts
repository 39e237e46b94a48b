import type { TransferAsk, TransferPriority } from '../../callflow/requests/transfer-requests.ts';
import type { PeerSettings, Settings } from '../../config/settings.ts';
import type { CallFacts, LocalMedia, OutgoingCall } from '../../sip/leg.ts';
import { escapeUser, formatHost } from '../../sip/syntax/uri.ts';

export type CallablePeer = PeerSettings & { readonly host: string };

/** Where a caller's new number is called: at the peer that the caller came from, else at the first that is in use. null = no peer has a host. */
export function peerOf({ peers }: Settings, facts: CallFacts, inUse: (name: string) => boolean): CallablePeer | null {
  const callable = peers.filter((peer): peer is CallablePeer => peer.host !== null);
  return callable.find(({ name }) => name === facts.peer) ?? callable.find(({ name }) => inUse(name)) ?? callable[0] ?? null;
}

/** For the peer that has the caller, which finds the number in its own plan. */
export function uriAt({ peers }: Settings, { peer: name, remoteAddress }: CallFacts, number: string): string {
  const peer = peers.find((one) => one.name === name);
  const host = peer?.host ?? null;
  return host === null || peer === undefined ? `sip:${escapeUser(number)}@${formatHost(remoteAddress)}` : uriOf(peer, host, number);
}

const uriOf = ({ port, transport }: PeerSettings, host: string, number: string): string =>
  `sip:${escapeUser(number)}@${formatHost(host)}:${port}${transport === 'tcp' ? ';transport=tcp' : ''}`;

/** RFC 3261 20.26. */
const priorities: Readonly<Record<TransferPriority, string>> = { low: 'non-urgent', medium: 'normal', high: 'urgent' };

/** What the new call says besides: how urgent it is, and for which mailbox the caller came (RFC 5806), which is theirs again if nobody takes it. */
export function headersOf({ priority, mailbox }: Pick<TransferAsk, 'priority' | 'mailbox'>, host: string): { name: string; value: string }[] {
  return [
    ...(priority === null ? [] : [{ name: 'Priority', value: priorities[priority] }]),
    ...(mailbox === null ? [] : [{ name: 'Diversion', value: `<sip:${escapeUser(mailbox)}@${formatHost(host)}>;reason=deflection` }]),
  ];
}

export const credentialsOf = (peer: PeerSettings | undefined): { credentials?: { user: string; password: string } } =>
  peer?.register === null || peer === undefined ? {} : { credentials: { user: peer.register.authUser, password: peer.register.password } };

/** The unit's own call to who is to have the caller, who is shown (RFC 3323 section 4.1.1.3 where they withhold their number). */
export function targetCall(peer: CallablePeer, ask: TransferAsk, { caller }: CallFacts, media: LocalMedia): OutgoingCall {
  const number = ask.showNumber ?? caller.number;
  return {
    peer: peer.name,
    target: uriOf(peer, peer.host, ask.to),
    fromNumber: number === '' ? 'anonymous' : number,
    fromName: ask.showName ?? (number === '' ? 'Anonymous' : caller.name),
    media,
    headers: headersOf(ask, peer.host),
    ...credentialsOf(peer),
  };
}
