import type { Timer } from '../../../hal/clock.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { makeRequest, serialise } from '../syntax/build-message.ts';
import type { ClientHandlers, ClientTransaction, Flow } from '../transaction-layer.ts';
import { clientInvite } from './client-invite.ts';
import { clientNonInvite } from './client-non-invite.ts';
import { transactionTimeoutMs } from './machine.ts';
import type { RunParts } from './transaction-run.ts';
import { TransactionRun } from './transaction-run.ts';

export interface ClientRunParts extends RunParts {
  /** Returns the flow with the connection it used. */
  readonly send: (bytes: Uint8Array, flow: Flow, retransmission: boolean) => Flow;
  readonly terminated: () => void;
  /** Sends a CANCEL in a transaction of its own. */
  readonly sendCancel: (cancel: SipRequest, flow: Flow) => void;
}

/** A client transaction: repeats the request, acknowledges failures, passes responses up, never from inside the call that started it. */
export class ClientRun implements ClientTransaction {
  readonly request: SipRequest;
  readonly #parts: ClientRunParts;
  readonly #handlers: ClientHandlers;
  readonly #run: TransactionRun;
  readonly #bytes: Uint8Array;
  #flow: Flow;
  #response: SipResponse | null = null;
  #provisional = false;
  #cancel: 'no' | 'wanted' | 'sent' = 'no';
  #cancelLimit: Timer | null = null;

  constructor(parts: ClientRunParts, request: SipRequest, flow: Flow, handlers: ClientHandlers) {
    this.#parts = parts;
    this.request = request;
    this.#flow = flow;
    this.#handlers = handlers;
    this.#bytes = serialise(request);
    this.#run = new TransactionRun(request.method === 'INVITE' ? clientInvite : clientNonInvite, parts, flow.transport === 'tcp', {
      send: (retransmission) => void (this.#flow = parts.send(this.#bytes, this.#flow, retransmission)),
      pass: () => (this.#response === null ? undefined : handlers.response(this.#response)),
      acknowledge: () => this.#acknowledge(),
      fail: () => handlers.failed('timeout', `no answer to ${request.method}`),
      terminated: () => {
        this.#cancelLimit?.cancel();
        parts.terminated();
      },
    });
  }

  get flow(): Flow {
    return this.#flow;
  }

  start(): void {
    this.#run.input('start');
  }

  received(response: SipResponse): void {
    this.#response = response;
    if (response.status < 200) {
      this.#provisional = true;
      this.#run.input('provisional');
      if (this.#cancel === 'wanted') this.#sendCancel();
    } else this.#run.input(response.status < 300 ? 'success' : 'failure');
  }

  cancel(): void {
    if (this.#cancel !== 'no' || this.request.method !== 'INVITE') return;
    this.#cancel = 'wanted';
    if (this.#provisional && this.#run.state === 'proceeding') this.#sendCancel();
  }

  abandon(): void {
    if (this.request.method !== 'INVITE') this.#run.end();
  }

  forget(): void {
    this.#run.end();
  }

  lost(text: string): void {
    this.#giveUp('transport', text);
  }

  #giveUp(why: 'timeout' | 'transport', text: string): void {
    if (this.#run.state === 'terminated' || this.#run.state === 'accepted' || this.#run.state === 'completed') return;
    this.#run.end();
    this.#handlers.failed(why, text);
  }

  end(): void {
    this.#run.end();
  }

  #sendCancel(): void {
    this.#cancel = 'sent';
    // A peer that never answers the cancelled INVITE must not keep it for ever (9.1).
    this.#cancelLimit = this.#parts.clock.after('sip-cancel-limit', transactionTimeoutMs(this.#parts.timers), () => this.#giveUp('timeout', 'no answer after CANCEL'));
    this.#parts.sendCancel(sameHop('CANCEL', this.request, this.request.headers.get('To') ?? ''), this.#flow);
  }

  /** ACK for a non-2xx response travels the way of the INVITE (17.1.1.3), with the To of the response. */
  #acknowledge(): void {
    const ack = sameHop('ACK', this.request, this.#response?.headers.get('To') ?? '');
    this.#parts.send(serialise(ack), this.#flow, false);
  }
}

/** ACK and CANCEL copy what identifies the INVITE, with its one Via and its Route (RFC 3261 9.1, 17.1.1.3). */
function sameHop(method: string, invite: SipRequest, to: string): SipRequest {
  const { headers } = invite;
  const copied = (name: string): { name: string; value: string }[] => headers.all(name).map((value) => ({ name, value }));
  const number = (headers.get('CSeq') ?? '').split(/\s+/)[0];
  return makeRequest(method, invite.uri, [
    { name: 'Via', value: headers.list('Via')[0] ?? '' },
    ...copied('Route'),
    { name: 'Max-Forwards', value: '70' },
    ...copied('From'),
    { name: 'To', value: to },
    ...copied('Call-ID'),
    { name: 'CSeq', value: `${number} ${method}` },
  ]);
}
