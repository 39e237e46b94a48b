/**
 * What methods, dialogs and clients see of the transaction layer (RFC 3261 section 17, RFC 6026). Retransmission, matching
 * (branch + sent-by + method, RFC 2543 fallback), timers and ACK to non-2xx live below this line.
 */
import type { Endpoint } from '../../hal/datagram.ts';
import type { SipRequest, SipResponse } from './message.ts';

export type TransportName = 'udp' | 'tcp';

/** Where a message came from or goes to. `connection` pins a TCP connection by number; null = find or open one. */
export interface Flow {
  readonly transport: TransportName;
  readonly remote: Endpoint;
  readonly connection: number | null;
  /** Our address and port that the remote side can use: for Via and Contact. */
  readonly local: Endpoint;
  /** It came to the address that the pair shares, and UDP answers leave from there; requests of ours leave from our own. */
  readonly shared?: boolean;
  /** `local` is the shared address: the call lives there, whichever unit holds it, and nothing of it is sent by one that does not. */
  readonly followed?: boolean;
}

/** Where a request of ours goes. */
export interface Hop {
  readonly transport: TransportName;
  readonly remote: Endpoint;
  readonly connection?: number | null;
  /** The shared address where its call lives; else the layer finds our own. */
  readonly from?: Endpoint;
}

/** An incoming request other than ACK, once per transaction: retransmissions never come up here. */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Name of the configured peer it came from. */
  readonly peer: string;
  /** To tag of the answers to it, as far as it is known; '' = none yet. The answer to a CANCEL carries the same one (9.2). */
  localTag: string;
  /** Sends (and, where the RFC says so, repeats) a response. After a final one further calls do nothing, except that a 2xx to INVITE may be sent again by its dialog. */
  respond(response: SipResponse): void;
  /** INVITE only: the matching CANCEL arrived (it was answered with 200 already). */
  cancelled: (() => void) | null;
  /** INVITE refused: no ACK came within timer H. */
  failed: ((why: string) => void) | null;
}

export interface ClientHandlers {
  /** Every provisional and the final response; 2xx to INVITE may come more than once (forks, retransmissions). */
  response(response: SipResponse): void;
  /** No final response: timer B/F, or the transport failed. Treat as 408 or 503. */
  failed(why: 'timeout' | 'transport', text: string): void;
}

export interface ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** INVITE only: sends CANCEL once a provisional response has been seen (RFC 3261 9.1). */
  cancel(): void;
  /** Not for INVITE, which must be cancelled: it is forgotten where it stands; nothing more is sent, and nothing told. */
  abandon(): void;
  /** Whatever the method: another unit goes on with its call. Nothing more is sent, and nothing told. */
  forget(): void;
}

export interface TransactionLayer {
  /**
   * Sends a request in a new client transaction. The layer adds the topmost Via (branch, rport) and sets Content-Length;
   * all else is the caller's. A UDP request above 1,300 bytes goes by TCP when the peer allows it (RFC 3261 18.1.1).
   * `flow.local` is filled in by the layer. Handlers are never called from inside this call.
   */
  request(request: SipRequest, to: Hop, handlers: ClientHandlers): ClientTransaction;
  /** Sends outside of any transaction: ACK to a 2xx. The layer adds the topmost Via. */
  sendDirect(request: SipRequest, flow: Flow): void;
  /** A new request. */
  arrived: ((transaction: ServerTransaction) => void) | null;
  /** An ACK that belongs to no non-2xx transaction: for the dialog. */
  acknowledged: ((ack: SipRequest, flow: Flow) => void) | null;
  /** A 2xx to INVITE that matches no client transaction: of a late fork, to be ACKed and BYEd, or of a call that came here while its re-INVITE was under way. */
  strayResponse: ((response: SipResponse, flow: Flow) => void) | null;
}
