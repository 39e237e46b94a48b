import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import type { Endpoint } from '../../datagram.ts';
import { halError } from './errno.ts';

type LookupDone = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

/**
 * Addresses are literal already. Node's own look-up answers in a later turn, so that a packet would leave after `send` had
 * returned and its buffer had been reused; answering at once keeps the send inside the call.
 */
function literalOnly(address: string, family: unknown, done: LookupDone): void {
  done(null, address, family === 6 ? 6 : 4);
}

/** A bound socket. IPv6 sockets take IPv6 only, so that '0.0.0.0' and '::' can be bound side by side. Throws HalError. */
export async function bindUdp(local: Endpoint, buffers: { receiveBytes?: number; sendBytes?: number; sharesPort?: boolean } = {}): Promise<Socket> {
  const type = local.address.includes(':') ? 'udp6' : 'udp4';
  const options: SocketOptions = { type, ipv6Only: type === 'udp6', lookup: literalOnly as NonNullable<SocketOptions['lookup']> };
  if (buffers.receiveBytes !== undefined) options.recvBufferSize = buffers.receiveBytes;
  if (buffers.sendBytes !== undefined) options.sendBufferSize = buffers.sendBytes;
  // SO_REUSEADDR: sockets on one port that are connected to different peers, between whom the kernel tells packets apart.
  if (buffers.sharesPort === true) options.reuseAddr = true;
  const socket = createSocket(options);
  try {
    const listening = once(socket, 'listening');
    socket.bind({ address: local.address, port: local.port, exclusive: true });
    await listening;
    return socket;
  } catch (cause) {
    socket.close();
    throw halError(`${local.address}:${local.port}`, cause);
  }
}

/** From now on the kernel passes on what comes from the peer only, and tells when nothing listens there (udp(7)). Throws HalError. */
export async function connectUdp(socket: Socket, peer: Endpoint): Promise<Socket> {
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(peer.port, peer.address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    return socket;
  } catch (cause) {
    socket.close();
    throw halError(`${peer.address}:${peer.port}`, cause);
  }
}
