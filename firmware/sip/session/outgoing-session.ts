import type { DigestMemory } from '../auth/digest.ts';
import { authorise, credentialsOf, newDigestMemory, withCredentials } from '../auth/digest.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { dialogFromResponse, keyOf } from '../dialog/dialog.ts';
import { nextHop } from '../dialog/next-hop.ts';
import type { CallFacts, LegEnd, OutgoingCall } from '../leg.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { bodyPart } from '../syntax/body.ts';
import { makeRequest } from '../syntax/build-message.ts';
import { decimal, quote } from '../syntax/tokens.ts';
import { escapeUser, formatHost, parseUri } from '../syntax/uri.ts';
import { tagOf } from '../transaction/transaction-key.ts';
import type { ClientTransaction } from '../transaction-layer.ts';
import { sdpType } from './capabilities.ts';
import { InviteSession } from './invite-session.ts';
import { requiresReliable } from './reliable-provisional.ts';
import type { SessionEffect } from './session-machine.ts';
import type { SessionParts } from './session-parts.ts';
import { randomHex } from './session-parts.ts';
import { agreedTimer } from './session-timer.ts';

/** New INVITEs after a challenge or a 422, for one call. */
const maxRetries = 3;
/** Forks of one call whose reliable provisional responses are acknowledged; more must wait for nothing. */
const maxForks = 16;

/** A call that we place (RFC 3261 13.2). */
export class OutgoingSession extends InviteSession {
  readonly facts: CallFacts;
  readonly #call: OutgoingCall;
  readonly #callId: string;
  readonly #memory: DigestMemory = newDigestMemory();
  #invite: ClientTransaction | null = null;
  #cseq = 0;
  #retries = 0;
  #minSec = 0;
  /** To tag of the fork that has the call, and of the one whose description counts. */
  #takenTag: string | null = null;
  #answerTag: string | null = null;
  readonly #forks = new Map<string, { readonly dialog: Dialog; readonly rseq: number }>();

