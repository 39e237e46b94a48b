import type { Timer } from '../../../hal/clock.ts';
import type { PeerSettings } from '../../config/settings.ts';
import { authorise, newDigestMemory, remembered, withCredentials } from '../auth/digest.ts';
import type { Credentials } from '../auth/digest.ts';
import type { ClientParts } from '../client-parts.ts';
import { nextHop } from '../dialog/next-hop.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { retryAfterMs } from '../retry-schedule.ts';
import { randomHex } from '../session/session-parts.ts';
import { makeRequest } from '../syntax/build-message.ts';
import { decimal } from '../syntax/tokens.ts';
import { escapeUser, formatHost } from '../syntax/uri.ts';
import type { ClientTransaction } from '../transaction-layer.ts';
import type { PeerStatus } from '../user-agent.ts';
import { granted, isReplaced } from './bindings.ts';
import type { RegistrationEffect, RegistrationInput, RegistrationState } from './registration-machine.ts';
import { registrationStep } from './registration-machine.ts';

const schedule = { firstMs: 2000, mostMs: 120_000 };
/** New REGISTERs after a challenge or a 423, for one registration. */
const maxAnswers = 3;
/** A registrar that grants less would be asked without a pause. */
const leastExpiresSec = 10;
const mostExpiresSec = 86_400;
/** A registrar may ask for a longer pause, but not for a unit that nobody reaches for the rest of the day. */
const mostRetryAfterSec = 3600;
/** How often a registration that is about to be taken back asks whether another one is there. */
const queryMs = 250;

/** What a REGISTER asks for: a binding for so many seconds, 0 = its removal, or which bindings there are (RFC 3261 10.2.3). */
type Asked = number | 'bindings';

/** Keeps the unit registered at one peer (RFC 3261 10.2), and takes the registration back at the end. */
export class Registration {
  readonly peer: PeerSettings;
  readonly #parts: ClientParts;
  readonly #register: NonNullable<PeerSettings['register']>;
  readonly #memory = newDigestMemory();
  readonly #callId: string;
  readonly #tag: string;
  #state: RegistrationState = 'idle';
  #cseq = 0;
  #answers = 0;
  #failures = 0;
  #expiresSec: number;
  #grantedSec = 0;
  #retryAfterSec = 0;
  #detail = '';
  /** What the log was told last: 'registered', or why not. */
  #told = '';
  #timer: Timer | null = null;
  /** The newest request. */
  #client: ClientTransaction | null = null;
  #retireUntilMs = 0;
  #gone: Promise<void> | null = null;
  #finished: (() => void) | null = null;

  constructor(parts: ClientParts, peer: PeerSettings) {
    this.#parts = parts;
    this.peer = peer;
    this.#register = peer.register ?? { user: '', authUser: '', password: '', expiresSec: 3600 };
    this.#expiresSec = this.#register.expiresSec;
    this.#callId = randomHex(parts.random, 12);
    this.#tag = randomHex(parts.random, 6);
  }

  start(): void {
    this.#input('start');
  }

  /** Resolves when the registrar has confirmed the removal, or there was nothing to remove. */
  stop(): Promise<void> {
    const gone = this.#whenGone();
    this.#input('stop');
    return gone;
  }

  /**
   * Takes it back as soon as another unit is registered there, so that callers always find one; after `limitMs` in any case.
   * Resolves as `stop` does.
   */
  retire(limitMs: number): Promise<void> {
    const gone = this.#whenGone();
    this.#retireUntilMs = this.#parts.clock.monotonic() + limitMs;
    this.#timer?.cancel();
    this.#input('retire');
    return gone;
  }

