import type { Clock } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import type { Net } from '../../../hal/net.ts';
import type { Random } from '../../../hal/random.ts';
import type { Log } from '../../log.ts';
import type { HeaderField } from '../message.ts';
import { formatHost } from '../syntax/uri.ts';
import type { Timers } from '../transaction/machine.ts';
import type { Flow, TransactionLayer } from '../transaction-layer.ts';
import type { InviteSession } from './invite-session.ts';
import type { SessionTimerLimits } from './session-timer.ts';

/** What a session needs of its user agent. */
export interface SessionParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly net: Net;
  readonly log: Log;
  readonly layer: TransactionLayer;
  readonly timers: Timers;
  /** Server and User-Agent. */
  readonly product: string;
  readonly limits: () => SessionTimerLimits;
  /** Our address and port towards a remote one. Errors: HalError unreachable. */
  readonly localFor: (remote: string) => Promise<Endpoint>;
  /** The shared address, where it is to carry the calls that come to it from unit to unit; null = calls stay with their unit. */
  readonly followsOn: string | null;
  /** The session can be found by this dialog from now on. */
  readonly opened: (key: string, session: InviteSession) => void;
  /** Another unit carries the call on. */
  readonly released: () => void;
  /** It has ended; its dialogs are forgotten. */
  readonly closed: (session: InviteSession) => void;
}

/** Our Contact on a flow. */
export function contactField(flow: Flow, user: string): HeaderField {
  const transport = flow.transport === 'tcp' ? ';transport=tcp' : '';
  return { name: 'Contact', value: `<sip:${user === '' ? '' : `${user}@`}${formatHost(flow.local.address)}:${flow.local.port}${transport}>` };
}

export const randomHex = (random: Random, bytes: number): string => Buffer.from(random.bytes(bytes)).toString('hex');
