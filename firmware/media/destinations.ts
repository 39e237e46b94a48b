/** Where a port's RTP and RTCP go: first what SDP announced, then where the peer's packets come from (comedia). */
import type { DatagramBatch, Endpoint } from '../../hal/datagram.ts';
import type { MediaSettings } from './media-protocol.ts';

/** Slot numbers of a port's sockets in the datagram batch. */
export function rtpSlot(port: number): number {
  return 2 * port;
}

export function rtcpSlot(port: number): number {
  return 2 * port + 1;
}

export class Destinations {
  readonly #batch: DatagramBatch;
  readonly #port: number;
  #announced: Endpoint | null = null;
  #rtcp: Endpoint | null = null;
  #known = false;

  constructor(batch: DatagramBatch, port: number) {
    this.#batch = batch;
    this.#port = port;
  }

  /** RTP has somewhere to go. */
  get known(): boolean {
    return this.#known;
  }

  get announcedAddress(): string {
    return this.#announced?.address ?? '';
  }

  /** Nothing leaves any more. */
  clear(): void {
    this.#announced = null;
    this.#rtcp = null;
    this.#known = false;
    this.#batch.direct(rtpSlot(this.#port), null);
    this.#batch.direct(rtcpSlot(this.#port), null);
  }

  /** What SDP says. When it says the same as before, the address learnt behind a NAT stays in use. */
  announce({ remote, remoteRtcp }: Pick<MediaSettings, 'remote' | 'remoteRtcp'>): void {
    if (remote === null) return this.clear();
    if (isAt(this.#announced, remote.address, remote.port)) return;
    this.#announced = remote;
    this.#rtpTo(remote.address, remote.port);
    this.#rtcpTo(remoteRtcp?.address ?? remote.address, remoteRtcp?.port ?? remote.port + 1);
  }

  /** The peer's RTP comes from here. */
  moved(address: string, port: number): void {
    this.#rtpTo(address, port);
    if (!isAt(this.#announced, address, port)) this.#rtcpTo(address, port + 1);
  }

  /** The peer's RTCP comes from here. */
  rtcpFrom(address: string, port: number): void {
    if (!isAt(this.#rtcp, address, port)) this.#rtcpTo(address, port);
  }

  #rtpTo(address: string, port: number): void {
    this.#known = true;
    this.#batch.direct(rtpSlot(this.#port), { address, port });
  }

  #rtcpTo(address: string, port: number): void {
    this.#rtcp = { address, port };
    this.#batch.direct(rtcpSlot(this.#port), this.#rtcp);
  }
}

function isAt(one: Endpoint | null, address: string, port: number): boolean {
  return one !== null && one.port === port && one.address === address;
}
