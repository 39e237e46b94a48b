import { dialogFromRequest, keyOf } from '../dialog/dialog.ts';
import type { CallFacts, LegEnd, LocalMedia } from '../leg.ts';
import type { HeaderField } from '../message.ts';
import { bodyPart } from '../syntax/body.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import { acceptSdp, sdpType } from './capabilities.ts';
import { homeOf } from './home-of.ts';
import { InviteSession } from './invite-session.ts';
import { ReliableProvisional, requiresReliable } from './reliable-provisional.ts';
import type { SessionEffect } from './session-machine.ts';
import type { SessionParts } from './session-parts.ts';
import { agreeTimer, timerFields } from './session-timer.ts';

/** A call that came in (RFC 3261 13.3). */
export class IncomingSession extends InviteSession {
  readonly facts: CallFacts;
  readonly #invite: ServerTransaction;
  #reliable: ReliableProvisional | null = null;
  #refusal: { status: number; reason: string | undefined; fields: readonly HeaderField[] } = { status: 480, reason: undefined, fields: [] };
  #answerBody: Uint8Array | null = null;

  constructor(parts: SessionParts, id: string, invite: ServerTransaction, facts: CallFacts) {
    super(parts, id, homeOf(invite.flow, parts.followsOn), 'offered');
    this.facts = facts;
    this.#invite = invite;
    invite.localTag = this.localTag;
    this.peer.heard(invite.request);
    this.dialog = dialogFromRequest(invite.request, this.localTag);
    parts.opened(keyOf(this.dialog), this);
    invite.cancelled = () => this.input('cancelled', { by: 'remote', status: 487, text: 'the caller gave up before the answer' });
    invite.failed = (why) => this.parts.log.write('info', 'sip-unacknowledged', `Call ${id}: ${why}.`);
  }

  ring(): void {
    this.input('ring');
  }

  answer(local: LocalMedia): void {
    if (this.sessionState !== 'offered' && this.sessionState !== 'ringing') return;
    this.media.local = local;
    const part = bodyPart(this.#invite.request, 'application/sdp');
    if (part.kind === 'unsupported') return this.#refuse(415, undefined, [acceptSdp], { by: 'local', status: 415, text: 'the INVITE has a body that is no SDP' });
    const described = part.kind === 'found' ? this.media.answer(part.bytes) : { body: this.media.offer() };
    if ('status' in described) return this.#refuse(described.status, undefined, [], { by: 'local', status: described.status, text: 'there is no codec in common' });
    this.#answerBody = described.body;
    this.input('answer');
  }

  reject(status: number, reason: string, retryAfterSec?: number): void {
    const fields = retryAfterSec === undefined ? [] : [{ name: 'Retry-After', value: String(retryAfterSec) }];
    this.#refuse(status, reason, fields, { by: 'local', status, text: reason });
  }

  redirect(contact: string): void {
    this.#refuse(302, undefined, [{ name: 'Contact', value: `<${contact}>` }], { by: 'local', status: 302, text: `sent on to ${contact}` });
  }

  #refuse(status: number, reason: string | undefined, fields: readonly HeaderField[], end: LegEnd): void {
    this.#refusal = { status, reason, fields };
    this.input('reject', end);
  }

  protected override execute(effect: SessionEffect): void {
    switch (effect) {
      case 'send-180':
        return this.#ringing();
      case 'send-200':
        return this.#accept();
      case 'send-refusal':
        return this.#final(this.#refusal.status, this.#refusal.fields, this.#refusal.reason);
      case 'send-487':
        return this.#final(487, []);
      default:
        return super.execute(effect);
    }
  }

  #ringing(): void {
    const response = this.response(this.#invite.request, 180, this.target());
    if (!requiresReliable(this.#invite.request)) return this.#invite.respond(response);
    this.#reliable = new ReliableProvisional(this.parts.clock, this.parts.timers, this.#invite, 1 + this.parts.random.below(2 ** 30));
    this.#reliable.send(response, () => this.#refuse(504, 'No PRACK came', [], { by: 'failure', status: 504, text: 'no PRACK came for our 180' }));
  }

  #accept(): void {
    this.#reliable?.stop();
    const { request } = this.#invite;
    const timer = agreeTimer(request, this.parts.limits());
    this.refresher.arm(timer);
    const fields = [...this.target(), ...timerFields(timer, request), sdpType];
    this.accept(this.#invite, this.response(request, 200, fields, this.#answerBody ?? undefined));
  }

  #final(status: number, fields: readonly HeaderField[], reason?: string): void {
    this.#reliable?.stop();
    this.respond(this.#invite, status, fields, undefined, reason);
  }

  override otherRequest(transaction: ServerTransaction): void {
    if (transaction.request.method !== 'PRACK') return super.otherRequest(transaction);
    const mine = this.#reliable?.acknowledgedBy(transaction.request) === true;
    this.respond(transaction, mine ? 200 : 481);
    if (mine) this.#reliable?.stop();
  }

  protected override contactUser(): string {
    return this.facts.dialled === '' ? '' : encodeURIComponent(this.facts.dialled);
  }
}
