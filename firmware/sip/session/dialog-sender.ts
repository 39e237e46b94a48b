import type { HeaderField, SipRequest } from '../message.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { inDialogRequest } from '../dialog/dialog.ts';
import type { NextHop } from '../dialog/next-hop.ts';
import { hopUri, nextHop } from '../dialog/next-hop.ts';
import type { ClientHandlers, Flow } from '../transaction-layer.ts';
import type { SessionParts } from './session-parts.ts';

const ignored: ClientHandlers = { response() {}, failed() {} };

/** Sends the requests of one dialog, one after another in the order they were asked for, along its route. */
export class DialogSender {
  readonly #parts: Pick<SessionParts, 'layer' | 'net'>;
  #chain: Promise<void> = Promise.resolve();

  constructor(parts: Pick<SessionParts, 'layer' | 'net'>) {
    this.#parts = parts;
  }

  /** Returns the dialog with its new CSeq. */
  send(dialog: Dialog, flow: Flow, method: string, fields: readonly HeaderField[], body?: Uint8Array, handlers: ClientHandlers = ignored): Dialog {
    const built = inDialogRequest(dialog, method, fields, body);
    this.#route(dialog, flow, built.request, (hop) => void this.#parts.layer.request(built.request, hop, handlers), (text) => handlers.failed('transport', text));
    return built.dialog;
  }

  /** ACK to a 2xx: a request of its own, outside of transactions, sent again for each repetition of the 2xx (13.2.2.4). */
  acknowledge(dialog: Dialog, flow: Flow, cseq: number, fields: readonly HeaderField[], body?: Uint8Array): void {
    const { request } = inDialogRequest(dialog, 'ACK', fields, body, cseq);
    this.#route(dialog, flow, request, (hop) => this.#parts.layer.sendDirect(request, { ...hop, connection: hop.connection ?? null, local: flow.local }), () => undefined);
  }

  #route(dialog: Dialog, flow: Flow, request: SipRequest, go: (hop: NextHop & { connection?: number | null }) => void, failed: (text: string) => void): void {
    // A peer that called by TCP and put no proxy between is reached on its connection, whatever its Contact says.
    if (flow.transport === 'tcp' && dialog.routes.length === 0) {
      this.#chain = this.#chain.then(() => go({ transport: 'tcp', remote: flow.remote, connection: flow.connection }));
    } else this.#chain = this.#chain.then(async () => go(await nextHop(hopUri(request), this.#parts.net)));
    this.#chain = this.#chain.catch((error) => failed(String(error)));
  }
}
