import type { Clock } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import type { Random } from '../../../hal/random.ts';
import type { CountersInUse } from '../counters.ts';
import type { ParseResult, SipRequest, SipResponse } from '../message.ts';
import { makeResponse, serialise } from '../syntax/build-message.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import { branchCookie, formatVia } from '../syntax/via.ts';
import type { ClientHandlers, ClientTransaction, Flow, Hop, ServerTransaction, TransactionLayer } from '../transaction-layer.ts';
import type { Wire } from '../transport/wire.ts';
import { ClientRun } from './client-run.ts';
import { LingerQueue } from './linger-queue.ts';
import type { Timers } from './machine.ts';
import { standardTimers } from './machine.ts';
import { PendingClient } from './pending-client.ts';
import { markSource, responseFlow } from './response-route.ts';
import type { ServerAnswersParts } from './server-answers.ts';
import { ServerAnswers } from './server-answers.ts';
import { ServerRun } from './server-run.ts';
import type { RunParts } from './transaction-run.ts';
import { clientKey, mergeKey, serverKey, topVia } from './transaction-key.ts';

/** Transactions at one time; a busy unit of 250 ports has a tenth of it. Requests beyond it get 503. */
const maxTransactions = 20_000;
/** Above this a request goes by TCP where the peer may have it (RFC 3261 18.1.1). */
const largestUdpRequest = 1300;
/** Room for the Via that is still to be written. */
const viaBytes = 120;
const overloadRetrySec = '5';

export interface LayerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly wire: Wire;
  readonly counters: CountersInUse;
  /** Value of the Server header of answers that the layer gives itself. */
  readonly product: string;
  readonly timers?: Timers;
}

/** RFC 3261 section 17 on top of the wire: matching, retransmission, and the answers that need no user. */
export class SipTransactionLayer implements TransactionLayer {
  arrived: ((transaction: ServerTransaction) => void) | null = null;
  acknowledged: ((ack: SipRequest, flow: Flow) => void) | null = null;
  strayResponse: ((response: SipResponse, flow: Flow) => void) | null = null;
  readonly #parts: LayerParts;
  readonly #runParts: RunParts;
  readonly #answersParts: ServerAnswersParts;
  readonly #servers = new Map<string, ServerAnswers>();
  readonly #clients = new Map<string, ClientRun>();
  readonly #merges = new Map<string, string>();
  #closed = false;

