import type { PeerSettings } from '../../config/settings.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { acceptSdp } from '../session/capabilities.ts';
import { makeRequest } from '../syntax/build-message.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import { formatHost } from '../syntax/uri.ts';

/** Who asks: the same for all probes of one PBX, so that its logs show one series. */
export interface ProbeSeries {
  readonly callId: string;
  readonly tag: string;
}

export const peerUri = ({ host, port, transport }: PeerSettings): string => `sip:${formatHost(host ?? '')}:${port}${transport === 'tcp' ? ';transport=tcp' : ''}`;

/** The question whether a PBX serves (RFC 3261 11.1), to the PBX itself and not to one of its users. */
export function probeRequest(peer: PeerSettings, { callId, tag }: ProbeSeries, cseq: number, ours: string, product: string): SipRequest {
  return makeRequest('OPTIONS', peerUri(peer), [
    { name: 'Max-Forwards', value: '70' },
    { name: 'From', value: `<sip:${formatHost(ours)}>;tag=${tag}` },
    { name: 'To', value: `<sip:${formatHost(peer.host ?? '')}>` },
    { name: 'Call-ID', value: callId },
    { name: 'CSeq', value: `${cseq} OPTIONS` },
    acceptSdp,
    { name: 'User-Agent', value: product },
  ]);
}

/**
 * The answer to an OPTIONS is what an INVITE would get (11.2). 503: it does not serve now (21.5.4). 408, 502 and 504 come from a
 * proxy that does not reach the PBX. All others, 404 and 405 among them, come from one that is at work.
 */
const refusals: readonly number[] = [408, 502, 503, 504];

export const saysNo = (response: SipResponse): boolean => refusals.includes(response.status) && parseCSeq(response.headers.get('CSeq') ?? '')?.method === 'OPTIONS';
