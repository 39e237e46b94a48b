import type { Endpoint } from '../datagram.ts';
import { HalError, type HalErrorId } from '../errors.ts';
import type { Timer } from '../clock.ts';
import type { StreamConnection } from '../stream.ts';
import type { SimHost } from './sim-host.ts';
import { retransmitMs } from './sim-link.ts';
import type { SimNetwork } from './sim-network.ts';

/** Bytes that may be on their way; the Linux driver's limit. */
const writeLimitBytes = 256 * 1024;
/** How long bytes are sent again before the connection is given up. */
const giveUpMs = 30_000;
const closeLimitMs = 1000;

interface Chunk {
  /** null = the sender has closed (FIN). */
  readonly bytes: Uint8Array | null;
  dueMs: number;
  readonly sentMs: number;
}

/** One end of a simulated TCP connection. What it writes waits in its own queue until the link lets it pass. */
export class SimStreamConnection implements StreamConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  received: StreamConnection['received'] = null;
  closed: StreamConnection['closed'] = null;
  readonly #network: SimNetwork;
  readonly #host: SimHost;
  #peer: SimStreamConnection | null = null;
  #state: 'open' | 'closing' | 'ended' = 'open';
  #queue: Chunk[] = [];
  #queuedBytes = 0;
  #pump: Timer | null = null;
  #closing: Timer | null = null;

  constructor(network: SimNetwork, host: SimHost, local: Endpoint, remote: Endpoint) {
    this.#network = network;
    this.#host = host;
    this.local = local;
    this.remote = remote;
    host.connections.add(this);
  }

  /** Joins two fresh ends. */
  static join(one: SimStreamConnection, other: SimStreamConnection): void {
    one.#peer = other;
    other.#peer = one;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== 'open' || this.#queuedBytes + bytes.length > writeLimitBytes) return false;
    if (bytes.length > 0) this.#enqueue(new Uint8Array(bytes));
    return true;
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#enqueue(null);
    this.#closing = this.#network.clock.after('wire tcp close', closeLimitMs, () => this.#end(null));
  }

  /** Both ends lose the connection at once. */
  reset(): void {
    for (const end of [this, this.#peer]) if (end !== null) end.#lose('connection-lost', 'connection reset');
  }

  /** This end's host is gone: nothing is called here, and the other end learns of it only when it sends. */
  vanish(): void {
    this.closed = null;
    this.received = null;
    this.#end(null);
  }

  #enqueue(bytes: Uint8Array | null): void {
    const nowMs = this.#network.clock.monotonic();
    const lastMs = this.#queue.at(-1)?.dueMs ?? 0;
    this.#queue.push({ bytes, dueMs: Math.max(lastMs, this.#link().streamArrival(nowMs)), sentMs: nowMs });
    this.#queuedBytes += bytes?.length ?? 0;
    this.#schedule();
  }

  #schedule(): void {
    const head = this.#queue[0];
    if (head === undefined || this.#pump !== null) return;
    const waitMs = Math.max(0, head.dueMs - this.#network.clock.monotonic());
    this.#pump = this.#network.clock.after(`wire tcp ${this.local.address}:${this.local.port}>${this.remote.address}:${this.remote.port}`, waitMs, () => {
      this.#pump = null;
      this.#deliver();
      this.#schedule();
    });
  }

  #deliver(): void {
    const nowMs = this.#network.clock.monotonic();
    if (this.#isElsewhere()) return this.#lose('connection-lost', 'another machine has the address now and knows nothing of this connection');
    if (!this.#passes()) return this.#retransmit(nowMs);
    const arrived = this.#queue.filter((chunk) => chunk.dueMs <= nowMs);
    this.#queue.splice(0, arrived.length);
    const bytes = joined(arrived);
    this.#queuedBytes -= bytes.length;
    this.#arrive(bytes, arrived.some((chunk) => chunk.bytes === null));
  }

  #arrive(bytes: Uint8Array, last: boolean): void {
    const peer = this.#peer;
    if (peer === null || peer.#state === 'ended') {
      if (this.#state === 'closing') this.#end(null);
      else this.#lose('connection-lost', 'the other end is gone');
      return;
    }
    peer.#take(bytes, this.#link().faults.segmentBytes);
    if (!last) return;
    peer.#end(null);
    this.#end(null);
  }

  #take(bytes: Uint8Array, segmentBytes: number): void {
    for (let at = 0; at < bytes.length && this.#state === 'open'; at += segmentBytes) {
      const segment = bytes.slice(at, at + segmentBytes);
      this.received?.(segment);
      segment.fill(0xdd);
    }
  }

  #retransmit(nowMs: number): void {
    const head = this.#queue[0];
    if (head === undefined) return;
    if (nowMs - head.sentMs >= giveUpMs) return this.#lose('timed-out', 'no acknowledgement');
    for (const chunk of this.#queue) chunk.dueMs = Math.max(chunk.dueMs, nowMs + retransmitMs);
  }

  #lose(id: HalErrorId, detail: string): void {
    this.#end(new HalError(id, `${this.remote.address}:${this.remote.port}`, detail));
  }

  #end(error: HalError | null): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#queue = [];
    this.#pump?.cancel();
    this.#closing?.cancel();
    this.#host.connections.delete(this);
    const told = this.closed;
    this.#network.clock.after('wire tcp closed', 0, () => told?.(error));
  }

  #link(): ReturnType<SimNetwork['link']> {
    return this.#network.link(this.#host, this.#farHost());
  }

  #passes(): boolean {
    return this.#network.passes(this.#host, this.#farHost()) && this.#farHost().owns(this.remote.address) && this.#host.owns(this.local.address);
  }

  /** Whether what is sent goes to a machine that took the address over from the far end: it answers with a reset (RFC 9293 section 3.5.2). */
  #isElsewhere(): boolean {
    const now = this.#network.find(this.#host, this.remote.address);
    return now !== null && now !== this.#farHost() && now.owns(this.remote.address) && this.#network.passes(this.#host, now) && this.#network.passes(now, this.#host);
  }

  #farHost(): SimHost {
    return this.#peer === null ? this.#host : this.#peer.#host;
  }
}

function joined(chunks: readonly Chunk[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + (chunk.bytes?.length ?? 0), 0));
  let at = 0;
  for (const { bytes } of chunks) {
    if (bytes === null) continue;
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}
