import type { PeerSettings, Settings } from '../config/settings.ts';
import type { LocalMedia, OutgoingCall } from '../sip/leg.ts';
import { escapeUser, formatHost } from '../sip/syntax/uri.ts';
import type { CallablePeer } from './peer-to-call.ts';

export interface Callee {
  /** As keyed. */
  readonly number: string;
  readonly from: Shown;
  readonly headers?: OutgoingCall['headers'];
}

/** Who is shown as calling. */
export interface Shown {
  readonly fromNumber: string;
  readonly fromName: string;
}

/** A call to a number in the plan of a peer. */
export function outgoingCall(peer: CallablePeer, { number, from, headers }: Callee, media: LocalMedia): OutgoingCall {
  return {
    peer: peer.name,
    target: uriAtPeer(peer, number),
    ...from,
    media,
    ...(headers === undefined ? {} : { headers }),
    ...credentialsOf(peer),
  };
}

/** Of a number in the peer's own plan. UDP is what goes without saying where a port is named (RFC 3263 section 4.1). */
export const uriAtPeer = ({ host, port, transport }: CallablePeer, number: string): string =>
  `sip:${escapeUser(number)}@${formatHost(host)}:${port}${transport === 'tcp' ? ';transport=tcp' : ''}`;

/** Who calls, where no registration gives the unit a number. */
const ownNumber = 'voicemail';

/** A call that the unit makes in its own name. */
export function unitCall({ unit, rtp }: Pick<Settings, 'unit' | 'rtp'>, peer: CallablePeer, number: string, media: Omit<LocalMedia, 'codecs'>): OutgoingCall {
  return outgoingCall(peer, { number, from: { fromNumber: peer.register?.user ?? ownNumber, fromName: unit.name } }, { ...media, codecs: rtp.codecs });
}

/** RFC 3323 section 4.1.1.3 where they withhold their number. */
export const shownAs = (number: string, name: string): Shown => (number === '' ? { fromNumber: 'anonymous', fromName: 'Anonymous' } : { fromNumber: number, fromName: name });

export const credentialsOf = (peer: PeerSettings | undefined): Pick<OutgoingCall, 'credentials'> =>
  peer === undefined || peer.register === null ? {} : { credentials: { user: peer.register.authUser, password: peer.register.password } };
