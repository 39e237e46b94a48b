/** Where a port's RTP and RTCP go: first what SDP announced, then where the peer's packets come from (comedia). */
import type { DatagramBatch, Endpoint } from '../../hal/datagram.ts';
import type { MediaSettings } from './media-protocol.ts';
import type { SocketPair } from './port-slots.ts';

export class Destinations {
  readonly #batch: DatagramBatch;
  #pair: SocketPair;
  #announced: Endpoint | null = null;
  #rtp: Endpoint | null = null;
  #rtcp: Endpoint | null = null;

  constructor(batch: DatagramBatch, pair: SocketPair) {
    this.#batch = batch;
    this.#pair = pair;
  }

  /** By these sockets from now on; only while nothing is known. */
  use(pair: SocketPair): void {
    this.#pair = pair;
  }

  /** The sockets were opened only now. */
  again(): void {
    this.#batch.direct(this.#pair.rtp, this.#rtp);
    this.#batch.direct(this.#pair.rtcp, this.#rtcp);
  }

  /** RTP has somewhere to go. */
  get known(): boolean {
    return this.#rtp !== null;
  }

  get announcedAddress(): string {
    return this.#announced?.address ?? '';
  }

  /** Where RTP goes; null = nowhere yet. */
  get rtp(): Endpoint | null {
    return this.#rtp;
  }

  /** Nothing leaves any more. */
  clear(): void {
    this.#announced = null;
    this.#rtp = null;
    this.#rtcp = null;
    this.again();
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
    this.#rtp = { address, port };
    this.#batch.direct(this.#pair.rtp, this.#rtp);
  }

  #rtcpTo(address: string, port: number): void {
    this.#rtcp = { address, port };
    this.#batch.direct(this.#pair.rtcp, this.#rtcp);
  }
}

function isAt(one: Endpoint | null, address: string, port: number): boolean {
  return one !== null && one.port === port && one.address === address;
}
