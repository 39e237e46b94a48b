import type { QueuedSettings } from '../../config/queue-settings.ts';
import type { QueuedFacts } from '../leg.ts';
import type { SipRequest } from '../message.ts';
import { decimal } from '../syntax/tokens.ts';
import { parseUri } from '../syntax/uri.ts';

const mostName = 128;

/** What an INVITE says of a caller in a queue of the PBX, by the names that the peer uses; undefined = it is no such call. */
export function queuedFacts({ headers, uri }: SipRequest, names: QueuedSettings | null): QueuedFacts | undefined {
  if (names === null) return undefined;
  const parameter = names.parameter === null ? undefined : parseUri(uri)?.params.get(names.parameter.toLowerCase());
  const word = (headers.get(names.header) ?? parameter ?? '').trim().toLowerCase();
  const point = word === names.queued.toLowerCase() ? 'Queued' : word === names.stillQueued.toLowerCase() ? 'Still Queued' : null;
  if (point === null) return undefined;
  const number = (name: string): number | null => decimal((headers.get(name) ?? '').trim());
  const position = number(names.position);
  const call = (headers.get(names.call) ?? '').trim();
  return {
    point,
    position: position === 0 ? null : position,
    etaSec: number(names.eta),
    waitedSec: number(names.waited),
    call: call === '' || call.length > mostName ? null : call,
  };
}
