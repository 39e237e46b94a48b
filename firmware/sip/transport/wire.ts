import type { Clock } from '../../../hal/clock.ts';
import type { DatagramNet, Endpoint } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Net } from '../../../hal/net.ts';
import type { StreamNet } from '../../../hal/stream.ts';
import type { PeerSettings, Settings } from '../../config/settings.ts';
import type { Log } from '../../log.ts';
import type { CountersInUse } from '../counters.ts';
import { sipLimits } from '../message.ts';
import type { ParseResult } from '../message.ts';
import { parseMessage } from '../syntax/parse-message.ts';
import type { Flow, TransportName } from '../transaction-layer.ts';
import { LastFlows } from './last-flows.ts';
import { LocalAddresses } from './local-addresses.ts';
import { PeerTable } from './peer-table.ts';
import { TcpTransport } from './tcp-transport.ts';
import { UdpTransport } from './udp-transport.ts';

export interface WireParts {
  readonly clock: Clock;
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly net: Net;
  readonly log: Log;
  readonly counters: CountersInUse;
}

export interface WireHandlers {
  received(result: Exclude<ParseResult, { outcome: 'dropped' }>, flow: Flow, peer: string): void;
  /** A TCP connection is gone, or a datagram was refused: transactions on it fail. */
  lost(what: { readonly connection: number } | { readonly remote: Endpoint }, text: string): void;
}

/** Packets whose local address is still being looked up; more are dropped, UDP repeats them. */
const maxUnplaced = 256;

/**
 * Everything between sockets and parsed messages:
 *
 *   socket -> known peer? -> not too many? -> parse -> our address towards it -> handlers
 *
 * One packet, one try: whatever goes wrong above is caught here, counted, and harms no other packet.
 */
export class Wire {
  readonly peers: PeerTable;
  readonly locals: LocalAddresses;
  readonly #parts: WireParts;
  readonly #handlers: WireHandlers;
  readonly #udp: UdpTransport;
  readonly #tcp: TcpTransport;
  #sip: Settings['sip'];
  #port: number;
  readonly #flows = new LastFlows();
  readonly #traffic = new Map<string, { received: number; sent: number }>();
  #unplaced = 0;
  #shared: string | null = null;
  #probe: Endpoint | null = null;
  readonly #own = new Set<{ readonly from: Endpoint; readonly transport: TransportName }>();
  #shares = false;

