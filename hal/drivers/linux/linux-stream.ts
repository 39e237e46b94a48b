import { createConnection, createServer, type Server } from 'node:net';
import type { Endpoint } from '../../datagram.ts';
import { HalError } from '../../errors.ts';
import type { StreamConnection, StreamListener, StreamNet } from '../../stream.ts';
import { halError } from './errno.ts';
import { LinuxStreamConnection } from './linux-stream-connection.ts';

/** A peer that vanished without a word is noticed by the kernel's probes. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };
/** Connections of one listener; more are refused by closing them. */
const connectionLimit = 1024;

export class LinuxStreamNet implements StreamNet {
  listen(local: Endpoint, accepted: (connection: StreamConnection) => void): Promise<StreamListener> {
    const server = createServer(socketOptions, (socket) => {
      if (socket.remoteAddress === undefined) return void socket.destroy(); // gone before it was accepted
      accepted(new LinuxStreamConnection(socket));
    });
    server.maxConnections = connectionLimit;
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => reject(halError(place(local), cause)));
      server.listen({ host: local.address, port: local.port, ipv6Only: local.address.includes(':'), exclusive: true }, () => resolve(listenerOf(server)));
    });
  }

  connect(to: Endpoint, timeoutMs: number): Promise<StreamConnection> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: to.address, port: to.port, ...socketOptions });
      const fail = (error: HalError): void => {
        clearTimeout(timeout);
        socket.destroy();
        reject(error);
      };
      const timeout = setTimeout(() => fail(new HalError('timed-out', place(to), `no answer in ${timeoutMs} ms`)), timeoutMs);
      socket.once('error', (cause) => fail(halError(place(to), cause)));
      socket.once('connect', () => {
        clearTimeout(timeout);
        socket.removeAllListeners('error');
        resolve(new LinuxStreamConnection(socket));
      });
    });
  }
}

function listenerOf(server: Server): StreamListener {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new HalError('unsupported', String(bound), 'not an IP listener');
  // After this an error concerns one connection that could not be accepted (descriptor limit): the peer sees it fail, the listener stays.
  server.on('error', () => {});
  return { local: { address: bound.address, port: bound.port }, close: () => void server.close() };
}

function place({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}
