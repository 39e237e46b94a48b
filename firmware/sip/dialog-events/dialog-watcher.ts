import type { Timer } from '../../../hal/clock.ts';
import type { PeerSettings } from '../../config/settings.ts';
import { authorise, newDigestMemory, remembered, withCredentials } from '../auth/digest.ts';
import type { ClientParts } from '../client-parts.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { acceptCSeq, dialogFromRequest, dialogFromResponse, inDialogRequest, refreshTarget } from '../dialog/dialog.ts';
import { nextHop } from '../dialog/next-hop.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { retryAfterMs } from '../retry-schedule.ts';
import { randomHex } from '../session/session-parts.ts';
import { bodyPart } from '../syntax/body.ts';
import { makeRequest } from '../syntax/build-message.ts';
import { parseParams } from '../syntax/params.ts';
import { decimal } from '../syntax/tokens.ts';
import { escapeUser, formatHost } from '../syntax/uri.ts';
import type { ClientTransaction } from '../transaction-layer.ts';
import { dialogInfoType, parseDialogInfo } from './dialog-info.ts';
import type { DialogWatchEffect, DialogWatchInput, DialogWatchState } from './dialog-watch-machine.ts';
import { dialogWatchStep, inputOfReason, inputOfStatus } from './dialog-watch-machine.ts';
import type { PhoneDialogs, PhoneLine } from './phone-dialogs.ts';
import { joinDialogs, lineOf, noDialogs } from './phone-dialogs.ts';

const schedule = { firstMs: 5000, mostMs: 300_000 };
/** A PBX without dialog events may get them with its next version. */
const refusedMs = 30 * 60_000;
const expiresSec = 600;
const leastExpiresSec = 10;
const leastAskMs = 5000;

/** A telephone to be watched: an extension at a peer. */
export interface WatchedPhone {
  readonly key: string;
  readonly number: string;
  readonly peer: PeerSettings;
}

/** One subscription to the dialogs of a telephone (RFC 4235), kept up for as long as it is wanted. */
export class DialogWatcher {
  readonly phone: WatchedPhone;
  #callId = '';
  readonly #parts: ClientParts;
  readonly #tell: (line: PhoneLine) => void;
  readonly #memory = newDigestMemory();
  #tag = '';
  #state: DialogWatchState = 'idle';
  /** null: none stands. */
  #dialog: Dialog | null = null;
  #dialogs: PhoneDialogs = noDialogs;
  #told: PhoneLine = 'unknown';
  #cseq = 0;
  #failures = 0;
  #grantedSec = expiresSec;
  #challenged = false;
  #why = '';
  #askedMs = -Infinity;
  #timer: Timer | null = null;
  #client: ClientTransaction | null = null;

  /** `tell` is called whenever the telephone does something else than before; at first it is 'unknown'. */
  constructor(parts: ClientParts, phone: WatchedPhone, tell: (line: PhoneLine) => void) {
    this.#parts = parts;
    this.phone = phone;
    this.#tell = tell;
    this.#renew();
  }

  /** Of the subscription that stands, or is asked for. */
  get callId(): string {
    return this.#callId;
  }

  get state(): DialogWatchState {
    return this.#state;
  }

  start(): void {
    this.#input('start');
  }

  stop(): void {
    this.#input('stop');
    this.#timer?.cancel();
  }

