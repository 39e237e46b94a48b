import type { Timer } from '../../../hal/clock.ts';
import { authorise, newDigestMemory } from '../auth/digest.ts';
import { inDialogRequest } from '../dialog/dialog.ts';
import type { Refer } from '../leg.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { parseParams } from '../syntax/params.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import type { InviteSession } from './invite-session.ts';
import type { ReferInput, ReferOutcome, ReferState } from './refer-machine.ts';
import { referStep } from './refer-machine.ts';
import type { SessionParts } from './session-parts.ts';
import { randomHex } from './session-parts.ts';
import { sipfragStatus } from './sipfrag.ts';

/** The peer is asked to take the call over (RFC 3515), and its reports are taken in. At most one at a time in a session. */
export class Referral {
  readonly #parts: SessionParts;
  readonly #session: InviteSession;
  readonly #refer: Refer;
  readonly #told: (outcome: ReferOutcome) => void;
  #state: ReferState = { name: 'asked' };
  /** Which REFER the reports are about: its CSeq. */
  #id = 0;
  #challenged = false;
  #timer: Timer | null = null;

  constructor(parts: SessionParts, session: InviteSession, refer: Refer, told: (outcome: ReferOutcome) => void) {
    this.#parts = parts;
    this.#session = session;
    this.#refer = refer;
    this.#told = told;
  }

  get over(): boolean {
    return this.#state.name === 'over';
  }

  send(more: readonly HeaderField[] = []): void {
    const session = this.#session;
    if (session.dialog === null) return this.legEnded();
    const fields: HeaderField[] = [
      { name: 'Refer-To', value: `<${referTo(this.#refer)}>` },
      ...(this.#refer.by === undefined ? [] : [{ name: 'Referred-By', value: `<${this.#refer.by}>` }]),
      ...session.target(),
      { name: 'User-Agent', value: this.#parts.product },
      ...more,
    ];
    const { request } = inDialogRequest(session.dialog, 'REFER', fields);
    session.dialog = session.sender.send(session.dialog, session.flow, 'REFER', fields, undefined, {
      response: (response) => this.#response(request, response),
      failed: (_why, text) => this.#input({ type: 'unanswered', text }),
    });
    this.#id = session.dialog.localCSeq;
  }

  /** A NOTIFY of the peer within the dialog; false = it is about something else. */
  notified({ request }: ServerTransaction): boolean {
    const [event = '', ...params] = (request.headers.get('Event') ?? '').split(';');
    const id = parseParams(params.join(';'))?.get('id');
    if (event.trim().toLowerCase() !== 'refer' || (id !== undefined && id !== null && Number(id) !== this.#id)) return false;
    const last = /^terminated/i.test((request.headers.get('Subscription-State') ?? '').trim());
    this.#input({ type: 'report', status: sipfragStatus(request), last });
    return true;
  }

  legEnded(): void {
    this.#input({ type: 'leg-ended' });
  }

  #response(request: SipRequest, response: SipResponse): void {
    const { status, headers } = response;
    if (status < 200) return;
    const again = this.#answer(request, response);
    if (again !== null) return this.send([again]);
    const reports = (headers.get('Refer-Sub') ?? 'true').trim().toLowerCase() !== 'false';
    this.#input({ type: 'response', status, reports });
  }

  /** A challenge is answered once. */
  #answer(request: SipRequest, response: SipResponse): HeaderField | null {
    const { credentials } = this.#refer;
    if ((response.status !== 401 && response.status !== 407) || this.#challenged || credentials === undefined) return null;
    this.#challenged = true;
    return authorise(request, response, credentials, newDigestMemory(), randomHex(this.#parts.random, 8));
  }

  #input(input: ReferInput): void {
    if (this.over) return;
    const before = this.#state.name;
    this.#state = referStep(this.#state, input);
    if (this.#state.name === 'reported' && before === 'asked') {
      this.#timer = this.#parts.clock.after('refer-report', this.#refer.timeoutMs, () => this.#input({ type: 'report-timeout' }));
    }
    if (this.#state.name !== 'over') return;
    this.#timer?.cancel();
    this.#told(this.#state.outcome);
  }
}

/** The headers of a URI are escaped (RFC 3261 19.1.1); what the other side replaces is named from its own point of view (RFC 3891 section 3). */
function referTo({ to, replaces, headers = [] }: Refer): string {
  const dialog = replaces?.dialogId?.() ?? null;
  const all = [...headers, ...(dialog === null ? [] : [{ name: 'Replaces', value: `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}` }])];
  const query = all.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('&');
  return query === '' ? to : `${to}?${query}`;
}
