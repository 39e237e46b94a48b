import type { MediaSettings } from '../../media/media-protocol.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { acceptCSeq } from '../dialog/dialog.ts';
import type { CallFacts, Leg, LegEnd, LegHandlers, LocalMedia } from '../leg.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { unsupportedExtensions } from '../request-check.ts';
import { bodyPart } from '../syntax/body.ts';
import { makeResponse } from '../syntax/build-message.ts';
import { quote } from '../syntax/tokens.ts';
import type { Flow, ServerTransaction } from '../transaction-layer.ts';
import { tagOf } from '../transaction/transaction-key.ts';
import { AckWait } from './ack-wait.ts';
import { acceptDigits, acceptSdp, allow, supported } from './capabilities.ts';
import { DialogSender } from './dialog-sender.ts';
import { infoDigit } from './dtmf-info.ts';
import { MediaNegotiation } from './media-negotiation.ts';
import type { SessionEffect, SessionInput, SessionState } from './session-machine.ts';
import { sessionStep } from './session-machine.ts';
import type { SessionParts } from './session-parts.ts';
import { contactField, randomHex } from './session-parts.ts';
import { Refresher } from './refresher.ts';
import { SessionChange } from './session-change.ts';

/** What both kinds of INVITE session share: the dialog, its media, and the requests within it. */
export abstract class InviteSession implements Leg {
  readonly id: string;
  abstract readonly facts: CallFacts;
  dialog: Dialog | null = null;
  flow: Flow;
  readonly media: MediaNegotiation;
  readonly sender: DialogSender;
  readonly localTag: string;
  /** The peer's Allow of its latest message. */
  peerAllows: readonly string[] = [];
  readonly refresher: Refresher;
  /** The Call-ID is ours: after a glare we wait the longer time (14.1). */
  readonly ownsCallId: boolean;
  protected readonly parts: SessionParts;
  readonly #change: SessionChange;
  ackWait: AckWait | null = null;
  #state: SessionState;
  #handlers: LegHandlers | null = null;
  #end: LegEnd = { by: 'local', status: null, text: '' };
  #endTold = false;
  #byeUnderWay = false;
  #left: (() => void) | null = null;

  constructor(parts: SessionParts, id: string, flow: Flow, state: 'offered' | 'calling') {
    this.parts = parts;
    this.id = id;
    this.flow = flow;
    this.#state = state;
    this.ownsCallId = state === 'calling';
    this.localTag = randomHex(parts.random, 6);
    this.media = new MediaNegotiation(String(1 + parts.random.below(2 ** 31)));
    this.sender = new DialogSender(parts);
    this.refresher = new Refresher(parts, this);
    this.#change = new SessionChange(parts, this);
  }

  set handlers(handlers: LegHandlers) {
    this.#handlers = handlers;
  }

  get sessionState(): SessionState {
    return this.#state;
  }