  /** A NOTIFY of this subscription; the status of its answer. */
  notified(request: SipRequest): number {
    if (this.#state === 'gone') return 481;
    const dialog = this.#dialog ?? dialogFromRequest(request, this.#tag);
    const accepted = this.#dialog === null ? dialog : acceptCSeq(dialog, request);
    if (accepted === null) return 500;
    this.#dialog = refreshTarget({ ...accepted, localCSeq: Math.max(accepted.localCSeq, this.#cseq) }, request);
    this.#heard(request);
    const [word = '', ...rest] = (request.headers.get('Subscription-State') ?? '').split(';');
    if (word.trim().toLowerCase() === 'terminated') this.#later(inputOfReason(parseParams(rest.join(';'))?.get('reason')?.toLowerCase() ?? ''));
    return 200;
  }

  #heard(request: SipRequest): void {
    const part = bodyPart(request, dialogInfoType);
    const info = part.kind === 'found' ? parseDialogInfo(part.bytes) : null;
    const joined = info === null ? 'old' : joinDialogs(this.#dialogs, info);
    if (joined === 'gap') return this.#askForAll();
    if (joined === 'old') return;
    this.#dialogs = joined;
    this.#show();
  }

  /** Each refresh is answered by a full state. A PBX that sends none is not asked without a pause. */
  #askForAll(): void {
    const nowMs = this.#parts.clock.monotonic();
    if (nowMs - this.#askedMs < leastAskMs) return;
    this.#askedMs = nowMs;
    this.#later('gap');
  }

  /** Not from inside of the NOTIFY, whose answer comes first. */
  #later(input: DialogWatchInput): void {
    this.#parts.clock.after('dialog-watch', 0, () => this.#input(input));
  }

  #show(): void {
    const line = lineOf(this.#dialogs);
    if (line === this.#told) return;
    this.#told = line;
    this.#tell(line);
  }

  #input(input: DialogWatchInput): void {
    const step = dialogWatchStep(this.#state, input);
    this.#state = step.to;
    for (const effect of step.effects) this.#execute(effect);
  }

  #execute(effect: DialogWatchEffect): void {
    switch (effect) {
      case 'subscribe':
      case 'refresh':
        this.#challenged = false;
        return void this.#send(expiresSec);
      case 'unsubscribe':
        return void this.#send(0);
      case 'wait-to-refresh':
        this.#failures = 0;
        return this.#wait(this.#grantedSec * 1000 * (0.6 + this.#parts.random.below(250) / 1000));
      case 'wait-to-retry':
        this.#failures += 1;
        return this.#wait(retryAfterMs(schedule, this.#failures, this.#parts.random));
      case 'wait-long':
        return this.#wait(refusedMs);
      case 'forget':
        this.#dialog = null;
        this.#dialogs = noDialogs;
        this.#renew();
        return this.#show();
      case 'tell-active':
        return this.#log('info', 'phone-watched', `The telephone ${this.phone.number} at ${this.phone.peer.name} is watched by dialog events.`);
      case 'tell-refused':
        return this.#log('notice', 'phone-not-watched', `${this.phone.peer.name} has no dialog events for ${this.phone.number}: ${this.#why}. The telephone is tried without.`);
      case 'tell-failed':
        return this.#failures > 0 ? undefined : this.#log('warning', 'phone-watch-failed', `The telephone ${this.phone.number} at ${this.phone.peer.name} cannot be watched: ${this.#why}. It is tried again.`);
    }
  }

