import type { ClientParts } from '../client-parts.ts';
import { acceptCSeq, dialogFromRequest, keyOf, refreshTarget, requestKey } from '../dialog/dialog.ts';
import type { HeaderField, SipRequest } from '../message.ts';
import { randomHex } from '../session/session-parts.ts';
import { makeResponse } from '../syntax/build-message.ts';
import { parseParams } from '../syntax/params.ts';
import { decimal } from '../syntax/tokens.ts';
import { parseUri } from '../syntax/uri.ts';
import { tagOf } from '../transaction/transaction-key.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import type { MessageCounts } from '../user-agent.ts';
import { messageSummaryEvent, messageSummaryType, noMessages } from './message-summary.ts';
import { Subscription } from './subscription.ts';

/** Subscriptions at one time; further ones get 503. */
const maxSubscriptions = 1000;
const defaultSec = 3600;
const longestSec = 86_400;
const shortestSec = 60;

/** The notifier of the message-summary event package (RFC 3842, RFC 6665). */
export class MessageSummaryNotifier {
  readonly #parts: ClientParts;
  readonly #counts: (mailbox: string) => MessageCounts | null;
  readonly #subscriptions = new Map<string, Subscription>();
  /** While off, nobody is told anything: the other unit of the pair does it. */
  #on = true;

  constructor(parts: ClientParts, counts: (mailbox: string) => MessageCounts | null) {
    this.#parts = parts;
    this.#counts = counts;
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /** A SUBSCRIBE: a new subscription, or one within a dialog. */
  subscribe(transaction: ServerTransaction): void {
    const { headers } = transaction.request;
    if (eventOf(transaction.request) === null) return this.#refuse(transaction, 489, [{ name: 'Allow-Events', value: messageSummaryEvent }]);
    const seconds = Math.min(longestSec, decimal(headers.get('Expires') ?? String(defaultSec)) ?? defaultSec);
    if (seconds > 0 && seconds < shortestSec) return this.#refuse(transaction, 423, [{ name: 'Min-Expires', value: String(shortestSec) }]);
    if (!accepts(transaction.request)) return this.#refuse(transaction, 406, []);
    if (tagOf(headers.get('To')) === '') this.#begin(transaction, seconds);
    else this.#refresh(transaction, seconds);
  }

  lamp(mailbox: string, counts: MessageCounts): void {
    for (const subscription of this.#subscriptions.values()) if (subscription.mailbox === mailbox) subscription.changed(counts);
  }

  /** Tells every subscriber that it should come again, to whoever serves then. */
  async stop(): Promise<void> {
    this.#on = false;
    await Promise.all([...this.#subscriptions.values()].map((one) => one.terminate(this.#counts(one.mailbox) ?? noMessages, 'deactivated')));
  }

  /** Off: subscribers are sent to whoever serves now. What the lamps show is no longer ours to say, so they are told no counts. */
  serve(on: boolean): void {
    this.#on = on;
    if (!on) for (const one of [...this.#subscriptions.values()]) void one.terminate(null, 'deactivated');
  }

  #begin(transaction: ServerTransaction, seconds: number): void {
    const { request } = transaction;
    // Soon again: the unit may be the one that serves a second later.
    if (!this.#on) return this.#refuse(transaction, 503, [{ name: 'Retry-After', value: '5' }]);
    const mailbox = parseUri(request.uri)?.userText ?? '';
    const counts = this.#counts(mailbox);
    if (counts === null) return this.#refuse(transaction, 404, []);
    if (request.headers.list('Contact').length === 0) return this.#refuse(transaction, 400, []);
    if (this.#subscriptions.size >= maxSubscriptions) return this.#refuse(transaction, 503, [{ name: 'Retry-After', value: '60' }]);
    const tag = randomHex(this.#parts.random, 6);
    const dialog = dialogFromRequest(request, tag);
    const subscribed = { mailbox, event: eventOf(request) ?? '', dialog, flow: transaction.flow };
    const subscription = new Subscription(this.#parts, subscribed, counts, () => this.#subscriptions.delete(keyOf(dialog)));
    this.#subscriptions.set(keyOf(dialog), subscription);
    this.#grant(transaction, subscription, seconds, tag, counts);
  }

  #refresh(transaction: ServerTransaction, seconds: number): void {
    const subscription = this.#subscriptions.get(requestKey(transaction.request));
    const dialog = subscription === undefined ? null : acceptCSeq(subscription.dialog, transaction.request);
    if (subscription === undefined) return this.#refuse(transaction, 481, []);
    if (dialog === null) return this.#refuse(transaction, 500, []);
    subscription.dialog = refreshTarget(dialog, transaction.request);
    subscription.flow = transaction.flow;
    const counts = this.#counts(subscription.mailbox);
    if (counts !== null) return this.#grant(transaction, subscription, seconds, dialog.localTag, counts);
    // The mailbox was removed since.
    this.#refuse(transaction, 404, []);
    void subscription.terminate(noMessages, 'noresource');
  }

  #grant(transaction: ServerTransaction, subscription: Subscription, seconds: number, tag: string, counts: MessageCounts): void {
    const recorded = transaction.request.headers.all('Record-Route').map((value) => ({ name: 'Record-Route', value }));
    this.#respond(transaction, 200, [...recorded, subscription.contact, { name: 'Expires', value: String(seconds) }], tag);
    subscription.extend(seconds);
    subscription.tellNow(counts);
  }

  #refuse(transaction: ServerTransaction, status: number, fields: readonly HeaderField[]): void {
    this.#respond(transaction, status, fields, randomHex(this.#parts.random, 6));
  }

  #respond(transaction: ServerTransaction, status: number, fields: readonly HeaderField[], tag: string): void {
    const response = makeResponse(transaction.request, status);
    const to = response.headers.get('To') ?? '';
    if (tagOf(to) === '') response.headers.set('To', `${to};tag=${tag}`);
    for (const { name, value } of fields) response.headers.append(name, value);
    response.headers.set('Server', this.#parts.product);
    transaction.respond(response);
  }
}

/** The Event value that notifications carry: ours, with the id of the request. null = another event. */
function eventOf(request: SipRequest): string | null {
  const [event = '', ...rest] = (request.headers.get('Event') ?? '').split(';');
  if (event.trim().toLowerCase() !== messageSummaryEvent) return null;
  const id = parseParams(rest.join(';'))?.get('id') ?? '';
  return id === '' ? messageSummaryEvent : `${messageSummaryEvent};id=${id}`;
}

const accepts = (request: SipRequest): boolean => {
  const types = request.headers.list('Accept').map((type) => (type.split(';', 1)[0] as string).trim().toLowerCase());
  return types.length === 0 || types.some((type) => type === messageSummaryType || type === 'application/*' || type === '*/*');
};
