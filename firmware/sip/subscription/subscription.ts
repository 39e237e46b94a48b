import type { MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { ClientParts } from '../client-parts.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { HeaderField, SipResponse } from '../message.ts';
import { retryAfterMs } from '../retry-schedule.ts';
import { DialogSender } from '../session/dialog-sender.ts';
import { contactField } from '../session/session-parts.ts';
import { escapeUser, formatHost } from '../syntax/uri.ts';
import type { Flow } from '../transaction-layer.ts';
import type { MessageCounts } from '../user-agent.ts';
import { formatMessageSummary, messageSummaryType } from './message-summary.ts';
import { PacedState } from './paced-state.ts';

/** Waits after a subscriber's 500 or 503. */
const schedule = { firstMs: 5000, mostMs: 300_000 };

/** What a SUBSCRIBE asked for, and where it came from. */
export interface Subscribed {
  readonly mailbox: string;
  /** Whole Event value of our notifications, with the id that the subscriber gave (RFC 6665 8.2.1). */
  readonly event: string;
  readonly dialog: Dialog;
  readonly flow: Flow;
}

/** One subscription to a mailbox's lamp: its dialog, its end, its pace. */
export class Subscription {
  readonly mailbox: string;
  dialog: Dialog;
  /** Of the latest SUBSCRIBE. */
  flow: Flow;
  readonly #parts: ClientParts;
  readonly #event: string;
  readonly #sender: DialogSender;
  readonly #pace: PacedState<MessageCounts>;
  readonly #ended: () => void;
  #newest: MessageCounts;
  #failures = 0;
  #expiry: Timer | null = null;
  #expiresMs: MonotonicMs;
  #over = false;

  /** `ended` is called once, when nothing more is notified. */
  constructor(parts: ClientParts, { mailbox, event, dialog, flow }: Subscribed, counts: MessageCounts, ended: () => void) {
    this.#parts = parts;
    this.mailbox = mailbox;
    this.dialog = dialog;
    this.flow = flow;
    this.#event = event;
    this.#newest = counts;
    this.#ended = ended;
    this.#expiresMs = parts.clock.monotonic();
    this.#sender = new DialogSender(parts);
    this.#pace = new PacedState(parts.clock, (state) => this.#notify(state, null));
  }

  get contact(): HeaderField {
    return contactField(this.flow, escapeUser(this.mailbox));
  }

  /** Runs for so long from now; 0 ends it with the next notification. */
  extend(seconds: number): void {
    this.#expiry?.cancel();
    this.#expiresMs = (this.#parts.clock.monotonic() + seconds * 1000) as MonotonicMs;
    if (seconds > 0) this.#expiry = this.#parts.clock.after('subscription-end', seconds * 1000, () => void this.terminate(this.#newest, 'timeout'));
  }

  /** The state now: at once, whatever the pace (RFC 6665 4.2.1.2: every SUBSCRIBE is answered by a NOTIFY). */
  tellNow(counts: MessageCounts): void {
    this.#newest = counts;
    if (this.#parts.clock.monotonic() >= this.#expiresMs) return void this.terminate(counts, 'timeout');
    this.#pace.now(counts);
  }

  changed(counts: MessageCounts): void {
    if (this.#over) return;
    this.#newest = counts;
    this.#pace.offer(counts);
  }

  /** The last notification, without counts from a unit that has no say any more; resolves when it was answered or given up. */
  terminate(counts: MessageCounts | null, reason: 'timeout' | 'deactivated' | 'noresource'): Promise<void> {
    return new Promise((resolve) => {
      this.#sender.supersede();
      this.#notify(counts, `terminated;reason=${reason}`, resolve);
      this.#close();
    });
  }

  #notify(counts: MessageCounts | null, final: string | null, answered: () => void = () => undefined): void {
    const left = Math.max(0, Math.round((this.#expiresMs - this.#parts.clock.monotonic()) / 1000));
    const account = `sip:${escapeUser(this.mailbox)}@${formatHost(this.flow.local.address)}`;
    const fields: HeaderField[] = [
      this.contact,
      { name: 'Event', value: this.#event },
      { name: 'Subscription-State', value: final ?? `active;expires=${left}` },
      { name: 'User-Agent', value: this.#parts.product },
      ...(counts === null ? [] : [{ name: 'Content-Type', value: messageSummaryType }]),
    ];
    const body = counts === null ? undefined : formatMessageSummary(account, counts);
    this.dialog = this.#sender.send(this.dialog, this.flow, 'NOTIFY', fields, body, {
      response: (response) => this.#answered(response, answered),
      failed: () => {
        answered();
        this.#close();
      },
    });
  }

  /** A subscriber that knows nothing of us any more (481), or wants no more, is forgotten (RFC 6665 4.2.2); one in trouble is told again. */
  #answered(response: SipResponse, answered: () => void): void {
    if (response.status < 200) return;
    answered();
    if (response.status < 300) this.#failures = 0;
    else if (response.status === 500 || response.status === 503) this.#tellAgain();
    else if (response.status !== 401 && response.status !== 407) this.#close();
  }

  #tellAgain(): void {
    if (this.#over) return;
    this.#failures += 1;
    this.#pace.postpone(this.#newest, retryAfterMs(schedule, this.#failures, this.#parts.random));
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#expiry?.cancel();
    this.#pace.stop();
    this.#ended();
  }
}
