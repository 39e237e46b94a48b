import type { DatagramBatch, DatagramNet, Endpoint } from '../datagram.ts';
import { HalError, type HalErrorId } from '../errors.ts';
import type { Net } from '../net.ts';
import type { StreamNet } from '../stream.ts';
import { isIpv6, isLoopback, isWildcard } from './sim-address.ts';
import { SimBatch } from './sim-batch.ts';
import { SimDatagramNet } from './sim-datagram.ts';
import type { SimNetwork } from './sim-network.ts';
import { SimPorts } from './sim-ports.ts';
import { SimResolver } from './sim-resolver.ts';
import type { SimStreamConnection } from './sim-stream-connection.ts';
import { SimStreamNet, type SimAccept } from './sim-stream.ts';

/** Takes one datagram; `bytes` are spoilt afterwards, so that whoever keeps them is found out. */
export type SimReceive = (bytes: Uint8Array, from: Endpoint) => void;

/** One machine on the simulated network, with the ports of `hal/` as that machine sees them. */
export class SimHost {
  readonly addresses: readonly string[];
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly net: Net;
  /** The next binds and listens fail with this; null = they work. */
  bindFails: HalErrorId | null = null;
  /** @internal */
  readonly connections = new Set<SimStreamConnection>();
  /** @internal */
  readonly listeners: SimPorts<SimAccept>;
  readonly #network: SimNetwork;
  readonly #receivers: SimPorts<SimReceive>;
  #plugged = true;

  constructor(network: SimNetwork, addresses: string[]) {
    this.#network = network;
    this.addresses = addresses;
    const owns = (address: string): boolean => isLoopback(address) || addresses.includes(address);
    this.#receivers = new SimPorts(owns);
    this.listeners = new SimPorts(owns);
    this.datagram = new SimDatagramNet(this);
    this.stream = new SimStreamNet(network, this);
    this.net = new SimResolver(network, this);
  }

  batch(): DatagramBatch {
    return new SimBatch(this);
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Pulls the cable: nothing comes or goes, sockets stay. */
  unplug(): void {
    this.#plugged = false;
  }

  plug(): void {
    this.#plugged = true;
  }

  /** The machine stops between two instructions: its sockets are gone and nobody is told; the other ends find out when they send. */
  crash(): void {
    this.#receivers.clear();
    this.listeners.clear();
    for (const connection of this.connections) connection.vanish();
  }

  /** @internal Throws address-in-use, address-unavailable. */
  claimDatagram(local: Endpoint, receive: SimReceive): Endpoint {
    this.refuseIfToldTo(local);
    return this.#receivers.claim(local, receive);
  }

  /** @internal */
  releaseDatagram(local: Endpoint): void {
    this.#receivers.release(local);
  }

  /** @internal */
  send(local: Endpoint, to: Endpoint, bytes: Uint8Array, refused: (error: HalError) => void): void {
    const from = { address: this.sourceFor(local.address, to.address), port: local.port };
    this.#network.carry(this, from, to, bytes, refused);
  }

  /** @internal False when nobody listens there. */
  deliver(to: Endpoint, bytes: Uint8Array, from: Endpoint): boolean {
    const receive = this.#receivers.find(to);
    if (receive === null) return false;
    receive(bytes, from);
    bytes.fill(0xdd);
    return true;
  }

  /** @internal The address that a packet to `remote` carries when its socket is bound to `local`. */
  sourceFor(local: string, remote: string): string {
    if (!isWildcard(local)) return local;
    if (isLoopback(remote)) return isIpv6(remote) ? '::1' : '127.0.0.1';
    return this.addresses.find((address) => isIpv6(address) === isIpv6(remote)) ?? local;
  }

  /** @internal */
  refuseIfToldTo(local: Endpoint): void {
    if (this.bindFails !== null) throw new HalError(this.bindFails, `${local.address}:${local.port}`, 'as the test asked');
  }
}
