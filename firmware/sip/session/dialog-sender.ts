import type { HeaderField, SipRequest } from '../message.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { inDialogRequest } from '../dialog/dialog.ts';
import { nextHop } from '../dialog/next-hop.ts';
import type { ClientHandlers, ClientTransaction, Flow, Hop } from '../transaction-layer.ts';
import type { SessionParts } from './session-parts.ts';

const ignored: ClientHandlers = { response() {}, failed() {} };

/** Sends the requests of one dialog, one after another in the order they were asked for, along its route. */
export class DialogSender {
  readonly #parts: Pick<SessionParts, 'layer' | 'net'>;
  #chain: Promise<void> = Promise.resolve();
  #connectionLost = false;
  #forgotten = false;
  #reinvite: ClientTransaction | null = null;
  #other: ClientTransaction | null = null;

  constructor(parts: Pick<SessionParts, 'layer' | 'net'>) {
    this.#parts = parts;
  }

  /** Returns the dialog with its new CSeq. */
  send(dialog: Dialog, flow: Flow, method: string, fields: readonly HeaderField[], body?: Uint8Array, handlers: ClientHandlers = ignored): Dialog {
    const build = (): SipRequest => inDialogRequest(dialog, method, fields, body).request;
    const { dialog: next, hopUri } = inDialogRequest(dialog, method, fields, body);
    const alongRoute = (): void => this.#alongRoute(hopUri, flow, build, handlers);
    if (!this.#onConnection(dialog, flow)) alongRoute();
    else {
      // The connection may be gone; then the Contact is the way.
      const firstTry: ClientHandlers = { response: (response) => handlers.response(response), failed: (why, text) => (why === 'transport' ? alongRoute() : handlers.failed(why, text)) };
      this.#next(() => this.#request(build(), { ...flow, ...leavesFrom(flow) }, firstTry), handlers);
    }
    return next;
  }

  /** ACK to a 2xx: a request of its own, outside of transactions, sent again for each repetition of the 2xx (13.2.2.4). */
  acknowledge(dialog: Dialog, flow: Flow, cseq: number, fields: readonly HeaderField[], body?: Uint8Array): void {
    const { request, hopUri } = inDialogRequest(dialog, 'ACK', fields, body, cseq);
    this.#next(async () => {
      const hop = this.#onConnection(dialog, flow) ? flow : { ...(await nextHop(hopUri, this.#parts.net)), connection: null, ...atHome(flow) };
      if (!this.#forgotten) this.#parts.layer.sendDirect(request, { ...hop, local: flow.local });
    }, ignored);
  }

  /** The connection of the flow is gone, and its other end listens nowhere: the Contact is the way, until the peer connects anew. */
  connectionLost(): void {
    this.#connectionLost = true;
  }

  reconnected(): void {
    this.#connectionLost = false;
  }

  /** Another unit goes on with the dialog: nothing more is sent, and nothing told. */
  forget(): void {
    this.#forgotten = true;
    this.#reinvite?.forget();
    this.#other?.forget();
  }

  /** The dialog is over: a re-INVITE that the peer leaves unanswered must not wait for ever. */
  abandon(): void {
    this.#reinvite?.cancel();
  }

  /** The next request takes the place of the one under way, which is repeated no more. */
  supersede(): void {
    this.#next(() => this.#other?.abandon(), ignored);
  }

  #alongRoute(hopUri: string, flow: Flow, build: () => SipRequest, handlers: ClientHandlers): void {
    this.#next(async () => this.#request(build(), { ...(await nextHop(hopUri, this.#parts.net)), ...leavesFrom(flow) }, handlers), handlers);
  }

  #request(request: SipRequest, hop: Hop, handlers: ClientHandlers): void {
    if (this.#forgotten) return;
    const client = this.#parts.layer.request(request, hop, handlers);
    if (request.method === 'INVITE') this.#reinvite = client;
    else this.#other = client;
  }

  #next(step: () => void | Promise<void>, handlers: ClientHandlers): void {
    this.#chain = this.#chain.then(step).catch((error) => (this.#forgotten ? undefined : handlers.failed('transport', String(error))));
  }

  /** A peer that called by TCP and put no proxy between is reached on its connection, whatever its Contact says. */
  #onConnection(dialog: Dialog, flow: Flow): boolean {
    return flow.transport === 'tcp' && dialog.routes.length === 0 && !this.#connectionLost;
  }
}

/** A call of the shared address says so, and is answered there. */
const leavesFrom = (flow: Flow): Pick<Hop, 'from'> => (flow.followed === true ? { from: flow.local } : {});
const atHome = (flow: Flow): Pick<Flow, 'shared' | 'followed'> => (flow.followed === true ? { shared: true, followed: true } : {});