  /** The next subscription is a dialog of its own (RFC 3261 section 8.1.1.4): what still comes of the one before is nobody's. */
  #renew(): void {
    this.#callId = randomHex(this.#parts.random, 12);
    this.#tag = randomHex(this.#parts.random, 6);
    this.#cseq = 0;
  }

  #wait(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after('dialog-watch-due', ms, () => this.#input('due'));
  }

  async #send(seconds: number, credentials?: readonly HeaderField[]): Promise<void> {
    const dialog = this.#dialog;
    const [callId, tag] = [this.#callId, this.#tag];
    const overtaken = (): boolean => seconds > 0 && (callId !== this.#callId || (this.#state !== 'subscribing' && this.#state !== 'refreshing'));
    try {
      const { peer, number } = this.phone;
      const uri = `sip:${escapeUser(number)}@${formatHost(peer.host ?? '')}:${peer.port}${peer.transport === 'tcp' ? ';transport=tcp' : ''}`;
      const inside = dialog === null ? null : inDialogRequest(dialog, 'SUBSCRIBE', []);
      const hop = await nextHop(inside?.hopUri ?? uri, this.#parts.net);
      const local = await this.#parts.localFor(hop.remote.address);
      if (overtaken()) return;
      const contact = `<sip:${tag}@${formatHost(local.address)}:${local.port}${hop.transport === 'tcp' ? ';transport=tcp' : ''}>`;
      const fields = this.#fields(contact, seconds, credentials ?? remembered('SUBSCRIBE', inside?.request.uri ?? uri, this.#login, this.#memory));
      const request = dialog === null ? this.#outside(uri, local.address, fields) : this.#inside(dialog, fields);
      this.#client?.abandon();
      this.#client = this.#parts.layer.request(request, hop, {
        response: (response) => (overtaken() || seconds === 0 ? undefined : this.#response(request, response)),
        failed: (_why, text) => (overtaken() || seconds === 0 ? undefined : this.#answered('failed', text)),
      });
    } catch (error) {
      this.#parts.clock.after('dialog-watch-unsent', 0, () => (overtaken() || seconds === 0 ? undefined : this.#answered('failed', String(error))));
    }
  }

  #fields(contact: string, seconds: number, credentials: readonly HeaderField[]): HeaderField[] {
    return [
      { name: 'Contact', value: contact },
      { name: 'Event', value: 'dialog' },
      { name: 'Accept', value: dialogInfoType },
      { name: 'Expires', value: String(seconds) },
      { name: 'User-Agent', value: this.#parts.product },
      ...credentials,
    ];
  }

  #outside(uri: string, localAddress: string, fields: readonly HeaderField[]): SipRequest {
    const { peer, number } = this.phone;
    this.#cseq += 1;
    const own = peer.register === null ? `<sip:voicemail@${formatHost(localAddress)}>` : `<sip:${escapeUser(peer.register.user)}@${formatHost(peer.host ?? '')}>`;
    return makeRequest('SUBSCRIBE', uri, [
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `${own};tag=${this.#tag}` },
      { name: 'To', value: `<sip:${escapeUser(number)}@${formatHost(peer.host ?? '')}>` },
      { name: 'Call-ID', value: this.#callId },
      { name: 'CSeq', value: `${this.#cseq} SUBSCRIBE` },
      ...fields,
    ]);
  }

  #inside(dialog: Dialog, fields: readonly HeaderField[]): SipRequest {
    const { request, dialog: next } = inDialogRequest(dialog, 'SUBSCRIBE', fields);
    if (this.#dialog !== null) this.#dialog = next;
    this.#cseq = next.localCSeq;
    return request;
  }

  #response(request: SipRequest, response: SipResponse): void {
    if (response.status < 200) return;
    if (response.status < 300) return this.#granted(request, response);
    if ((response.status === 401 || response.status === 407) && !this.#challenged) {
      const field = authorise(request, response, this.#login, this.#memory, randomHex(this.#parts.random, 8));
      this.#challenged = true;
      if (field !== null) return void this.#send(expiresSec, withCredentials(request, field));
    }
    this.#answered(inputOfStatus(response.status), `${response.status} ${response.reason}`);
  }

  #granted(request: SipRequest, response: SipResponse): void {
    this.#grantedSec = Math.min(expiresSec, Math.max(leastExpiresSec, decimal(response.headers.get('Expires') ?? '') ?? expiresSec));
    // The NOTIFY that came before it has made the dialog already.
    this.#dialog = this.#dialog === null ? dialogFromResponse(request, response) : refreshTarget(this.#dialog, response);
    this.#input('accepted');
  }

  #answered(input: DialogWatchInput, why: string): void {
    this.#why = why;
    this.#input(input);
  }

  get #login(): { user: string; password: string } {
    const { register } = this.phone.peer;
    return { user: register?.authUser ?? '', password: register?.password ?? '' };
  }

  #log(severity: 'info' | 'notice' | 'warning', event: string, text: string): void {
    this.#parts.log.write(severity, event, text, { peer: this.phone.peer.name });
  }
}
