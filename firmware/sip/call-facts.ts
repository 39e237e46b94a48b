import { reasonOfStatus, reasonOfWord } from './facts/diversion-reasons.ts';
import type { OriginalTarget } from './facts/history-info.ts';
import { originalByHistory } from './facts/history-info.ts';
import type { CallFacts, Party } from './leg.ts';
import type { Headers, SipRequest } from './message.ts';
import { parseNameAddr } from './syntax/name-addr.ts';
import { unescape } from './syntax/tokens.ts';
import { parseUri } from './syntax/uri.ts';
import type { Flow } from './transaction-layer.ts';

/** What an INVITE says about its call. The first rule that names a target wins; all of them are believed, since only peers get here. */
export function callFacts(request: SipRequest, flow: Flow, peer: string): CallFacts {
  const { headers } = request;
  const dialled = userOf(request.uri);
  const [targetSource, target] = originalTarget(request, dialled);
  return {
    callId: headers.get('Call-ID') ?? '',
    caller: caller(headers),
    originalTarget: target.number,
    targetSource,
    reason: target.reason,
    dialled,
    peer,
    remoteAddress: flow.remote.address,
    transport: flow.transport,
  };
}

function originalTarget(request: SipRequest, dialled: string): [CallFacts['targetSource'], OriginalTarget] {
  const { headers } = request;
  const named = byRequestUri(request.uri);
  if (named !== null) return ['request-uri-target', named];
  const history = originalByHistory(headers.list('History-Info'));
  if (history !== null) return ['history-info', history];
  const diverted = byDiversion(headers);
  if (diverted !== null) return ['diversion', diverted];
  const reason = reasonOfStatus(parseUri(request.uri)?.params.get('cause'));
  const to = userOf(parseNameAddr(headers.get('To') ?? '')?.uri ?? '');
  return to === '' ? ['request-uri', { number: dialled, reason }] : ['to', { number: to, reason }];
}

/** RFC 4458: `sip:voicemail@host;target=sip:201%40pbx;cause=486`. The target may be a URI or a bare number. */
function byRequestUri(uriText: string): OriginalTarget | null {
  const uri = parseUri(uriText);
  const target = unescape(uri?.params.get('target') ?? '');
  if (uri === null || target === '') return null;
  const number = /^(sips?|tel):/i.test(target) ? userOf(target) : target;
  return number === '' ? null : { number, reason: reasonOfStatus(uri.params.get('cause')) };
}

/** RFC 5806: the topmost entry is the latest diversion, the bottom one the first. */
function byDiversion(headers: Headers): OriginalTarget | null {
  const first = parseNameAddr(headers.list('Diversion').at(-1) ?? '');
  const number = userOf(first?.uri ?? '');
  return first === null || number === '' ? null : { number, reason: reasonOfWord(first.params.get('reason')?.replaceAll('"', '')) };
}

/** Asserted by the PBX before claimed by the phone; anonymous callers have no number. */
function caller(headers: Headers): Party {
  const asserted = [...headers.list('P-Asserted-Identity'), ...headers.list('Remote-Party-ID'), headers.get('From') ?? ''];
  for (const value of asserted) {
    const party = parseNameAddr(value);
    const number = userOf(party?.uri ?? '');
    if (party === null || number === '') continue;
    const hidden = number.toLowerCase() === 'anonymous' || /(^|[;,\s])(id|user)([;,\s]|$)/i.test(headers.get('Privacy') ?? '');
    return hidden ? { number: '', name: '', uri: '' } : { number, name: party.name, uri: party.uri };
  }
  return { number: '', name: '', uri: '' };
}

function userOf(uriText: string): string {
  const uri = parseUri(uriText);
  return uri === null ? '' : (uri.userText.split(';', 1)[0] as string);
}
