import type { DatagramBatch, DatagramNet, Endpoint } from '../datagram.ts';
import { HalError, type HalErrorId } from '../errors.ts';
import type { Net } from '../net.ts';
import type { StreamNet } from '../stream.ts';
import { SimAddressHolder } from './sim-address-holder.ts';
import { isIpv6, isLoopback, isWildcard } from './sim-address.ts';
import { SimAddresses } from './sim-addresses.ts';
import { SimBatch } from './sim-batch.ts';
import { SimDatagramNet } from './sim-datagram.ts';
import { SimInterface } from './sim-interface.ts';
import type { SimNetwork } from './sim-network.ts';
import { SimPorts } from './sim-ports.ts';
import { SimReachability } from './sim-reachability.ts';
import { SimResolver } from './sim-resolver.ts';
import type { SimStreamConnection } from './sim-stream-connection.ts';
import { SimStreamNet, type SimAccept } from './sim-stream.ts';

/** Takes one datagram; `bytes` are spoilt afterwards, so that whoever keeps them is found out. */
export type SimReceive = (bytes: Uint8Array, from: Endpoint) => void;

/** One machine on the simulated network, with the ports of `hal/` as that machine sees them. */
export class SimHost {
  /** The address it was made with: what the test calls it. */
  readonly name: string;
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly net: Net;
  readonly addressHolder: SimAddressHolder;
  readonly reachability: SimReachability;
  /** The next binds and listens fail with this; null = they work. */
  bindFails: HalErrorId | null = null;
  /** Its batches can bind ahead of an address, as the epoll driver does and the dgram driver does not. */
  bindsAhead = true;
  /** @internal */
  readonly interface: SimInterface;
  /** @internal */
  readonly connections = new Set<SimStreamConnection>();
  /** @internal */
  readonly listeners: SimPorts<SimAccept>;
  readonly #network: SimNetwork;
  readonly #receivers: SimPorts<SimReceive>;
  readonly #addresses: SimAddresses;
  readonly #deaf = new Map<number, 'until reopened' | 'for good'>();

  constructor(network: SimNetwork, addresses: readonly [string, ...string[]]) {
    this.#network = network;
    this.name = addresses[0];
    this.interface = new SimInterface('eth0', network.clock);
    this.#addresses = new SimAddresses(addresses, this.interface.name);
    const owns = (address: string): boolean => this.owns(address);
    this.#receivers = new SimPorts(owns);
    this.listeners = new SimPorts(owns);
    this.datagram = new SimDatagramNet(this);
    this.stream = new SimStreamNet(network, this);
    this.net = new SimResolver(network, this);
    this.addressHolder = new SimAddressHolder(network, this);
    this.reachability = new SimReachability(network, this);
  }

  /** As they are now; the one it was made with first. */
  get addresses(): readonly string[] {
    return this.#addresses.list();
  }

  batch(): DatagramBatch {
    return new SimBatch(this);
  }

  get plugged(): boolean {
    return this.interface.carrier;
  }

  /** Pulls the cable: nothing comes or goes, sockets stay. */
  unplug(): void {
    this.interface.setPlugged(false);
  }

  plug(): void {
    this.interface.setPlugged(true);
  }

  /** The UDP sockets on a port hear nothing from now on: until one is opened there anew, or never again. They can still send. */
  deafen(port: number, how: 'until reopened' | 'for good' = 'until reopened'): void {
    this.#deaf.set(port, how);
  }

  /** The sockets on a deaf port hear again. */
  hear(port: number): void {
    this.#deaf.delete(port);
  }

  /** The network card is gone, as when a USB adapter falls out; it keeps its addresses for when it comes back. */
  takeInterfaceAway(): void {
    this.interface.setPresent(false);
  }

  bringInterfaceBack(): void {
    this.interface.setPresent(true);
  }

  /**
   * The machine stops between two instructions and starts again: its sockets and the addresses added since it booted are gone and
   * nobody is told; the other ends find out when they send. Unplug it too for one that stays down.
   */
  crash(): void {
    this.#receivers.clear();
    this.listeners.clear();
    for (const connection of this.connections) connection.vanish();
    const before = this.addresses;
    this.#addresses.reset();
    for (const address of before) if (!this.owns(address)) this.#network.neighbours.release(address, this);
    for (const address of this.addresses) this.#network.neighbours.hold(address, this);
  }

  /** @internal Loopback addresses are everybody's. */
  owns(address: string): boolean {
    return this.#addresses.owns(address);
  }

  /** @internal */
  has(interfaceName: string, address: string): boolean {
    return this.#addresses.has(interfaceName, address);
  }

  /** @internal */
  gain(interfaceName: string, address: string): void {
    this.#addresses.add(interfaceName, address);
    if (!isLoopback(address)) this.#network.neighbours.hold(address, this);
  }

  /** @internal */
  lose(interfaceName: string, address: string): void {
    this.#addresses.remove(interfaceName, address);
    if (!this.owns(address)) this.#network.neighbours.release(address, this);
  }

  /** @internal Throws address-in-use, address-unavailable. */
  claimDatagram(local: Endpoint, receive: SimReceive, peer: Endpoint | null = null, ahead = false): Endpoint {
    this.refuseIfToldTo(local);
    if (this.#deaf.get(local.port) === 'until reopened') this.#deaf.delete(local.port);
    return this.#receivers.claim(local, receive, peer, ahead);
  }

  /** @internal */
  releaseDatagram(local: Endpoint, peer: Endpoint | null = null): void {
    this.#receivers.release(local, peer);
  }

  /** @internal */
  send(local: Endpoint, to: Endpoint, bytes: Uint8Array, refused: (error: HalError) => void, connected = false): void {
    const from = { address: this.sourceFor(local.address, to.address), port: local.port };
    if (!isWildcard(from.address) && !this.owns(from.address)) return; // the address it was bound to has left this machine
    this.#network.carry(this, from, to, bytes, refused, connected);
  }

  /** @internal False when nobody listens there. */
  deliver(to: Endpoint, bytes: Uint8Array, from: Endpoint): boolean {
    const receive = this.#receivers.find(to, from);
    if (receive === null) return false;
    if (this.#deaf.has(to.port)) return true;
    receive(bytes, from);
    bytes.fill(0xdd);
    return true;
  }

  /** @internal The address that a packet to `remote` carries when its socket is bound to `local`. */
  sourceFor(local: string, remote: string): string {
    if (!isWildcard(local)) return local;
    if (isLoopback(remote)) return isIpv6(remote) ? '::1' : '127.0.0.1';
    return this.#addresses.firstLike(remote) ?? local;
  }

  /** @internal */
  refuseIfToldTo(local: Endpoint): void {
    if (this.bindFails !== null) throw new HalError(this.bindFails, `${local.address}:${local.port}`, 'as the test asked');
  }
}