  constructor(parts: LayerParts) {
    this.#parts = parts;
    this.#runParts = { clock: parts.clock, timers: parts.timers ?? standardTimers, lingerers: new LingerQueue(parts.clock) };
    this.#answersParts = {
      ...this.#runParts,
      send: (bytes, to, again) => void this.#send(bytes, to, again),
      terminated: (answers) => this.#forgetServer(answers),
    };
  }

  /** From the wire: one parsed or refused message. */
  received(result: Exclude<ParseResult, { outcome: 'dropped' }>, flow: Flow, peer: string): void {
    if (result.outcome === 'refused') return this.#refuse(result.request, result.status, result.reason, flow);
    if (result.message.kind === 'response') return this.#response(result.message, flow);
    this.#request(result.message, flow, peer);
  }

  /** From the wire: a connection or a destination is gone. */
  lost(what: { readonly connection: number } | { readonly remote: Endpoint }, text: string): void {
    const hit = (flow: Flow): boolean => ('connection' in what ? flow.connection === what.connection : flow.transport === 'udp' && sameEndpoint(flow.remote, what.remote));
    for (const client of [...this.#clients.values()]) if (hit(client.flow)) client.lost(text);
  }

  request(request: SipRequest, to: Hop, handlers: ClientHandlers): ClientTransaction {
    return new PendingClient(this.#parts.clock, this.#parts.wire, request, to, handlers, (flow, use) => this.#start(request, flow, handlers, use));
  }

  sendDirect(request: SipRequest, flow: Flow): void {
    request.headers.prepend('Via', this.#via(flow, this.#branch()));
    this.#parts.wire.send(serialise(request), flow);
  }

  /** Ends every transaction at once; what is still looking for its way finds nobody. */
  close(): void {
    this.#closed = true;
    for (const run of [...this.#servers.values(), ...this.#clients.values()]) run.end();
  }

  get size(): number {
    return this.#servers.size + this.#clients.size;
  }

  #start(request: SipRequest, asked: Flow, handlers: ClientHandlers, use: (run: ClientRun) => void): void {
    if (this.#closed) return;
    const byTcp = asked.transport === 'udp' && this.#parts.wire.hasTcp() && serialise(request).length + viaBytes > largestUdpRequest;
    if (!byTcp) return this.#begin(request, asked, handlers, use);
    this.#begin(request, { ...asked, transport: 'tcp' }, this.#udpAfterTcp(request, asked, handlers, use), use);
  }

  #begin(request: SipRequest, flow: Flow, handlers: ClientHandlers, use: (run: ClientRun) => void): void {
    const branch = this.#branch();
    request.headers.prepend('Via', this.#via(flow, branch));
    const client = this.#addClient(request, flow, `${branch}|${request.method}`, handlers);
    client.start();
    use(client);
  }

  /** A large request that found no TCP listener goes by UDP after all (18.1.1). */
  #udpAfterTcp(request: SipRequest, asked: Flow, handlers: ClientHandlers, use: (run: ClientRun) => void): ClientHandlers {
    return {
      response: (response) => handlers.response(response),
      failed: (why, text) => {
        if (why !== 'transport') return handlers.failed(why, text);
        request.headers.removeFirst('Via');
        this.#begin(request, asked, handlers, use);
      },
    };
  }

  #addClient(request: SipRequest, flow: Flow, key: string, handlers: ClientHandlers): ClientRun {
    const client = new ClientRun(
      {
        ...this.#runParts,
        send: (bytes, to, again) => this.#send(bytes, to, again),
        terminated: () => this.#forget(this.#clients, key),
        sendCancel: (cancel, to) => this.#cancel(cancel, to),
      },
      request,
      flow,
      handlers,
    );
    this.#clients.set(key, client);
    this.#parts.counters.transactions = this.size;
    return client;
  }

  #cancel(cancel: SipRequest, flow: Flow): void {
    const branch = topVia(cancel)?.params.get('branch') ?? '';
    this.#addClient(cancel, flow, `${branch}|CANCEL`, { response() {}, failed() {} }).start();
  }

  #response(response: SipResponse, flow: Flow): void {
    const client = this.#clients.get(clientKey(response) ?? '');
    if (client !== undefined) return client.received(response);
    const invite = parseCSeq(response.headers.get('CSeq') ?? '')?.method === 'INVITE';
    if (invite && response.status >= 200 && response.status < 300 && isOurs(response, flow)) this.strayResponse?.(response, flow);
  }

  #request(request: SipRequest, flow: Flow, peer: string): void {
    const via = topVia(request);
    if (via === null) return;
    const key = serverKey(request, via);
    const marked = markSource(request, via, flow);
    const replies = responseFlow(marked, flow, (address) => this.#parts.wire.peers.find(address) !== null);
    if (request.method === 'ACK') return this.#acknowledge(request, key, flow);
    if (request.method === 'CANCEL') return this.#cancelled(request, key, replies);
    const known = this.#servers.get(key);
    if (known !== undefined) {
      this.#parts.counters.retransmissionsReceived += 1;
      return known.again();
    }
    if (this.size >= maxTransactions) return this.#overload(request, replies);
    const merge = mergeKey(request);
    const transaction = new ServerRun(this.#parts.clock, this.#addServer(request, key, merge, replies), request, flow, peer);
    if (this.#merged(merge, key)) return transaction.respond(this.#answer(request, 482));
    this.arrived?.(transaction);
  }

  #addServer(request: SipRequest, key: string, merge: string | null, replies: Flow): ServerAnswers {
    const answers = new ServerAnswers(this.#answersParts, { key, merge, invite: request.method === 'INVITE', replies });
    this.#servers.set(key, answers);
    this.#parts.counters.transactions = this.size;
    return answers;
  }

  #forgetServer({ key, merge }: ServerAnswers): void {
    if (merge !== null && this.#merges.get(merge) === key) this.#merges.delete(merge);
    this.#forget(this.#servers, key);
  }

  /** Whether the same request is being served already under another branch (8.2.2.2); remembers it if not. */
  #merged(merge: string | null, key: string): boolean {
    if (merge === null) return false;
    if (this.#merges.has(merge)) return true;
    this.#merges.set(merge, key);
    return false;
  }

  #acknowledge(ack: SipRequest, key: string, flow: Flow): void {
    if (this.#servers.get(key)?.acknowledged() === true) return;
    this.acknowledged?.(ack, flow);
  }

  /** CANCEL is answered at once, and alike each time it comes, then reaches its INVITE (9.2). */
  #cancelled(cancel: SipRequest, inviteKey: string, replies: Flow): void {
    const invite = this.#servers.get(inviteKey);
    this.#parts.wire.send(serialise(invite === undefined ? this.#answer(cancel, 481) : this.#answer(cancel, 200, undefined, invite.localTag)), replies);
    invite?.cancel();
  }

  #refuse(request: SipRequest, status: number, reason: string, flow: Flow): void {
    this.#parts.counters.malformedAnswered += 1;
    const via = topVia(request);
    const replies = via === null ? flow : responseFlow(markSource(request, via, flow), flow, () => false);
    this.#parts.wire.send(serialise(this.#answer(request, status, reason)), replies);
  }

  #overload(request: SipRequest, replies: Flow): void {
    const response = this.#answer(request, 503);
    response.headers.set('Retry-After', overloadRetrySec);
    this.#parts.wire.send(serialise(response), replies);
  }

  /** An answer without a user has a tag of its own, made from the request, so that repeats carry the same one (8.2.7). */
  #answer(request: SipRequest, status: number, reason?: string, tag = ''): SipResponse {
    const response = makeResponse(request, status, reason);
    const to = response.headers.get('To');
    if (to !== undefined && !/;\s*tag\s*=/i.test(to)) response.headers.set('To', `${to};tag=${tag === '' ? statelessTag(request) : tag}`);
    response.headers.set('Server', this.#parts.product);
    return response;
  }

  #send(bytes: Uint8Array, flow: Flow, retransmission: boolean): Flow {
    if (retransmission) this.#parts.counters.retransmissionsSent += 1;
    return this.#parts.wire.send(bytes, flow);
  }

  #forget(runs: Map<string, unknown>, key: string): void {
    runs.delete(key);
    this.#parts.counters.transactions = this.size;
  }

  #via(flow: Flow, branch: string): string {
    return formatVia({ transport: flow.transport.toUpperCase(), host: flow.local.address, port: flow.local.port, params: new Map([['branch', branch], ['rport', '']]) });
  }

  #branch(): string {
    return branchCookie + Buffer.from(this.#parts.random.bytes(12)).toString('hex');
  }
}

/** Whether the response came to who asked for it: its only Via is ours (18.1.2), or of whoever held the shared address then. */
function isOurs(response: SipResponse, flow: Flow): boolean {
  const via = topVia(response);
  return via !== null && response.headers.list('Via').length === 1 && (via.host === flow.local.address || flow.shared === true) && via.port === flow.local.port;
}

const sameEndpoint = (one: Endpoint, other: Endpoint): boolean => one.port === other.port && one.address === other.address;

/** FNV-1a over what identifies the request. */
function statelessTag(request: SipRequest): string {
  let hash = 0x811c9dc5;
  for (const name of ['Call-ID', 'From', 'CSeq', 'Via']) {
    for (const char of request.headers.get(name) ?? '') hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
