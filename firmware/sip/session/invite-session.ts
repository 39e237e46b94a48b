import type { MediaSettings } from '../../media/media-protocol.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { CallFacts, DialogId, Leg, LegEnd, LegHandlers, LocalMedia, Refer } from '../leg.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import type { Flow, ServerTransaction } from '../transaction-layer.ts';
import { AckWait } from './ack-wait.ts';
import { allow, supported } from './capabilities.ts';
import { DialogRequests } from './dialog-requests.ts';
import { DialogSender } from './dialog-sender.ts';
import type { LegRecord } from './leg-record.ts';
import { LegWriter } from './leg-writer.ts';
import { MediaNegotiation } from './media-negotiation.ts';
import { PeerWords } from './peer-words.ts';
import { SessionEnd } from './session-end.ts';
import type { SessionEffect, SessionInput, SessionState } from './session-machine.ts';
import { sessionStep } from './session-machine.ts';
import type { SessionParts } from './session-parts.ts';
import { contactField, randomHex } from './session-parts.ts';
import type { ReferOutcome } from './refer-machine.ts';
import { Referrals } from './referrals.ts';
import { Refresher } from './refresher.ts';
import { sessionResponse } from './session-response.ts';

/** What both kinds of INVITE session share: the dialog, its media, and the requests within it. */
export abstract class InviteSession implements Leg {
  readonly id: string;
  abstract readonly facts: CallFacts;
  readonly line = null;
  dialog: Dialog | null = null;
  flow: Flow;
  readonly media: MediaNegotiation;
  readonly sender: DialogSender;
  readonly localTag: string;
  readonly peer = new PeerWords();
  readonly refresher: Refresher;
  readonly referrals: Referrals;
  /** The Call-ID is ours: after a glare we wait the longer time (14.1). */
  readonly ownsCallId: boolean;
  protected readonly parts: SessionParts;
  readonly #requests: DialogRequests;
  readonly #ending: SessionEnd;
  readonly #writer: LegWriter;
  ackWait: AckWait | null = null;
  #state: SessionState;
  #handlers: LegHandlers | null = null;
  #endTold = false;

  /** `from`: what another unit has agreed with the peer. */
  constructor(parts: SessionParts, id: string, flow: Flow, state: 'offered' | 'calling' | 'established', from?: { readonly localTag: string; readonly media: MediaNegotiation }) {
    this.parts = parts;
    this.id = id;
    this.flow = flow;
    this.#state = state;
    this.ownsCallId = state === 'calling';
    this.localTag = from?.localTag ?? randomHex(parts.random, 6);
    this.media = from?.media ?? new MediaNegotiation(String(1 + parts.random.below(2 ** 31)));
    this.sender = new DialogSender(parts);
    this.refresher = new Refresher(parts, this);
    this.referrals = new Referrals(parts, this);
    this.#requests = new DialogRequests(parts, this);
    this.#ending = new SessionEnd(parts, this);
    this.#writer = new LegWriter(parts, this);
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

  get sharedAddress(): string | null {
    return this.flow.followed === true ? this.flow.local.address : null;
  }

  abstract ring(): void;
  abstract answer(media: LocalMedia): void;
  abstract reject(status: number, reason: string, retryAfterSec?: number): void;
  abstract redirect(contact: string): void;

  hangUp(text: string, fields: LegEnd['fields'] = []): void {
    this.input('hang-up', { by: 'local', status: null, text, ...(fields.length === 0 ? {} : { fields }) });
  }

  record(): LegRecord | null {
    return this.#writer.write();
  }

  release(): void {
    this.input('release', { by: 'local', status: null, text: 'the partner carries the call on' });
  }

  peerSupports(extension: string): boolean {
    return this.peer.supports.includes(extension);
  }

  dialogId(): DialogId | null {
    return this.dialog;
  }

  refer(refer: Refer): Promise<ReferOutcome> {
    return this.referrals.ask(refer);
  }

  /** What `record` gives is another now. */
  changed(): void {
    if (this.flow.followed === true && this.#state === 'established') this.tell((handlers) => handlers.changed?.());
  }

  /** The session is gone without a BYE of the peer: its timer ran out, or a request found nobody. */
  lost(text: string): void {
    this.input('lost', { by: 'failure', status: null, text });
  }

  /** One step of the session machine. `end`: what to tell if this ends it. */
  input(input: SessionInput, end?: LegEnd): void {
    const step = sessionStep(this.#state, input);
    if (end !== undefined) this.#ending.because(end, this.#state);
    this.#state = step.to;
    for (const effect of step.effects) this.execute(effect);
  }

  /** Effects that need no role; the roles take the rest. */
  protected execute(effect: SessionEffect): void {
    switch (effect) {
      case 'send-bye':
        return this.#ending.bye();
      case 'forget':
        return this.#forget();
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
    const confirmed = this.#ending.confirmed();
    this.hangUp(text);
    return confirmed;
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
    return sessionResponse(request, status, this.localTag, this.parts.product, { fields, body, reason });
  }

  /** A request within the dialog. */
  received(transaction: ServerTransaction): void {
    this.#requests.received(transaction);
  }

  /** A method that only one role takes. */
  otherRequest(transaction: ServerTransaction): void {
    this.respond(transaction, 405, [allow]);
  }

  /** An ACK within the dialog: to our 2xx, perhaps with the answer to our offer. */
  acknowledged(ack: SipRequest): void {
    this.#requests.acknowledged(ack);
  }

  /** A 2xx to a re-INVITE of the unit that had the call before: it is repeated until its ACK comes. */
  repeatedAnswer(response: SipResponse): void {
    if (this.dialog !== null) this.sender.acknowledge(this.dialog, this.flow, parseCSeq(response.headers.get('CSeq') ?? '')?.number ?? 0, []);
  }

  /** The peer has connected anew. */
  protected reconnected({ remote, connection }: Flow): void {
    this.flow = { ...this.flow, remote, connection };
    this.sender.reconnected();
  }

  /** 2xx to an INVITE: repeated until the ACK. */
  accept(transaction: ServerTransaction, response: SipResponse): void {
    this.ackWait = new AckWait(this.parts.clock, this.parts.timers, transaction, response, () => {
      this.ackWait = null;
      this.input('unacknowledged', { by: 'failure', status: null, text: 'no ACK came for our 200' });
    });
    this.ackWait.start();
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
    const end = this.#ending.told;
    this.refresher.stop();
    this.referrals.legEnded();
    this.tell((handlers) => handlers.ended(end));
    this.#endTold = true;
  }

  #forget(): void {
    this.refresher.inviting = false;
    this.sender.forget();
    this.parts.released();
    this.#ending.forgotten();
  }

  #close(): void {
    this.ackWait?.stop();
    this.refresher.stop();
    this.sender.abandon();
    this.parts.closed(this);
    this.#ending.closed();
  }

  /** User part of our Contact. */
  protected abstract contactUser(): string;
}
