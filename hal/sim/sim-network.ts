import type { Endpoint } from '../datagram.ts';
import { HalError } from '../errors.ts';
import { isLoopback } from './sim-address.ts';
import type { SimClock } from './sim-clock.ts';
import { SimHost } from './sim-host.ts';
import { cleanLink, SimLink, type LinkFaults } from './sim-link.ts';
import { SimNeighbours } from './sim-neighbours.ts';
import type { SimRandom } from './sim-random.ts';

/** What a host says to itself. */
const loopback: LinkFaults = { ...cleanLink, delayMs: 0.05 };

/** A datagram at the moment it is put on the wire. */
export interface SimDatagram {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Only valid during the call. */
  readonly bytes: Uint8Array;
  /** 1 for the first from this host to that host, and so on. */
  readonly count: number;
}

/**
 * Hosts joined by one switch, on virtual time. Whatever is sent arrives after the link's delay, never inside the call that sent it.
 *
 *   host a -- link a>b (faults) --> host b
 *          <-- link b>a (faults) --
 *
 * A host's traffic with itself has no faults.
 */
export class SimNetwork {
  readonly clock: SimClock;
  readonly random: SimRandom;
  /** Sees each datagram between two hosts and decides about it; set by tests. */
  intercept: ((datagram: SimDatagram) => 'pass' | 'drop') | null = null;
  /** @internal Hear each datagram as its sender puts it on the wire and as its receiver takes it off. */
  readonly taps = new Set<(at: SimHost, from: Endpoint, to: Endpoint, bytes: Uint8Array) => void>();
  /** The name server does not answer: `resolve` of a name is timed-out. */
  resolverDown = false;
  readonly names = new Map<string, string[]>();
  /** @internal */
  readonly neighbours = new SimNeighbours((from, to) => this.passes(from, to));
  readonly #hosts = new Map<string, SimHost>();
  readonly #links = new Map<string, SimLink>();
  #everywhere: LinkFaults = cleanLink;

  constructor(clock: SimClock, random: SimRandom) {
    this.clock = clock;
    this.random = random;
  }

  /** The host that was made with this address, plugged in on first mention; `others` are further addresses of it. Throws address-in-use for one that a host has added since. */
  host(address: string, ...others: string[]): SimHost {
    const known = this.#hosts.get(address);
    if (known !== undefined) return known;
    const [holder] = this.neighbours.holders(address);
    if (holder !== undefined) throw new HalError('address-in-use', address, `it moves, and is at ${holder.name} now: name the host by an address of its own`);
    const host = new SimHost(this, [address, ...others]);
    for (const one of host.addresses) {
      this.#hosts.set(one, host);
      this.neighbours.hold(one, host);
    }
    return host;
  }

  /** Changes what happens on the way from one host to another; what is not mentioned stays. */
  fault(from: string, to: string, faults: Partial<LinkFaults>): void {
    const link = this.link(this.host(from), this.host(to));
    link.faults = { ...link.faults, ...faults };
  }

  faultBoth(one: string, other: string, faults: Partial<LinkFaults>): void {
    this.fault(one, other, faults);
    this.fault(other, one, faults);
  }

  /** Changes all links, present and to come. */
  faultAll(faults: Partial<LinkFaults>): void {
    this.#everywhere = { ...this.#everywhere, ...faults };
    for (const [key, link] of this.#links) {
      const [from, to] = key.split('>');
      if (from !== to) link.faults = { ...link.faults, ...faults };
    }
  }

  partition(one: string, other: string): void {
    this.faultBoth(one, other, { cut: true });
  }

  heal(one: string, other: string): void {
    this.faultBoth(one, other, { cut: false });
  }

  /** Breaks every TCP connection between the two, as a firewall that forgot its state: both ends see connection-lost. */
  resetStreams(one: string, other: string): void {
    const far = this.host(other);
    for (const connection of this.host(one).connections) {
      if (this.find(this.host(one), connection.remote.address) === far) connection.reset();
    }
  }

