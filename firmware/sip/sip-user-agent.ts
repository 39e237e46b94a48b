import type { Endpoint } from '../../hal/datagram.ts';
import type { PeerSettings, Settings } from '../config/settings.ts';
import { watchTimes } from '../config/watch-times.ts';
import { callFacts } from './call-facts.ts';
import type { ClientParts } from './client-parts.ts';
import { newCounters } from './counters.ts';
import type { Leg, LegHandlers, OutgoingCall } from './leg.ts';
import type { HeaderField, SipResponse } from './message.ts';
import { DialogWatchers } from './dialog-events/dialog-watchers.ts';
import type { DialogWatchState } from './dialog-events/dialog-watch-machine.ts';
import type { WatchedPhone } from './dialog-events/dialog-watcher.ts';
import { Outreach } from './outreach.ts';
import { refuseRequest } from './request-check.ts';
import { keyOf } from './dialog/dialog.ts';
import { AdoptedSession } from './session/adopted-session.ts';
import { acceptSdp, allow, supported } from './session/capabilities.ts';
import { DialogSender } from './session/dialog-sender.ts';
import { dismissStray } from './session/dismiss-stray.ts';
import { IncomingSession } from './session/incoming-session.ts';
import type { LegRecord } from './session/leg-record.ts';
import { recordedDialog } from './session/leg-record.ts';
import { OutgoingSession } from './session/outgoing-session.ts';
import type { SessionParts } from './session/session-parts.ts';
import { randomHex } from './session/session-parts.ts';
import { intervalTooSmall } from './session/session-timer.ts';
import { SessionTable } from './session-table.ts';
import { MessageSummaryNotifier } from './subscription/message-summary-notifier.ts';
import { makeResponse } from './syntax/build-message.ts';
import { SipTransactionLayer } from './transaction/sip-transaction-layer.ts';
import { standardTimers } from './transaction/machine.ts';
import { tagOf } from './transaction/transaction-key.ts';
import type { Flow, ServerTransaction } from './transaction-layer.ts';
import { itself, Wire } from './transport/wire.ts';
import type { MainPbx } from './watch/main-pbx.ts';
import { SelfProbe } from './watch/self-probe.ts';
import type { MessageCounts, PeerStatus, SipCounters, UserAgent, UserAgentOptions, UserAgentParts } from './user-agent.ts';

/** The whole SIP side: sockets at the bottom, legs at the top. */
export class SipUserAgent implements UserAgent {
  readonly #parts: UserAgentParts;
  readonly #options: UserAgentOptions;
  readonly #counters = newCounters();
  readonly #wire: Wire;
  readonly #layer: SipTransactionLayer;
  readonly #sessions = new SessionTable();
  readonly #sessionParts: SessionParts;
  readonly #notifier: MessageSummaryNotifier;
  readonly #outreach: Outreach;
  readonly #watchers: DialogWatchers;
  readonly #probe: SelfProbe;
  #sip: Settings['sip'];
  #peers: readonly PeerSettings[];
  #nextLeg = 1;
  #stopping = false;
  #serving = true;

