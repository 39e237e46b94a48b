import type { QueuedSettings } from '../config/queue-settings.ts';
import { reasonOfStatus, reasonOfWord } from './facts/diversion-reasons.ts';
import type { OriginalTarget } from './facts/history-info.ts';
import { originalByHistory } from './facts/history-info.ts';
import { queuedFacts } from './facts/queued.ts';
import type { CallFacts, Party } from './leg.ts';
import type { Headers, SipRequest } from './message.ts';
import type { NameAddr } from './syntax/name-addr.ts';
import { parseNameAddr } from './syntax/name-addr.ts';
import { unescape } from './syntax/tokens.ts';
import { parseUri } from './syntax/uri.ts';
import type { Flow } from './transaction-layer.ts';

/** What an INVITE says about its call. The first rule that names a target wins; all of them are believed, since only peers get here. */
export function callFacts(request: SipRequest, flow: Flow, peer: string, queuedNames: QueuedSettings | null = null): CallFacts {
  const { headers } = request;
  const dialled = userOf(request.uri);
  const [targetSource, target] = originalTarget(request, dialled);
  const queued = queuedFacts(request, queuedNames);
  return {
    callId: headers.get('Call-ID') ?? '',
    caller: caller(headers),
    originalTarget: target.number,
    targetSource,
    reason: target.reason,
    dialled,
    ...userToUser(headers),
    ...(queued === undefined ? {} : { queued }),
    peer,
    remoteAddress: flow.remote.address,
    transport: flow.transport,
  };
}

function originalTarget(request: SipRequest, dialled: string): [CallFacts['targetSource'], OriginalTarget] {
  const { headers } = request;
  const named = byRequestUri(request.uri);
  if (named !== null) return ['request-uri-target', named];
  const history = originalByHistory(headers.list('History-Info'), dialled);
  if (history !== null) return ['history-info', history];
  const diverted = byDiversion(headers);
  if (diverted !== null) return ['diversion', diverted];
  const reason = reasonOfStatus(parseUri(request.uri)?.params.get('cause'));
  const to = userOf(parseNameAddr(headers.get('To') ?? '')?.uri ?? '');
  return to === '' ? ['request-uri', { number: dialled, reason }] : ['to', { number: to, reason }];
}

/** RFC 4458: `sip:voicemail@host;target=sip:201%40pbx;cause=486`. The target may be a URI, or what stands between 'sip:' and its host. */
function byRequestUri(uriText: string): OriginalTarget | null {
  const uri = parseUri(uriText);
  const target = unescape(uri?.params.get('target') ?? '');
  if (uri === null || target === '') return null;
  const number = /^(sips?|tel):/i.test(target) ? userOf(target) : (target.split('@', 1)[0] as string);
  return number === '' ? null : { number, reason: reasonOfStatus(uri.params.get('cause')) };
}

/** RFC 5806: the topmost entry is the latest diversion, the bottom one the first. */
function byDiversion(headers: Headers): OriginalTarget | null {
  const first = parseNameAddr(headers.list('Diversion').at(-1) ?? '');
  const number = userOf(first?.uri ?? '');
  return first === null || number === '' ? null : { number, reason: reasonOfWord(first.params.get('reason')?.replaceAll('"', '')) };
}

/** RFC 7433; what is longer than a variable can hold is cut. */
function userToUser(headers: Headers): { userToUser?: string } {
  const value = headers.get('User-to-User') ?? '';
  return value === '' ? {} : { userToUser: value.slice(0, 512) };
}

const withheld: Party = { number: '', name: '', uri: '' };

/** Asserted by the PBX before claimed by the phone; anonymous callers have no number. */
function caller(headers: Headers): Party {
  const hidden = /(^|[;,\s])(id|user)([;,\s]|$)/i.test(headers.get('Privacy') ?? '');
  for (const party of callers(headers)) {
    const number = userOf(party.uri);
    if (number === '') continue;
    const anonymous = hidden || number.toLowerCase() === 'anonymous' || hides(party);
    return anonymous ? withheld : { number, name: party.name, uri: party.uri };
  }
  return withheld;
}

/** Who may be meant, the most trustworthy first. Remote-Party-ID may also name the called party, which is nobody to answer to. */
function callers(headers: Headers): NameAddr[] {
  const named = (name: string): NameAddr[] => headers.list(name).map(parseNameAddr).filter((party) => party !== null);
  const remoteParties = named('Remote-Party-ID').filter((party) => (party.params.get('party') ?? 'calling').toLowerCase() === 'calling');
  return [...named('P-Asserted-Identity'), ...remoteParties, ...named('From')];
}

/** Remote-Party-ID says itself who it is not for. */
const hides = (party: NameAddr): boolean => ['full', 'uri'].includes((party.params.get('privacy') ?? 'off').toLowerCase());

function userOf(uriText: string): string {
  const uri = parseUri(uriText);
  return uri === null ? '' : (uri.userText.split(';', 1)[0] as string);
}