  get state(): Leg['state'] {
    if (this.#state === 'accepted') return 'answering';
    if (this.#state === 'alerting') return 'ringing';
    if (this.#state === 'over' || this.#state === 'cancelling' || this.#state === 'leaving') return 'ended';
    return this.#state === 'calling' ? 'offered' : this.#state;
  }

  abstract ring(): void;
  abstract answer(media: LocalMedia): void;
  abstract reject(status: number, reason: string, retryAfterSec?: number): void;

  hangUp(text: string): void {
    this.input('hang-up', { by: 'local', status: null, text });
  }

  /** The session is gone without a BYE of the peer: its timer ran out, or a request found nobody. */
  lost(text: string): void {
    this.input('lost', { by: 'failure', status: null, text });
  }

  /** One step of the session machine. `end`: what to tell if this ends it. */
  input(input: SessionInput, end?: LegEnd): void {
    const step = sessionStep(this.#state, input);
    // Whoever cancelled has ended the call, whatever the answer to the INVITE is in the end.
    if (end !== undefined && this.#state !== 'over') this.#end = this.#state === 'cancelling' ? { ...this.#end, status: end.status } : end;
    this.#state = step.to;
    for (const effect of step.effects) this.execute(effect);
  }

  /** Effects that need no role; the roles take the rest. */
  protected execute(effect: SessionEffect): void {
    switch (effect) {
      case 'send-bye':
        return this.bye();
      case 'tell-established':
        return this.#established();
      case 'tell-ended':
        return this.#ended();
      case 'close':
        return this.#close();
      default:
        return undefined;
    }
  }

  /** Calls back later, never from inside the call that caused it, and never after the end was told. */
  tell(what: (handlers: LegHandlers) => void): void {
    if (this.#endTold) return;
    this.parts.clock.after('leg-event', 0, () => {
      if (this.#handlers !== null) what(this.#handlers);
    });
  }

  /** Hangs up; resolves when the other side has confirmed it, or there is nobody to do so. */
  leave(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#left = resolve;
      this.hangUp(text);
    });
  }

  /** A failure is explained to the peer (RFC 3326). */
  bye(): void {
    if (this.dialog === null) return;
    const { by, status, text } = this.#end;
    const reason = by === 'failure' ? [{ name: 'Reason', value: `SIP;cause=${status ?? 480};text=${quote(text)}` }] : [];
    this.#byeUnderWay = true;
    this.dialog = this.sender.send(this.dialog, this.flow, 'BYE', [{ name: 'User-Agent', value: this.parts.product }, ...reason], undefined, {
      response: (response) => (response.status >= 200 ? this.#left?.() : undefined),
      failed: () => this.#left?.(),
    });
  }

  /** Contact and the headers that go with every message that sets up or refreshes the session. */
  target(): HeaderField[] {
    return [contactField(this.flow, this.contactUser()), allow, supported];
  }

  respond(transaction: ServerTransaction, status: number, fields: readonly HeaderField[] = [], body?: Uint8Array, reason?: string): SipResponse {
    const response = this.response(transaction.request, status, fields, body, reason);
    transaction.respond(response);
    return response;
  }

  response(request: SipRequest, status: number, fields: readonly HeaderField[] = [], body?: Uint8Array, reason?: string): SipResponse {
    const response = makeResponse(request, status, reason);
    const to = response.headers.get('To') ?? '';
    if (status > 100 && tagOf(to) === '') response.headers.set('To', `${to};tag=${this.localTag}`);
    if (request.method === 'INVITE' && status > 100 && status < 300) copyRoute(request, response);
    for (const { name, value } of fields) response.headers.append(name, value);
    response.headers.set('Server', this.parts.product);
    if (body !== undefined) response.body = body;
    return response;
  }

  /** A request within the dialog. */
  received(transaction: ServerTransaction): void {
    const { request } = transaction;
    const dialog = this.dialog === null ? null : acceptCSeq(this.dialog, request);
    if (dialog === null) return void this.respond(transaction, 500, [], undefined, 'CSeq out of order');
    this.dialog = dialog;
    const unknown = unsupportedExtensions(request);
    if (unknown !== null) return void this.respond(transaction, 420, [unknown]);
    if (request.headers.has('Allow')) this.peerAllows = request.headers.list('Allow');
    switch (request.method) {
      case 'BYE':
        this.respond(transaction, 200);
        return this.input('bye', { by: 'remote', status: null, text: byeText(request) });
      case 'INVITE':
        return this.#change.reinvite(transaction);
      case 'UPDATE':
        return this.#change.update(transaction);
      case 'INFO':
        return this.#info(transaction);
      case 'OPTIONS':
        return void this.respond(transaction, 200, [allow, supported, acceptSdp]);
      default:
        return this.otherRequest(transaction);
    }
  }

  /** A method that only one role takes. */
  protected otherRequest(transaction: ServerTransaction): void {
    this.respond(transaction, 405, [allow]);
  }

  /** An ACK within the dialog: to our 2xx, perhaps with the answer to our offer. */
  acknowledged(ack: SipRequest): void {
    if (this.ackWait?.endsWith(ack) !== true) return;
    this.ackWait.stop();
    this.ackWait = null;
    const changed = this.#state === 'established' && this.media.offering;
    if (this.media.offering && !this.#answeredBy(ack)) return this.input('unacknowledged', { by: 'failure', status: null, text: 'the ACK brought no usable answer to our offer' });
    if (changed) this.mediaChanged();
    else this.input('acknowledged');
  }

  #answeredBy(ack: SipRequest): boolean {
    const body = bodyPart(ack, 'application/sdp');
    return body.kind === 'found' && this.media.answered(body.bytes);
  }

  /** 2xx to an INVITE: repeated until the ACK. */
  accept(transaction: ServerTransaction, response: SipResponse): void {
    this.ackWait = new AckWait(this.parts.clock, this.parts.timers, transaction, response, () => {
      this.ackWait = null;
      this.input('unacknowledged', { by: 'failure', status: null, text: 'no ACK came for our 200' });
    });
    this.ackWait.start();
  }

  #info(transaction: ServerTransaction): void {
    const { request } = transaction;
    const found = infoDigit(request);
    if (found === null && request.body.length > 0) return void this.respond(transaction, 415, [acceptDigits]);
    this.respond(transaction, 200);
    if (found !== null) this.tell((handlers) => handlers.digit(found.digit, found.durationMs));
  }

  mediaChanged(): void {
    const agreed = this.media.agreed;
    if (agreed !== null) this.tell((handlers) => handlers.mediaChanged(agreed));
  }

  #established(): void {
    const agreed: MediaSettings | null = this.media.agreed;
    if (agreed !== null) this.tell((handlers) => handlers.established(agreed));
  }

  #ended(): void {
    const end = this.#end;
    this.refresher.stop();
    this.tell((handlers) => handlers.ended(end));
    this.#endTold = true;
  }

  #close(): void {
    this.ackWait?.stop();
    this.refresher.stop();
    this.sender.abandon();
    this.parts.closed(this);
    if (!this.#byeUnderWay) this.#left?.();
  }

  /** User part of our Contact. */
  protected abstract contactUser(): string;
}

/** Whoever answers within a new dialog repeats the way that the request came (12.1.1). */
function copyRoute(request: SipRequest, response: SipResponse): void {
  for (const value of request.headers.all('Record-Route')) response.headers.append('Record-Route', value);
}

function byeText(bye: SipRequest): string {
  const reason = bye.headers.get('Reason');
  return reason === undefined ? 'the other side hung up' : `the other side hung up (${reason})`;
}
