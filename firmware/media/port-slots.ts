/** Slot numbers of the ports' sockets in the datagram batch: RTP and RTCP of each port at the unit's own address, then the same at the shared one. */

export interface SocketPair {
  readonly rtp: number;
  readonly rtcp: number;
}

export const ownPair = (port: number): SocketPair => ({ rtp: 2 * port, rtcp: 2 * port + 1 });

export const sharedPair = (port: number, ports: number): SocketPair => ownPair(ports + port);
