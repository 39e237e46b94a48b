import type { MediaSettings } from '../../media/media-protocol.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { acceptCSeq, refreshTarget } from '../dialog/dialog.ts';
import type { CallFacts, Leg, LegEnd, LegHandlers, LocalMedia } from '../leg.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { bodyPart } from '../syntax/body.ts';
import { makeResponse } from '../syntax/build-message.ts';
import type { Flow, ServerTransaction } from '../transaction-layer.ts';
import { tagOf } from '../transaction/transaction-key.ts';
import { AckWait } from './ack-wait.ts';
import { acceptDigits, acceptSdp, allow, sdpType, supported } from './capabilities.ts';
import { DialogSender } from './dialog-sender.ts';
import { infoDigit } from './dtmf-info.ts';
import { MediaNegotiation } from './media-negotiation.ts';
import type { SessionEffect, SessionInput, SessionState } from './session-machine.ts';
import { sessionStep } from './session-machine.ts';
import type { SessionParts } from './session-parts.ts';
import { contactField, randomHex } from './session-parts.ts';
import { Refresher } from './refresher.ts';
import { agreeTimer, timerFields } from './session-timer.ts';

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
  protected readonly parts: SessionParts;
  protected readonly refresher: Refresher;
  protected ackWait: AckWait | null = null;
  #state: SessionState;
  #handlers: LegHandlers | null = null;
  #end: LegEnd = { by: 'local', status: null, text: '' };

  constructor(parts: SessionParts, id: string, flow: Flow, state: SessionState) {
    this.parts = parts;
    this.id = id;
    this.flow = flow;
    this.#state = state;
    this.localTag = randomHex(parts.random, 6);
    this.media = new MediaNegotiation(String(1 + parts.random.below(2 ** 31)));
    this.sender = new DialogSender(parts);
    this.refresher = new Refresher(parts, this);
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
    if (this.#state === 'over' || this.#state === 'cancelling') return 'ended';
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
    this.#state = step.to;
    if (step.effects.includes('tell-ended')) this.#end = end ?? this.#end;
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
      default:
        return undefined;
    }
  }

  /** Calls back later, never from inside the call that caused it. */
  tell(what: (handlers: LegHandlers) => void): void {
    const handlers = this.#handlers;
    if (handlers !== null) this.parts.clock.after('leg-event', 0, () => what(handlers));
  }

  bye(): void {
    if (this.dialog !== null) this.dialog = this.sender.send(this.dialog, this.flow, 'BYE', [{ name: 'User-Agent', value: this.parts.product }]);
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
    if (request.headers.has('Allow')) this.peerAllows = request.headers.list('Allow');
    switch (request.method) {
      case 'BYE':
        this.respond(transaction, 200);
        return this.input('bye', { by: 'remote', status: null, text: 'the other side hung up' });
      case 'INVITE':
        return this.#reinvite(transaction);
      case 'UPDATE':
        return this.#update(transaction);
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
    if (this.ackWait === null) return;
    this.ackWait.stop();
    this.ackWait = null;
    const changed = this.#state === 'established' && this.media.offering;
    if (this.media.offering && !this.#answeredBy(ack)) return this.input('unacknowledged', { by: 'failure', status: null, text: 'the ACK brought no usable answer to our offer' });
    if (changed) this.#mediaChanged();
    else this.input('acknowledged');
  }

  #answeredBy(ack: SipRequest): boolean {
    const body = bodyPart(ack, 'application/sdp');
    return body.kind === 'found' && this.media.answered(body.bytes);
  }

  /** 2xx to an INVITE: repeated until the ACK. */
  protected accept(transaction: ServerTransaction, response: SipResponse): void {
    this.ackWait = new AckWait(this.parts.clock, this.parts.timers, transaction, response, () => {
      this.ackWait = null;
      this.input('unacknowledged', { by: 'failure', status: null, text: 'no ACK came for our 200' });
    });
    this.ackWait.start();
  }

  #reinvite(transaction: ServerTransaction): void {
    if (this.refresher.inviting) return void this.respond(transaction, 491);
    if (this.#state !== 'established' || this.ackWait !== null) {
      return void this.respond(transaction, 500, [{ name: 'Retry-After', value: String(this.parts.random.below(11)) }]);
    }
    const body = this.#describe(transaction);
    if (body === null) return;
    const response = this.response(transaction.request, 200, [...this.target(), ...this.#refreshed(transaction.request), sdpType], body);
    this.accept(transaction, response);
    if (!this.media.offering) this.#mediaChanged();
  }

  /** UPDATE (RFC 3311): changes or refreshes without a second handshake. */
  #update(transaction: ServerTransaction): void {
    if (this.media.offering || this.refresher.inviting) return void this.respond(transaction, 491);
    const offers = transaction.request.body.length > 0;
    const body = offers ? this.#describe(transaction) : undefined;
    if (body === null) return;
    this.respond(transaction, 200, [...this.target(), ...this.#refreshed(transaction.request), ...(offers ? [sdpType] : [])], body);
    if (offers) this.#mediaChanged();
  }

  /** Our description for a session change: answer to the offer, or an offer of ours. null = refused, and said so; the session stays. */
  #describe(transaction: ServerTransaction): Uint8Array | null {
    const tooSmall = this.#timerTooSmall(transaction);
    if (tooSmall) return null;
    const part = bodyPart(transaction.request, 'application/sdp');
    if (part.kind === 'unsupported') {
      this.respond(transaction, 415, [acceptSdp]);
      return null;
    }
    if (part.kind === 'none') return this.media.offer();
    const answered = this.media.answer(part.bytes);
    if ('status' in answered) {
      this.respond(transaction, answered.status);
      return null;
    }
    return answered.body;
  }

  #timerTooSmall(transaction: ServerTransaction): boolean {
    const agreed = agreeTimer(transaction.request, this.parts.limits());
    if (agreed === null || !('tooSmall' in agreed)) return false;
    this.respond(transaction, 422, [{ name: 'Min-SE', value: String(agreed.tooSmall) }]);
    return true;
  }

  /** A refresh by the peer: its Contact and the session timer count anew. */
  #refreshed(request: SipRequest): HeaderField[] {
    if (this.dialog !== null) this.dialog = refreshTarget(this.dialog, request);
    return this.agreeOnTimer(request);
  }

  protected agreeOnTimer(request: SipRequest): HeaderField[] {
    const agreed = agreeTimer(request, this.parts.limits());
    const timer = agreed !== null && 'tooSmall' in agreed ? null : agreed;
    this.refresher.arm(timer);
    return timerFields(timer, request);
  }

  #info(transaction: ServerTransaction): void {
    const { request } = transaction;
    const found = infoDigit(request);
    if (found === null && request.body.length > 0) return void this.respond(transaction, 415, [acceptDigits]);
    this.respond(transaction, 200);
    if (found !== null) this.tell((handlers) => handlers.digit(found.digit, found.durationMs));
  }

  #mediaChanged(): void {
    const agreed = this.media.agreed;
    if (agreed !== null) this.tell((handlers) => handlers.mediaChanged(agreed));
  }

  #established(): void {
    const agreed: MediaSettings | null = this.media.agreed;
    if (agreed !== null) this.tell((handlers) => handlers.established(agreed));
  }

  #ended(): void {
    this.ackWait?.stop();
    this.refresher.stop();
    const end = this.#end;
    this.tell((handlers) => handlers.ended(end));
    this.parts.closed(this);
  }

  /** User part of our Contact. */
  protected abstract contactUser(): string;
}
