import type { Clock } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import type { SipRequest } from '../message.ts';
import type { ClientHandlers, ClientTransaction, Flow, Hop } from '../transaction-layer.ts';
import type { Wire } from '../transport/wire.ts';
import type { ClientRun } from './client-run.ts';

/** A client transaction from the moment it is asked for: our own address may have to be found before the Via can be written. */
export class PendingClient implements ClientTransaction {
  readonly request: SipRequest;
  #flow: Flow;
  #run: ClientRun | null = null;
  #cancelled = false;
  #abandoned = false;

  constructor(clock: Clock, wire: Wire, request: SipRequest, to: Hop, handlers: ClientHandlers, start: (flow: Flow, use: (run: ClientRun) => void) => void) {
    this.request = request;
    this.#flow = { transport: to.transport, remote: to.remote, connection: to.connection ?? null, local: to.from ?? wire.localKnown(to.remote.address) ?? { address: '', port: 0 }, ...(to.from === undefined ? {} : { shared: true, followed: true }) };
    const begin = (local: Endpoint): void => {
      if (this.#abandoned) return;
      this.#flow = { ...this.#flow, local };
      start(this.#flow, (run) => this.#use(run));
    };
    if (this.#flow.local.address !== '') begin(this.#flow.local);
    else wire.localFor(to.remote.address).then(begin, (error) => clock.after('sip-unreachable', 0, () => (this.#abandoned ? undefined : handlers.failed('transport', String(error)))));
  }

  get flow(): Flow {
    return this.#run?.flow ?? this.#flow;
  }

  /** The transaction that works now; another may follow when the first transport does not reach the peer. */
  #use(run: ClientRun): void {
    this.#run = run;
    if (this.#cancelled) run.cancel();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#run?.cancel();
  }

  abandon(): void {
    this.#abandoned = this.request.method !== 'INVITE';
    this.#run?.abandon();
  }

  forget(): void {
    this.#abandoned = true;
    this.#run?.forget();
  }
}