  constructor(parts: UserAgentParts, options: UserAgentOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#sip = options.sip;
    this.#peers = options.peers;
    this.#wire = new Wire({ ...parts, counters: this.#counters }, options.sip, options.peers, {
      received: (result, flow, peer) => {
        if (peer !== itself) this.#outreach.heard(result, flow.remote);
        this.#layer.received(result, flow, peer);
      },
      lost: (what, text) => this.#layer.lost(what, text),
    });
    this.#layer = new SipTransactionLayer({ ...parts, wire: this.#wire, counters: this.#counters, product: options.product });
    this.#layer.arrived = (transaction) => this.#arrived(transaction);
    this.#layer.acknowledged = (ack) => this.#sessions.of(ack)?.acknowledged(ack);
    this.#layer.strayResponse = (response, flow) => this.#stray(response, flow);
    this.#sessionParts = {
      ...parts,
      layer: this.#layer,
      timers: standardTimers,
      product: options.product,
      limits: () => this.#sip,
      localFor: (remote) => this.#wire.localFor(remote),
      followsOn: options.followsOn ?? null,
      released: () => (this.#counters.released += 1),
      opened: (key, session) => this.#sessions.open(key, session),
      closed: (session) => this.#sessions.remove(session),
    };
    this.#notifier = new MessageSummaryNotifier(this.#clientParts(), options.counts);
    this.#watchers = new DialogWatchers(this.#clientParts(), (key, line) => options.phoneChanged?.(key, line));
    this.#probe = new SelfProbe({ ...parts, product: options.product, target: () => this.#wire.probeTarget, admit: (from) => this.#wire.admitProbe(from) });
    this.#outreach = new Outreach(this.#clientParts(), { ...options, times: () => watchTimes(this.#sip) });
  }

  async start(): Promise<void> {
    await this.#wire.open();
    this.#outreach.start();
    this.#watchers.start();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#watchers.stop();
    const hangUps = this.#sessions.all().map((session) => session.leave('the unit is stopping'));
    await this.#atMost(graceMs, Promise.all([this.#notifier.stop(), this.#outreach.stop(), ...hangUps]));
    for (const session of this.#sessions.all()) session.lost('the unit has stopped');
    this.#layer.close();
    this.#wire.close();
  }

  apply(sip: Settings['sip'], peers: readonly PeerSettings[]): void {
    this.#sip = sip;
    this.#peers = peers;
    this.#wire.apply(sip, peers);
    this.#outreach.apply(peers);
  }

  serve(on: boolean, leaving = false): void {
    if (on === this.#serving) return;
    this.#serving = on;
    this.#notifier.serve(on);
    this.#watchers.serve(on);
    this.#outreach.serve(on, leaving);
  }

  aliveMs(): number | null {
    return this.#outreach.aliveMs();
  }

  mainPbx(): MainPbx {
    return this.#outreach.mainPbx();
  }

  hearsPbx(timeoutMs: number, maxAgeMs: number): Promise<boolean> {
    return this.#outreach.hearsPbx(timeoutMs, maxAgeMs);
  }

  share(address: string | null): Promise<void> {
    return this.#wire.share(address);
  }

  async reopen(): Promise<void> {
    if (!this.#stopping) await this.#wire.reopen();
  }

  probeSelf(): Promise<string | null> {
    return this.#probe.ask();
  }

  ownPlace(): { readonly at: Endpoint; readonly transport: 'udp' | 'tcp' } {
    return this.#wire.ownPlace;
  }

  admitOwn(from: Endpoint, transport: 'udp' | 'tcp'): () => void {
    return this.#wire.admitOwn(from, transport);
  }

  place(call: OutgoingCall, handlers: LegHandlers): Leg {
    const session = new OutgoingSession(this.#sessionParts, this.#legId(), call);
    session.handlers = handlers;
    this.#sessions.add(session);
    if (this.#stopping) session.hangUp('the unit is stopping');
    else if (!this.#serving) session.hangUp('the unit is a standby');
    return session;
  }

  watchPhones(phones: readonly WatchedPhone[]): void {
    this.#watchers.watch(phones);
  }

  watchState(key: string): DialogWatchState | 'off' {
    return this.#watchers.state(key);
  }

  adopt(record: LegRecord, handlers: LegHandlers): Leg | null {
    if (this.#stopping || this.#sessions.has(keyOf(recordedDialog(record)))) return null;
    const session = new AdoptedSession(this.#sessionParts, this.#legId(), record);
    session.handlers = handlers;
    this.#sessions.add(session);
    this.#counters.adopted += 1;
    return session;
  }

  lamp(mailbox: string, counts: MessageCounts): void {
    this.#notifier.lamp(mailbox, counts);
    this.#outreach.lamp(mailbox, counts);
  }

  tellLamps(): void {
    this.#outreach.tellLamps();
  }

  legs(): readonly Leg[] {
    return this.#sessions.all();
  }

  peers(): readonly PeerStatus[] {
    return this.#peers.map(({ name }) => ({ name, ...this.#outreach.status(name), ...this.#wire.traffic(name) }));
  }

  counters(): SipCounters {
    return { ...this.#counters, transactions: this.#layer.size, legs: this.#sessions.size, subscriptions: this.#notifier.size };
  }

  #clientParts(): ClientParts {
    const { clock, random, net, log } = this.#parts;
    const { product } = this.#options;
    return { layer: this.#layer, clock, random, net, log, product, localFor: (remote) => this.#wire.localFor(remote), disconnect: (remote) => this.#wire.disconnect(remote) };
  }

  #arrived(transaction: ServerTransaction): void {
    const { request } = transaction;
    const inDialog = tagOf(request.headers.get('To')) !== '';
    const session = inDialog ? this.#sessions.of(request) : undefined;
    if (session !== undefined) return session.received(transaction);
    if (request.method === 'SUBSCRIBE' && inDialog) return this.#notifier.subscribe(transaction);
    if (request.method === 'NOTIFY' && inDialog && this.#watchers.notified(transaction)) return;
    const refusal = refuseRequest(request);
    if (refusal !== null) return this.#respond(transaction, refusal.status, refusal.fields);
    switch (inDialog ? '' : request.method) {
      case 'INVITE':
        return this.#invited(transaction);
      case 'OPTIONS':
        return this.#asked(transaction);
      case 'SUBSCRIBE':
        return this.#notifier.subscribe(transaction);
      default:
        return this.#respond(transaction, 481);
    }
  }

  #invited(transaction: ServerTransaction): void {
    if (this.#stopping) return this.#respond(transaction, 503, retryLater);
    const tooSmall = intervalTooSmall(transaction.request, this.#sip);
    if (tooSmall !== null) return this.#respond(transaction, 422, [tooSmall]);
    const facts = callFacts(transaction.request, transaction.flow, transaction.peer, this.#peers.find(({ name }) => name === transaction.peer)?.queued ?? null);
    const session = new IncomingSession(this.#sessionParts, this.#legId(), transaction, facts);
    this.#sessions.add(session);
    session.handlers = this.#options.incoming(session);
  }

  /** How a PBX asks whether the unit serves (RFC 3261 11). */
  #asked(transaction: ServerTransaction): void {
    const serves = this.#options.available() && this.#serving && !this.#stopping;
    this.#respond(transaction, serves ? 200 : 503, serves ? [allow, supported, acceptSdp] : this.#serving ? retryLater : retrySoon);
  }

  #respond(transaction: ServerTransaction, status: number, fields: readonly HeaderField[] = []): void {
    const response = makeResponse(transaction.request, status);
    if (tagOf(response.headers.get('To')) === '') response.headers.set('To', `${response.headers.get('To')};tag=${randomHex(this.#parts.random, 6)}`);
    for (const { name, value } of fields) response.headers.append(name, value);
    response.headers.set('Server', this.#options.product);
    transaction.respond(response);
  }

  #stray(response: SipResponse, flow: Flow): void {
    const session = this.#sessions.asked(response);
    if (session !== undefined) session.repeatedAnswer(response);
    else dismissStray(response, flow, new DialogSender({ layer: this.#layer, net: this.#parts.net }));
  }

  #legId(): string {
    return `c${this.#nextLeg++}`;
  }

  #atMost(ms: number, work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after('sip-stop', ms, resolve);
      const end = (): void => {
        timer.cancel();
        resolve();
      };
      work.then(end, end);
    });
  }
}

const retryLater: readonly HeaderField[] = [{ name: 'Retry-After', value: '10' }];
/** A standby may be the unit that serves a second later. */
const retrySoon: readonly HeaderField[] = [{ name: 'Retry-After', value: '1' }];
