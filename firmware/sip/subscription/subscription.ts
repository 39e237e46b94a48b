import type { MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { ClientParts } from '../client-parts.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { HeaderField, SipResponse } from '../message.ts';
import { contactField } from '../session/session-parts.ts';
import { DialogSender } from '../session/dialog-sender.ts';
import { formatHost } from '../syntax/uri.ts';
import type { Flow } from '../transaction-layer.ts';
import type { MessageCounts } from '../user-agent.ts';
import { formatMessageSummary, messageSummaryEvent, messageSummaryType } from './message-summary.ts';
import { PacedState } from './paced-state.ts';

/** One subscription to a mailbox's lamp: its dialog, its end, its pace. */
export class Subscription {
  readonly mailbox: string;
  dialog: Dialog;
  readonly #parts: ClientParts;
  readonly #flow: Flow;
  readonly #sender: DialogSender;
  readonly #pace: PacedState<MessageCounts>;
  readonly #ended: () => void;
  #expiry: Timer | null = null;
  #expiresMs: MonotonicMs;
  #over = false;

  constructor(parts: ClientParts, mailbox: string, dialog: Dialog, flow: Flow, ended: () => void) {
    this.#parts = parts;
    this.mailbox = mailbox;
    this.dialog = dialog;
    this.#flow = flow;
    this.#ended = ended;
    this.#expiresMs = parts.clock.monotonic();
    this.#sender = new DialogSender(parts);
    this.#pace = new PacedState(parts.clock, (counts) => this.#notify(counts, null));
  }

  get contact(): HeaderField {
    return contactField(this.#flow, this.mailbox);
  }

  /** Runs for so long from now; 0 ends it with the next notification. */
  extend(seconds: number): void {
    this.#expiry?.cancel();
    this.#expiresMs = (this.#parts.clock.monotonic() + seconds * 1000) as MonotonicMs;
    if (seconds > 0) this.#expiry = this.#parts.clock.after('subscription-end', seconds * 1000, () => this.#close());
  }

  /** The state now: at once, whatever the pace (RFC 6665 4.2.1.2: every SUBSCRIBE is answered by a NOTIFY). */
  tellNow(counts: MessageCounts): void {
    if (this.#parts.clock.monotonic() >= this.#expiresMs) return void this.terminate(counts, 'timeout');
    this.#notify(counts, null);
  }

  changed(counts: MessageCounts): void {
    if (!this.#over) this.#pace.offer(counts);
  }

  /** The last notification; resolves when it was answered or given up. */
  terminate(counts: MessageCounts, reason: 'timeout' | 'deactivated'): Promise<void> {
    return new Promise((resolve) => {
      this.#notify(counts, `terminated;reason=${reason}`, resolve);
      this.#close();
    });
  }

  #notify(counts: MessageCounts, final: string | null, answered: () => void = () => undefined): void {
    const left = Math.max(0, Math.round((this.#expiresMs - this.#parts.clock.monotonic()) / 1000));
    const account = `sip:${this.mailbox}@${formatHost(this.#flow.local.address)}`;
    const fields: HeaderField[] = [
      this.contact,
      { name: 'Event', value: messageSummaryEvent },
      { name: 'Subscription-State', value: final ?? `active;expires=${left}` },
      { name: 'User-Agent', value: this.#parts.product },
      { name: 'Content-Type', value: messageSummaryType },
    ];
    this.dialog = this.#sender.send(this.dialog, this.#flow, 'NOTIFY', fields, formatMessageSummary(account, counts), {
      response: (response) => this.#answered(response, answered),
      failed: () => {
        answered();
        this.#close();
      },
    });
  }

  /** A subscriber that knows nothing of us any more (481), or wants no more, is forgotten (RFC 6665 4.2.2). */
  #answered(response: SipResponse, answered: () => void): void {
    if (response.status < 200) return;
    answered();
    if (response.status >= 300 && response.status !== 401 && response.status !== 407 && response.status !== 500 && response.status !== 503) this.#close();
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#expiry?.cancel();
    this.#pace.stop();
    this.#ended();
  }
}