  constructor(parts: SessionParts, id: string, call: OutgoingCall) {
    super(parts, id, { transport: 'udp', remote: { address: '', port: 0 }, connection: null, local: { address: '', port: 0 } }, 'calling');
    this.#call = call;
    this.#callId = `${randomHex(parts.random, 12)}@${formatHost(call.media.address)}`;
    const uri = parseUri(call.target);
    const dialled = uri?.userText ?? '';
    this.facts = {
      callId: this.#callId,
      caller: { number: call.fromNumber, name: call.fromName, uri: '' },
      originalTarget: dialled,
      targetSource: 'request-uri',
      reason: 'default',
      dialled,
      peer: call.peer ?? uri?.host ?? '',
      remoteAddress: '',
      transport: uri?.params.get('transport')?.toLowerCase() === 'tcp' ? 'tcp' : 'udp',
    };
    this.media.local = call.media;
    parts.clock.after('sip-place', 0, () => void this.#send([]));
  }

  ring(): void {}
  answer(): void {}

  redirect(): void {}

  reject(_status: number, reason: string): void {
    this.hangUp(reason);
  }

  protected override execute(effect: SessionEffect): void {
    switch (effect) {
      case 'send-cancel':
        return this.#invite?.cancel();
      case 'tell-ringing':
        return this.tell((handlers) => handlers.ringing?.(this.media.agreed));
      default:
        return super.execute(effect);
    }
  }

  async #send(extra: readonly HeaderField[]): Promise<void> {
    try {
      const hop = await nextHop(this.#call.target, this.parts.net);
      const local = await this.parts.localFor(hop.remote.address);
      if (this.sessionState === 'cancelling' || this.sessionState === 'over') return this.#failed({ by: 'local', status: null, text: 'given up before it was sent' });
      this.flow = { ...hop, connection: null, local };
      const request = this.#request(extra);
      this.#invite = this.parts.layer.request(request, hop, {
        response: (response) => this.#response(request, response),
        failed: (_why, text) => this.#failed({ by: 'failure', status: 408, text }),
      });
    } catch (error) {
      this.#failed({ by: 'failure', status: 503, text: String(error) });
    }
  }

  #failed(end: LegEnd): void {
    this.input('no-answer', end);
  }

  #request(extra: readonly HeaderField[]): SipRequest {
    const { fromName, fromNumber, target } = this.#call;
    const host = formatHost(this.flow.local.address);
    const interval = Math.max(this.parts.limits().sessionExpiresSec, this.#minSec);
    const name = fromName === '' ? '' : `${quote(fromName)} `;
    this.#cseq += 1;
    const fields: HeaderField[] = [
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `${name}<sip:${escapeUser(fromNumber)}@${host}>;tag=${this.localTag}` },
      { name: 'To', value: `<${target}>` },
      { name: 'Call-ID', value: this.#callId },
      { name: 'CSeq', value: `${this.#cseq} INVITE` },
      ...this.target(),
      { name: 'User-Agent', value: this.parts.product },
      ...(interval > 0 ? [{ name: 'Session-Expires', value: String(interval) }] : []),
      ...(this.#minSec > 0 ? [{ name: 'Min-SE', value: String(this.#minSec) }] : []),
      ...(this.#call.headers ?? []),
      ...extra,
      sdpType,
    ];
    return makeRequest('INVITE', target, fields, this.media.offer());
  }

  #response(request: SipRequest, response: SipResponse): void {
    this.peer.heard(response);
    if (response.status === 100) return;
    if (response.status < 200) return this.#provisional(request, response);
    if (response.status < 300) return this.#success(request, response);
    if (!this.#retried(request, response)) this.input('failure', { by: 'remote', status: response.status, text: `the call was refused: ${response.status} ${response.reason}` });
  }

  /** A reliable 18x is acknowledged once and in order, for each fork by itself (RFC 3262 section 4). */
  #provisional(request: SipRequest, response: SipResponse): void {
    const tag = tagOf(response.headers.get('To'));
    const rseq = decimal(response.headers.get('RSeq') ?? '') ?? 0;
    if (requiresReliable(response) && rseq > 0 && tag !== '') {
      const fork = this.#forks.get(tag) ?? { dialog: dialogFromResponse(request, response), rseq: rseq - 1 };
      if (rseq !== fork.rseq + 1 || (this.#forks.size >= maxForks && !this.#forks.has(tag))) return;
      const dialog = this.sender.send(fork.dialog, this.flow, 'PRACK', [{ name: 'RAck', value: `${rseq} ${this.#cseq} INVITE` }]);
      this.#forks.set(tag, { dialog, rseq });
      this.#early(dialog);
    }
    this.#described(tag, response);
    this.input('provisional');
  }

  #early(dialog: Dialog): void {
    this.dialog = dialog;
    this.parts.opened(keyOf(dialog), this);
  }

  /** The first description of a fork is its answer, in whatever response it comes (13.2.1). */
  #described(tag: string, response: SipResponse): void {
    const body = bodyPart(response, 'application/sdp');
    if (body.kind === 'found' && this.#answerTag !== tag && this.media.answered(body.bytes)) this.#answerTag = tag;
  }

  /** The first 2xx makes the call; the same again wants its ACK again; another fork's is ended (13.2.2.4). */
  #success(request: SipRequest, response: SipResponse): void {
    const tag = tagOf(response.headers.get('To'));
    const dialog = dialogFromResponse(request, response);
    this.sender.acknowledge(dialog, this.flow, this.#cseq, credentialsOf(request));
    if (this.#takenTag === tag) return;
    // Requests sent in the early dialog have used up numbers.
    const localCSeq = Math.max(dialog.localCSeq, this.#forks.get(tag)?.dialog.localCSeq ?? 0);
    const wanted = this.sessionState === 'calling' || this.sessionState === 'alerting';
    if (this.#takenTag !== null || !wanted) return this.#unwanted({ ...dialog, localCSeq });
    this.#takenTag = tag;
    this.#early({ ...dialog, localCSeq });
    this.#described(tag, response);
    if (this.media.agreed === null) return this.#unusable();
    this.refresher.arm(agreedTimer(response));
    this.input('success');
  }

  #unwanted(dialog: Dialog): void {
    this.sender.send(dialog, this.flow, 'BYE', []);
    if (this.#takenTag === null) this.input('failure', { by: 'local', status: null, text: 'hung up while it was being answered' });
  }

  #unusable(): void {
    this.input('success');
    this.lost('the answer has no usable media');
  }

  /** A challenge or a 422 is answered with a new INVITE. */
  #retried(request: SipRequest, response: SipResponse): boolean {
    if (this.sessionState !== 'calling' && this.sessionState !== 'alerting') return false;
    if (this.#retries >= maxRetries) return false;
    const extra = this.#remedy(request, response);
    if (extra === null) return false;
    this.#retries += 1;
    this.media.withdraw();
    void this.#send(extra);
    return true;
  }

  #remedy(request: SipRequest, response: SipResponse): readonly HeaderField[] | null {
    if (response.status === 422) {
      this.#minSec = decimal(response.headers.get('Min-SE') ?? '') ?? 0;
      return this.#minSec > 0 && this.#minSec < 86_400 ? credentialsOf(request) : null;
    }
    const { credentials } = this.#call;
    if ((response.status !== 401 && response.status !== 407) || credentials === undefined) return null;
    const field = authorise(request, response, credentials, this.#memory, randomHex(this.parts.random, 8));
    return field === null ? null : withCredentials(request, field);
  }

  protected override contactUser(): string {
    return escapeUser(this.#call.fromNumber);
  }
}
