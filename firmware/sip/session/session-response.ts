import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { makeResponse } from '../syntax/build-message.ts';
import { tagOf } from '../transaction/transaction-key.ts';

/** What a session answers with. `reason`: the phrase in place of the usual one. */
export interface SessionAnswer {
  readonly fields?: readonly HeaderField[] | undefined;
  readonly body?: Uint8Array | undefined;
  readonly reason?: string | undefined;
}

/** A response within a session, with the tag of its dialog. */
export function sessionResponse(request: SipRequest, status: number, localTag: string, product: string, { fields = [], body, reason }: SessionAnswer): SipResponse {
  const response = makeResponse(request, status, reason);
  const to = response.headers.get('To') ?? '';
  if (status > 100 && tagOf(to) === '') response.headers.set('To', `${to};tag=${localTag}`);
  if (request.method === 'INVITE' && status > 100 && status < 300) copyRoute(request, response);
  for (const { name, value } of fields) response.headers.append(name, value);
  response.headers.set('Server', product);
  if (body !== undefined) response.body = body;
  return response;
}

/** Whoever answers within a new dialog repeats the way that the request came (12.1.1). */
function copyRoute(request: SipRequest, response: SipResponse): void {
  for (const value of request.headers.all('Record-Route')) response.headers.append('Record-Route', value);
}