  /** It is wanted again. false = it has been taken back already. */
  resume(): boolean {
    if (this.#state !== 'retiring') return false;
    this.#timer?.cancel();
    this.#input('start');
    return true;
  }

  /** Ends it without a word: nobody would hear it. */
  abandon(): void {
    this.#input('abandon');
    this.#client?.abandon();
  }

  status(): Pick<PeerStatus, 'registration' | 'detail'> {
    const names: Record<RegistrationState, PeerStatus['registration']> = { idle: 'off', registering: 'registering', registered: 'registered', waiting: 'failed', retiring: 'registered', leaving: 'off', gone: 'off' };
    // A refresh under way does not make the registration any less valid.
    const refreshing = this.#state === 'registering' && this.#grantedSec > 0;
    return { registration: refreshing ? 'registered' : names[this.#state], detail: this.#detail };
  }

  #whenGone(): Promise<void> {
    if (this.#state === 'gone') return Promise.resolve();
    return (this.#gone ??= new Promise((resolve) => (this.#finished = resolve)));
  }

  #input(input: RegistrationInput): void {
    const step = registrationStep(this.#state, input);
    this.#state = step.to;
    for (const effect of step.effects) this.#execute(effect);
  }

  #execute(effect: RegistrationEffect): void {
    switch (effect) {
      case 'send':
        this.#answers = 0;
        return void this.#send(this.#expiresSec);
      case 'send-removal':
        this.#answers = 0;
        this.#timer?.cancel();
        return void this.#send(0);
      case 'tell-registered':
        this.#detail = `for ${this.#grantedSec} s as ${this.#register.user}`;
        return this.#tellRegistered();
      case 'tell-failed':
        this.#failures += 1;
        this.#grantedSec = 0;
        // A registrar may refuse a nonce that it has forgotten, instead of asking anew.
        this.#memory.clear();
        return this.#tellFailed();
      case 'wait-to-refresh':
        // Well before the end, and not all units at once.
        return this.#wait(this.#grantedSec * 1000 * (0.6 + this.#parts.random.below(250) / 1000));
      case 'wait-to-retry':
        return this.#wait(Math.max(this.#retryAfterSec * 1000, retryAfterMs(schedule, this.#failures, this.#parts.random)));
      case 'send-query':
        this.#answers = 0;
        return void this.#send('bindings');
      case 'wait-to-query':
        if (this.#parts.clock.monotonic() >= this.#retireUntilMs) return this.#input('replaced');
        return this.#wait(queryMs);
      case 'finish':
        this.#timer?.cancel();
        return this.#finished?.();
    }
  }

  /** Refreshes are no news. */
  #tellRegistered(): void {
    const known = this.#told === 'registered';
    this.#failures = 0;
    this.#told = 'registered';
    if (!known) this.#parts.log.write('info', 'registered', `Registered at ${this.peer.name} ${this.#detail}.`, { peer: this.peer.name });
  }

  /** Neither is the same failure again. */
  #tellFailed(): void {
    const known = this.#told === this.#detail;
    this.#told = this.#detail;
    if (!known) this.#parts.log.write('warning', 'registration-failed', `Registration at ${this.peer.name} failed: ${this.#detail}. It is tried again.`, { peer: this.peer.name });
  }

  #wait(ms: number): void {
    this.#timer = this.#parts.clock.after('registration', ms, () => this.#input('due'));
  }

  /** `credentials` absent: those that were good for the last request. */
  async #send(asked: Asked, credentials?: readonly HeaderField[]): Promise<void> {
    // What is still under way when the registration is taken back must not bring it back.
    const wanted = asked === 'bindings' ? 'retiring' : asked > 0 ? 'registering' : 'leaving';
    const overtaken = (): boolean => this.#state !== wanted;
    try {
      const { host, port, transport } = this.peer;
      const uri = `sip:${formatHost(host ?? '')}:${port}${transport === 'tcp' ? ';transport=tcp' : ''}`;
      const hop = await nextHop(uri, this.#parts.net);
      const local = await this.#parts.localFor(hop.remote.address);
      if (overtaken()) return;
      const contact = `<sip:${escapeUser(this.#register.user)}@${formatHost(local.address)}:${local.port}${hop.transport === 'tcp' ? ';transport=tcp' : ''}>`;
      const request = this.#request(uri, contact, asked, credentials ?? remembered('REGISTER', uri, this.#login, this.#memory));
      // Its repetitions would come between those of the new one.
      this.#client?.abandon();
      this.#client = this.#parts.layer.request(request, hop, {
        response: (response) => (overtaken() ? undefined : this.#response(request, response, contact, asked)),
        failed: (_why, text) => (overtaken() ? undefined : this.#refused(text)),
      });
    } catch (error) {
      this.#parts.clock.after('registration-unsent', 0, () => (overtaken() ? undefined : this.#refused(String(error))));
    }
  }

  #request(uri: string, contact: string, asked: Asked, credentials: readonly HeaderField[]): SipRequest {
    const address = `<sip:${escapeUser(this.#register.user)}@${formatHost(this.peer.host ?? '')}>`;
    this.#cseq += 1;
    return makeRequest('REGISTER', uri, [
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `${address};tag=${this.#tag}` },
      { name: 'To', value: address },
      { name: 'Call-ID', value: this.#callId },
      { name: 'CSeq', value: `${this.#cseq} REGISTER` },
      ...(asked === 'bindings' ? [] : [{ name: 'Contact', value: contact }, { name: 'Expires', value: String(asked) }]),
      { name: 'User-Agent', value: this.#parts.product },
      ...credentials,
    ]);
  }

  #response(request: SipRequest, response: SipResponse, contact: string, asked: Asked): void {
    if (response.status < 200) return;
    if (response.status < 300) {
      if (asked === 'bindings') return this.#input(isReplaced(response, contact) ? 'replaced' : 'accepted');
      this.#grantedSec = Math.min(mostExpiresSec, Math.max(leastExpiresSec, granted(response, contact) ?? asked));
      return this.#input('accepted');
    }
    const remedy = this.#answers < maxAnswers ? this.#remedy(request, response) : null;
    if (remedy === null) return this.#refused(`${response.status} ${response.reason}`, decimal(response.headers.get('Retry-After')?.split(/[;( ]/, 1)[0] ?? '') ?? 0);
    this.#answers += 1;
    void this.#send(asked === 0 || asked === 'bindings' ? asked : this.#expiresSec, remedy);
  }

  get #login(): Credentials {
    return { user: this.#register.authUser, password: this.#register.password };
  }

  /** The credentials to try again with, after a challenge or from a registrar that wants longer registrations (423; undefined = as before). null = there is no way. */
  #remedy(request: SipRequest, response: SipResponse): readonly HeaderField[] | undefined | null {
    if (response.status === 423) {
      const least = decimal(response.headers.get('Min-Expires') ?? '') ?? 0;
      if (least <= this.#expiresSec || least > mostExpiresSec) return null;
      this.#expiresSec = least;
      return undefined;
    }
    if (response.status !== 401 && response.status !== 407) return null;
    const field = authorise(request, response, this.#login, this.#memory, randomHex(this.#parts.random, 8));
    return field === null ? null : withCredentials(request, field);
  }

  #refused(why: string, retryAfterSec = 0): void {
    this.#detail = why;
    this.#retryAfterSec = Math.min(mostRetryAfterSec, retryAfterSec);
    this.#input('refused');
  }
}