  constructor(parts: WireParts, sip: Settings['sip'], peers: readonly PeerSettings[], handlers: WireHandlers) {
    this.#parts = parts;
    this.#handlers = handlers;
    this.#sip = sip;
    this.#port = sip.port;
    this.peers = new PeerTable(parts.clock, peers);
    this.locals = new LocalAddresses(parts.net, fixedAddress(sip));
    this.#udp = new UdpTransport(parts.datagram, {
      received: (bytes, from, shared) => this.#received(bytes, 'udp', from, null, shared),
      failed: (error, to) => (to === null || error.id === 'no-space' ? undefined : handlers.lost({ remote: to }, error.message)),
    });
    this.#tcp = new TcpTransport(parts.stream, parts.clock, sip.maxTcpConnections, {
      admits: (from) => this.#admits(from.address),
      received: (bytes, from, connection, shared) => this.#received(bytes, 'tcp', from, connection, shared),
      lost: (connection, text) => handlers.lost({ connection }, text),
    });
  }

  /** Errors: HalError address-in-use, address-unavailable, permission-denied; the sockets that were opened are closed again. */
  async open(): Promise<void> {
    const { address, port, udp, tcp } = this.#sip;
    try {
      if (udp) this.#port = await this.#udp.open({ address, port });
      if (tcp) this.#port = await this.#tcp.listen({ address, port: port === 0 ? (udp ? this.#port : 0) : port });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The sockets anew, for those that went deaf. TCP connections end with it. Errors: those of `open` and `share`. */
  async reopen(): Promise<void> {
    this.close();
    await this.open();
    if (this.#shared !== null) await this.share(this.#shared);
  }

  /** The unit's own question comes from there (`SelfProbe`) and is let in though it is no peer's; null = none is asked. */
  admitProbe(from: Endpoint | null): void {
    this.#probe = from;
  }

  /** Where the unit can be asked by itself; null = it does not listen on UDP. */
  get probeTarget(): Endpoint | null {
    const { at, transport } = this.ownPlace;
    return transport === 'udp' ? at : null;
  }

  /** Where the unit can be called by itself. */
  get ownPlace(): { readonly at: Endpoint; readonly transport: TransportName } {
    const { address, udp } = this.#sip;
    return { at: { address: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address, port: this.#port }, transport: udp ? 'udp' : 'tcp' };
  }

  /** A call of the unit's own comes from there, and is let in like a peer's until the returned function ends it. By TCP, whose addresses nobody can forge, from any port. */
  admitOwn(from: Endpoint, transport: TransportName): () => void {
    const admitted = { from, transport };
    this.#own.add(admitted);
    return () => void this.#own.delete(admitted);
  }

  /**
   * Answers on this address too, which the unit must hold already; null = no more. Sessions decide whether a Contact names it
   * (`homeOf`) or our own address, so that calls stay where they are when the shared one moves. Errors: HalError address-in-use, address-unavailable, permission-denied.
   */
  async share(address: string | null): Promise<void> {
    this.#shared = address;
    const local = address === null ? null : { address, port: this.#port };
    this.#shares = false;
    if (this.#sip.udp) await this.#udp.share(local);
    if (this.#sip.tcp) await this.#tcp.share(local);
    this.#shares = local !== null;
  }

  apply(sip: Settings['sip'], peers: readonly PeerSettings[]): void {
    this.#sip = { ...sip, address: this.#sip.address, port: this.#sip.port, udp: this.#sip.udp, tcp: this.#sip.tcp };
    this.#tcp.maxConnections = sip.maxTcpConnections;
    for (const name of this.#traffic.keys()) if (!peers.some((peer) => peer.name === name)) this.#traffic.delete(name);
    this.#flows.forget();
    this.locals.fixed = fixedAddress(this.#sip);
    this.peers.replace(peers);
  }

  /** Our address and port as the remote side of a flow should see them. Errors: HalError unreachable. */
  async localFor(remote: string): Promise<Endpoint> {
    return { address: await this.locals.learn(remote), port: this.#port };
  }

  /** The same from memory; null = `localFor` first. */
  localKnown(remote: string): Endpoint | null {
    const address = this.locals.known(remote);
    return address === null ? null : { address, port: this.#port };
  }

  hasTcp(): boolean {
    return this.#sip.tcp;
  }

  /** Messages from and to a peer since start. */
  traffic(peer: string): { received: number; sent: number } {
    const known = this.#traffic.get(peer);
    if (known !== undefined) return known;
    const fresh = { received: 0, sent: 0 };
    this.#traffic.set(peer, fresh);
    return fresh;
  }

  /** Returns the flow with the connection that was used. What belongs to a call of the shared address stays unsaid while the partner has it. */
  send(bytes: Uint8Array, flow: Flow): Flow {
    if (flow.followed === true && !this.#shares) return flow;
    const peer = this.peers.known(flow.remote.address);
    if (peer !== null) this.traffic(peer.name).sent += 1;
    if (flow.transport === 'tcp') return { ...flow, connection: this.#tcp.send(bytes, flow.remote, flow.connection) };
    this.#udp.send(bytes, flow.remote, flow.shared === true);
    return flow;
  }

  disconnect(remote: Endpoint): void {
    this.#tcp.disconnect(remote);
  }

  close(): void {
    this.#udp.close();
    this.#tcp.close();
  }

  #admits(address: string): boolean {
    if (this.#own.size > 0 && this.#isOwn({ address, port: 0 }, 'tcp')) return true; // by TCP from any port
    const verdict = this.peers.judge(address);
    if (typeof verdict === 'string') this.#parts.counters.strangers += 1;
    return typeof verdict !== 'string';
  }

  #received(bytes: Uint8Array, transport: TransportName, from: Endpoint, connection: number | null, shared: boolean): void {
    try {
      if (this.#probe !== null && from.port === this.#probe.port && from.address === this.#probe.address) return this.#probed(bytes, transport, from);
      if (this.#own.size > 0 && this.#isOwn(from, transport)) return this.#called(bytes, transport, from, connection);
      const verdict = this.peers.judge(from.address);
      if (typeof verdict === 'string') return void (this.#parts.counters.strangers += 1);
      this.traffic(verdict.peer.name).received += 1;
      const result = parseMessage(bytes, transport === 'udp' ? sipLimits.udpBytes : sipLimits.streamBytes);
      if (result.outcome !== 'dropped') this.#place(result, { transport, remote: from, connection, shared }, verdict.peer.name);
      else if (result.reason !== 'keep-alive') this.#parts.counters.malformedDropped += 1;
    } catch (error) {
      this.#caught(error);
    }
  }

  /** A question of our own: nothing but OPTIONS comes this way, whoever claims this address. */
  #probed(bytes: Uint8Array, transport: TransportName, from: Endpoint): void {
    const result = parseMessage(bytes, sipLimits.udpBytes);
    if (result.outcome !== 'message' || result.message.kind !== 'request' || result.message.method !== 'OPTIONS') return;
    this.#place(result, { transport, remote: from, connection: null, shared: false }, itself);
  }

  #isOwn(source: Endpoint, transport: TransportName): boolean {
    return [...this.#own].some((own) => own.transport === transport && own.from.address === source.address && (transport === 'tcp' || own.from.port === source.port));
  }

  #called(bytes: Uint8Array, transport: TransportName, remote: Endpoint, connection: number | null): void {
    const result = parseMessage(bytes, transport === 'udp' ? sipLimits.udpBytes : sipLimits.streamBytes);
    if (result.outcome !== 'dropped') this.#place(result, { transport, remote, connection, shared: false }, itself);
  }

  /** Finds our own address towards the sender before anybody has to answer; after the first packet it is known. */
  #place(result: Exclude<ParseResult, { outcome: 'dropped' }>, from: Omit<Flow, 'local'>, peer: string): void {
    const deliver = (local: Endpoint): void => this.#handlers.received(result, this.#flows.of(peer, from, local), peer);
    const known = this.localKnown(from.remote.address);
    if (known !== null) return deliver(known);
    if (this.#unplaced >= maxUnplaced) return;
    this.#unplaced += 1;
    this.localFor(from.remote.address)
      .then(deliver)
      .catch((error) => (error instanceof HalError ? undefined : this.#caught(error)))
      .finally(() => (this.#unplaced -= 1));
  }

  #caught(error: unknown): void {
    this.#parts.counters.caught += 1;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.log.write('error', 'sip-caught', `A packet met a defect in the SIP stack: ${text}`);
  }
}

/** In place of a peer's name, which cannot hold a space: what the unit asks itself. */
export const itself = 'the unit itself';

const wildcards = ['0.0.0.0', '::', ''];

const fixedAddress = (sip: Settings['sip']): string | null => sip.publicAddress ?? (wildcards.includes(sip.address) ? null : sip.address);
