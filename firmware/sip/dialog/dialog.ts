import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { makeRequest } from '../syntax/build-message.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import { parseNameAddr } from '../syntax/name-addr.ts';
import { parseUri } from '../syntax/uri.ts';
import { tagOf } from '../transaction/transaction-key.ts';

/** A dialog (RFC 3261 section 12): a value; what changes makes a new one. */
export interface Dialog {
  readonly callId: string;
  /** Whole From value of our requests, with our tag. */
  readonly local: string;
  readonly localTag: string;
  /** Whole To value of our requests, with the peer's tag. */
  readonly remote: string;
  readonly remoteTag: string;
  /** The peer's Contact: Request-URI of our requests. */
  readonly remoteTarget: string;
  /** Route values in the order they are sent. */
  readonly routes: readonly string[];
  /** Of our last request. */
  readonly localCSeq: number;
  /** Of the peer's last request; -1 = none yet. */
  readonly remoteCSeq: number;
}

/** By which in-dialog messages find their dialog, seen from our side. */
export const dialogKey = (callId: string, localTag: string, remoteTag: string): string => `${callId}|${localTag}|${remoteTag}`;

export const keyOf = (dialog: Dialog): string => dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);

/** The dialog that an incoming request belongs to. */
export const requestKey = (request: SipRequest): string =>
  dialogKey(request.headers.get('Call-ID') ?? '', tagOf(request.headers.get('To')), tagOf(request.headers.get('From')));

/** The URI of a Contact, From or Route value; '' = unreadable. */
export const uriOf = (value: string | undefined): string => parseNameAddr(value ?? '')?.uri ?? '';

/** At the UAS (12.1.1): the request that creates the dialog, and the tag we answer with. */
export function dialogFromRequest(request: SipRequest, localTag: string): Dialog {
  const { headers } = request;
  const to = headers.get('To') ?? '';
  return {
    callId: headers.get('Call-ID') ?? '',
    local: tagOf(to) === '' ? `${to};tag=${localTag}` : to,
    localTag,
    remote: headers.get('From') ?? '',
    remoteTag: tagOf(headers.get('From')),
    // An RFC 2543 caller may give no Contact.
    remoteTarget: uriOf(headers.list('Contact')[0]) || uriOf(headers.get('From')),
    routes: headers.list('Record-Route'),
    localCSeq: 0,
    remoteCSeq: parseCSeq(headers.get('CSeq') ?? '')?.number ?? 0,
  };
}

/** At the UAC (12.1.2): our request and the response that creates the dialog. */
export function dialogFromResponse(request: SipRequest, response: SipResponse): Dialog {
  const dialog = dialogFromStray(response);
  return dialog.remoteTarget === '' ? { ...dialog, remoteTarget: request.uri } : dialog;
}

/** The same when the request is no longer known: a response repeats all of it but the target. */
export function dialogFromStray({ headers }: SipResponse): Dialog {
  return {
    callId: headers.get('Call-ID') ?? '',
    local: headers.get('From') ?? '',
    localTag: tagOf(headers.get('From')),
    remote: headers.get('To') ?? '',
    remoteTag: tagOf(headers.get('To')),
    remoteTarget: uriOf(headers.list('Contact')[0]),
    routes: headers.list('Record-Route').reverse(),
    localCSeq: parseCSeq(headers.get('CSeq') ?? '')?.number ?? 0,
    remoteCSeq: -1,
  };
}

/** Target refresh (12.2): a Contact in a re-INVITE, UPDATE, SUBSCRIBE or their 2xx. */
export function refreshTarget(dialog: Dialog, message: SipRequest | SipResponse): Dialog {
  const contact = uriOf(message.headers.list('Contact')[0]);
  return contact === '' || contact === '*' ? dialog : { ...dialog, remoteTarget: contact };
}

/** Takes the CSeq of the peer's request; null = it is older than one seen before: answer 500 (12.2.2). */
export function acceptCSeq(dialog: Dialog, request: SipRequest): Dialog | null {
  const number = parseCSeq(request.headers.get('CSeq') ?? '')?.number ?? 0;
  return number <= dialog.remoteCSeq ? null : { ...dialog, remoteCSeq: number };
}

/** A request within a dialog, the dialog with its new CSeq, and the URI that tells where to send it. */
export interface Routed {
  readonly request: SipRequest;
  readonly dialog: Dialog;
  readonly hopUri: string;
}

/** A request within the dialog, with strict and loose routing (12.2.1.1). `number`: for ACK the CSeq of its INVITE; else the next one is taken. */
export function inDialogRequest(dialog: Dialog, method: string, fields: readonly HeaderField[], body?: Uint8Array, number?: number): Routed {
  const cseq = number ?? dialog.localCSeq + 1;
  const { uri, routes, hopUri } = routing(dialog);
  const request = makeRequest(
    method,
    uri,
    [
      ...routes.map((value) => ({ name: 'Route', value })),
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: dialog.local },
      { name: 'To', value: dialog.remote },
      { name: 'Call-ID', value: dialog.callId },
      { name: 'CSeq', value: `${cseq} ${method}` },
      ...fields,
    ],
    body,
  );
  return { request, dialog: number === undefined ? { ...dialog, localCSeq: cseq } : dialog, hopUri };
}

function routing(dialog: Dialog): { uri: string; routes: readonly string[]; hopUri: string } {
  const [first, ...rest] = dialog.routes;
  if (first === undefined) return { uri: dialog.remoteTarget, routes: [], hopUri: dialog.remoteTarget };
  const hopUri = uriOf(first);
  if (parseUri(hopUri)?.params.has('lr') === true) return { uri: dialog.remoteTarget, routes: dialog.routes, hopUri };
  return { uri: hopUri, routes: [...rest, `<${dialog.remoteTarget}>`], hopUri };
}