  /** @internal The host that a packet from `near` to `address` goes to; whether it still has the address shows on arrival. */
  find(near: SimHost, address: string): SimHost | null {
    return isLoopback(address) || near.owns(address) ? near : this.neighbours.find(near, address);
  }

  /** @internal */
  link(from: SimHost, to: SimHost): SimLink {
    const key = `${from.name}>${to.name}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = new SimLink(from === to ? loopback : this.#everywhere, this.random);
      this.#links.set(key, link);
    }
    return link;
  }

  /** @internal Whether bytes pass at this moment. */
  passes(from: SimHost, to: SimHost): boolean {
    return from === to || (from.plugged && to.plugged && !this.link(from, to).faults.cut);
  }

  /** @internal Whom its announcement reaches sends to this host from now on. */
  announce(holder: SimHost, address: string): void {
    this.neighbours.prefer(address, holder);
    for (const other of new Set(this.#hosts.values())) {
      if (other !== holder) this.signal(`announcement of ${address}`, holder, other, () => this.neighbours.learn(other, address, holder));
    }
  }

  /** @internal What is no datagram: `arrived` runs when it comes out of the link, if it does. */
  signal(what: string, from: SimHost, to: SimHost, arrived: () => void): void {
    const nowMs = this.clock.monotonic();
    const [atMs] = this.passes(from, to) ? this.link(from, to).arrivals(nowMs) : [];
    if (atMs !== undefined) this.clock.after(`wire ${what}`, atMs - nowMs, arrived);
  }

  /** @internal Puts a datagram on the wire. `refused` is called later, if at all: when nobody listens only connected sockets learn it, unless the link says otherwise. */
  carry(sender: SimHost, from: Endpoint, to: Endpoint, bytes: Uint8Array, refused: (error: HalError) => void, connected: boolean): void {
    const host = this.find(sender, to.address);
    const link = this.link(sender, host ?? sender);
    const fault = refusal(sender, host, to, bytes, link);
    if (fault !== null) return void this.clock.after('wire refusal', 0, () => refused(fault));
    if (host !== sender) this.tap(sender, from, to, bytes);
    if (host === null || (host !== sender && !host.plugged)) return;
    link.count++;
    if (host !== sender && this.intercept?.({ from, to, bytes, count: link.count }) === 'drop') return;
    const unheard = connected || link.faults.refusals ? refused : null;
    for (const atMs of link.arrivals(this.clock.monotonic())) this.#arrive(sender, host, from, to, new Uint8Array(bytes), atMs, unheard);
  }

  /** @internal */
  tap(at: SimHost, from: Endpoint, to: Endpoint, bytes: Uint8Array): void {
    for (const tap of this.taps) tap(at, from, to, bytes);
  }

  #arrive(sender: SimHost, host: SimHost, from: Endpoint, to: Endpoint, bytes: Uint8Array, atMs: number, unheard: ((error: HalError) => void) | null): void {
    this.clock.after(`wire udp ${from.address}:${from.port}>${to.address}:${to.port}`, atMs - this.clock.monotonic(), () => {
      if (host.owns(to.address)) this.tap(host, from, to, bytes);
      else return; // the sender believes in a holder that has given it up
      if (host.deliver(to, bytes, from) || unheard === null || !this.passes(host, sender)) return;
      unheard(new HalError('connection-refused', `${to.address}:${to.port}`, 'nobody listens there'));
    });
  }
}

function refusal(sender: SimHost, host: SimHost | null, to: Endpoint, bytes: Uint8Array, link: SimLink): HalError | null {
  const place = `${to.address}:${to.port}`;
  if (bytes.length > link.faults.maxDatagramBytes) return new HalError('too-large', place, `${bytes.length} bytes in one datagram`);
  if (!sender.plugged && host !== sender) return new HalError('unreachable', place, 'the host is unplugged');
  return null;
}
