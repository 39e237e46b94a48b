import type { SipMessage, SipRequest, SipResponse } from '../../../firmware/sip/message.ts';

/** A request as a test writes it; what is left out has a plain value. */
export interface Ask {
  readonly uri?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly fromTag?: string;
  readonly toTag?: string;
  /** Without the cookie. */
  readonly branch?: string;
  /** In place of the whole Via. */
  readonly via?: string;
  /** null = no Contact. */
  readonly contact?: string | null;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly type?: string;
}

let branches = 0;

export function requestText(method: string, ask: Ask = {}): string {
  const { uri = 'sip:201@10.0.0.2', callId = 'call-1', cseq = 1, fromTag = 'ft', toTag, headers = [], body = '', type = 'application/sdp' } = ask;
  const { branch = `t${++branches}`, via = `SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${branch}`, contact = '<sip:ada@10.0.0.1:5060>' } = ask;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: ${via}`,
    'Max-Forwards: 70',
    `From: "Ada" <sip:ada@10.0.0.1>;tag=${fromTag}`,
    `To: <sip:201@10.0.0.2>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    ...(contact === null ? [] : [`Contact: ${contact}`]),
    ...headers,
    ...(body === '' ? [] : [`Content-Type: ${type}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

export interface Reply {
  readonly toTag?: string;
  readonly headers?: readonly string[];
  readonly contact?: string | null;
  readonly body?: string;
  readonly reason?: string;
}

/** The answer of a raw peer to a request of the unit. */
export function responseText(request: SipRequest, status: number, { toTag = 'tt', headers = [], contact = '<sip:pbx@10.0.0.1:5060>', body = '', reason = 'Said So' }: Reply = {}): string {
  const copied = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap((name) => request.headers.all(name).map((value) => `${name}: ${value}`));
  const to = request.headers.get('To') ?? '';
  return [
    `SIP/2.0 ${status} ${reason}`,
    ...copied,
    `To: ${to}${/;tag=/.test(to) || status === 100 ? '' : `;tag=${toTag}`}`,
    ...(contact === null ? [] : [`Contact: ${contact}`]),
    ...headers,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** The ACK of a raw peer to a response that the unit gave to its INVITE: in the dialog, or (`sameHop`) with the INVITE's own branch. */
export function ackText(response: SipResponse, options: { readonly sameHop?: boolean; readonly body?: string; readonly branch?: string } = {}): string {
  const { sameHop = response.status >= 300, body = '', branch = `t${++branches}` } = options;
  const { headers } = response;
  return [
    `ACK ${(/<([^>]+)>/.exec(headers.get('Contact') ?? '') ?? [])[1] ?? 'sip:201@10.0.0.2'} SIP/2.0`,
    `Via: ${sameHop ? headers.get('Via') : `SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${branch}`}`,
    'Max-Forwards: 70',
    `From: ${headers.get('From')}`,
    `To: ${headers.get('To')}`,
    `Call-ID: ${headers.get('Call-ID')}`,
    `CSeq: ${(headers.get('CSeq') ?? '').split(' ')[0]} ACK`,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

export interface Description {
  readonly address?: string;
  readonly port?: number;
  readonly version?: number;
  readonly formats?: string;
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
}

export function sdpText({ address = '10.0.0.1', port = 4000, version = 1, formats = '0 8 101', direction }: Description = {}): string {
  const lines = ['v=0', `o=ada 7 ${version} IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0', `m=audio ${port} RTP/AVP ${formats}`, 'a=rtpmap:101 telephone-event/8000'];
  return `${[...lines, ...(direction === undefined ? [] : [`a=${direction}`])].join('\r\n')}\r\n`;
}

export const tagIn = (message: SipMessage, name: 'From' | 'To'): string => /;tag=([^;>\s]+)/.exec(message.headers.get(name) ?? '')?.[1] ?? '';
