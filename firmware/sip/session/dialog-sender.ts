import type { HeaderField, SipRequest } from '../message.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { inDialogRequest } from '../dialog/dialog.ts';
import type { NextHop } from '../dialog/next-hop.ts';
import { nextHop } from '../dialog/next-hop.ts';
import type { ClientHandlers, ClientTransaction, Flow } from '../transaction-layer.ts';
import type { SessionParts } from './session-parts.ts';

const ignored: ClientHandlers = { response() {}, failed() {} };

/** Sends the requests of one dialog, one after another in the order they were asked for, along its route. */
export class DialogSender {
  readonly #parts: Pick<SessionParts, 'layer' | 'net'>;
  #chain: Promise<void> = Promise.resolve();
  #reinvite: ClientTransaction | null = null;
  #other: ClientTransaction | null = null;

  constructor(parts: Pick<SessionParts, 'layer' | 'net'>) {
    this.#parts = parts;
  }

  /** Returns the dialog with its new CSeq. */
  send(dialog: Dialog, flow: Flow, method: string, fields: readonly HeaderField[], body?: Uint8Array, handlers: ClientHandlers = ignored): Dialog {
    const build = (): SipRequest => inDialogRequest(dialog, method, fields, body).request;
    const { dialog: next, hopUri } = inDialogRequest(dialog, method, fields, body);
    const alongRoute = (): void => this.#alongRoute(hopUri, build, handlers);
    if (!onConnection(dialog, flow)) alongRoute();
    else {
      // The connection may be gone; then the Contact is the way.
      const firstTry: ClientHandlers = { response: (response) => handlers.response(response), failed: (why, text) => (why === 'transport' ? alongRoute() : handlers.failed(why, text)) };
      this.#next(() => this.#request(build(), flow, firstTry), handlers);
    }
    return next;
  }

  /** ACK to a 2xx: a request of its own, outside of transactions, sent again for each repetition of the 2xx (13.2.2.4). */
  acknowledge(dialog: Dialog, flow: Flow, cseq: number, fields: readonly HeaderField[], body?: Uint8Array): void {
    const { request, hopUri } = inDialogRequest(dialog, 'ACK', fields, body, cseq);
    this.#next(async () => {
      const hop = onConnection(dialog, flow) ? flow : { ...(await nextHop(hopUri, this.#parts.net)), connection: null };
      this.#parts.layer.sendDirect(request, { ...hop, local: flow.local });
    }, ignored);
  }

  /** The dialog is over: a re-INVITE that the peer leaves unanswered must not wait for ever. */
  abandon(): void {
    this.#reinvite?.cancel();
  }

  /** The next request takes the place of the one under way, which is repeated no more. */
  supersede(): void {
    this.#next(() => this.#other?.abandon(), ignored);
  }

  #alongRoute(hopUri: string, build: () => SipRequest, handlers: ClientHandlers): void {
    this.#next(async () => this.#request(build(), await nextHop(hopUri, this.#parts.net), handlers), handlers);
  }

  #request(request: SipRequest, hop: NextHop & { readonly connection?: number | null }, handlers: ClientHandlers): void {
    const client = this.#parts.layer.request(request, hop, handlers);
    if (request.method === 'INVITE') this.#reinvite = client;
    else this.#other = client;
  }

  #next(step: () => void | Promise<void>, handlers: ClientHandlers): void {
    this.#chain = this.#chain.then(step).catch((error) => handlers.failed('transport', String(error)));
  }
}

/** A peer that called by TCP and put no proxy between is reached on its connection, whatever its Contact says. */
const onConnection = (dialog: Dialog, flow: Flow): boolean => flow.transport === 'tcp' && dialog.routes.length === 0;
