import { createHash } from 'node:crypto';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { Endpoint } from '../../datagram.ts';
import { HalError } from '../../errors.ts';
import { accepts, handshakeLimitMs, refuses, secureConnectionLimit, type Fingerprint, type SecureIdentity, type SecureStreamNet } from '../../secure-stream.ts';
import type { StreamConnection, StreamListener } from '../../stream.ts';
import { halError } from './errno.ts';
import { LinuxStreamConnection } from './linux-stream-connection.ts';

const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/** TLS by node:tls. Chains, names and dates are not checked (`rejectUnauthorized: false`): the fingerprint is, before any byte passes. */
export class LinuxSecureStreamNet implements SecureStreamNet {
  listen(local: Endpoint, own: SecureIdentity, partners: () => readonly Fingerprint[], accepted: (connection: StreamConnection, peer: Fingerprint) => void, refused: (from: Endpoint | null, error: HalError) => void = () => {}): Promise<StreamListener> {
    const server = createServer({ ...tlsOptions(own), ...socketOptions, requestCert: true, handshakeTimeout: handshakeLimitMs });
    server.maxConnections = secureConnectionLimit;
    server.on('secureConnection', (socket) => {
      const error = strangerError(socket, partners());
      if (error === null) return welcome(socket, (connection) => accepted(connection, shownBy(socket) ?? ''));
      refused(remoteOf(socket), error);
      turnAway(socket);
    });
    server.on('tlsClientError', (cause, socket) => {
      refused(remoteOf(socket), handshakeError('handshake', cause));
      socket.destroy(); // after its time limit Node leaves it open
    });
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => reject(halError(place(local), cause)));
      server.listen({ host: local.address, port: local.port, ipv6Only: local.address.includes(':'), exclusive: true }, () => resolve(listenerOf(server)));
    });
  }

  dial(to: Endpoint, own: SecureIdentity, partners: readonly Fingerprint[], timeoutMs: number): Promise<StreamConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...tlsOptions(own), ...socketOptions, host: to.address, port: to.port, servername: '' });
      const fail = (error: HalError): void => {
        clearTimeout(timeout);
        socket.destroy();
        reject(error);
      };
      const timeout = setTimeout(() => fail(new HalError('timed-out', place(to), `no answer in ${timeoutMs} ms`)), timeoutMs);
      const lost = (): void => fail(new HalError('connection-lost', place(to), 'closed during the handshake'));
      socket.on('error', (cause) => fail(handshakeError(place(to), cause)));
      socket.once('close', lost);
      socket.once('secureConnect', () => {
        const error = strangerError(socket, partners);
        if (error !== null) return fail(error);
        void firstByte(socket).then((byte) => {
          if (byte === null) return lost();
          if (byte !== accepts) return fail(new HalError('wrong-certificate', place(to), 'the other end does not accept the certificate of this unit'));
          clearTimeout(timeout);
          socket.removeAllListeners('error');
          socket.removeListener('close', lost);
          resolve(handedOver(socket));
        });
      });
    });
  }
}

function tlsOptions({ certificate, privateKey }: SecureIdentity) {
  return { cert: pem('CERTIFICATE', certificate), key: pem('PRIVATE KEY', privateKey), minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', rejectUnauthorized: false } as const;
}

/** null = its certificate is one of `partners`. That it has the private key too is what the handshake has proven (RFC 8446, 4.4.3). */
function strangerError(socket: TLSSocket, partners: readonly Fingerprint[]): HalError | null {
  const where = place(remoteOf(socket) ?? { address: 'gone', port: 0 });
  const fingerprint = shownBy(socket);
  if (fingerprint === null) return new HalError('wrong-certificate', where, 'it showed no certificate');
  return partners.includes(fingerprint) ? null : new HalError('wrong-certificate', where, `it showed an unknown certificate, ${fingerprint}`);
}

/** null = it showed no certificate. */
function shownBy(socket: TLSSocket): Fingerprint | null {
  const raw = socket.getPeerX509Certificate()?.raw;
  return raw === undefined ? null : createHash('sha256').update(raw).digest('hex');
}

function welcome(socket: TLSSocket, accepted: (connection: StreamConnection) => void): void {
  if (socket.remoteAddress === undefined) return void socket.destroy(); // gone before it was accepted
  socket.write(Uint8Array.of(accepts));
  accepted(connectionOver(socket));
}

function turnAway(socket: TLSSocket): void {
  socket.on('error', () => {});
  socket.end(Uint8Array.of(refuses), () => socket.destroy());
}

/** Leaves what follows it in the socket. null = closed before it came. */
function firstByte(socket: TLSSocket): Promise<number | null> {
  return new Promise((resolve) => {
    const look = (): void => {
      const bytes = socket.read(1) as Buffer | null;
      if (bytes === null) return void socket.once('readable', look);
      resolve(bytes[0] ?? null);
    };
    socket.once('end', () => resolve(null));
    look();
  });
}

/** What came along with the first byte waits until whoever dialled has had its turn to listen. */
function handedOver(socket: TLSSocket): StreamConnection {
  socket.pause();
  const connection = connectionOver(socket);
  setImmediate(() => socket.resume());
  return connection;
}

/** After an error of TLS (a record that was changed on its way) Node leaves the socket open until the peer closes it. */
function connectionOver(socket: TLSSocket): StreamConnection {
  socket.on('error', () => socket.destroy());
  return new LinuxStreamConnection(socket);
}

function listenerOf(server: Server): StreamListener {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new HalError('unsupported', String(bound), 'not an IP listener');
  server.on('error', () => {}); // after this it concerns one connection that could not be accepted, as in LinuxStreamNet
  return { local: { address: bound.address, port: bound.port }, close: () => void server.close() };
}

/** What OpenSSL says of a peer is that it is not one of ours; what the kernel says keeps its meaning. */
function handshakeError(where: string, cause: unknown): HalError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code.startsWith('ERR_SSL_')) return new HalError('wrong-certificate', where, `no TLS 1.3 with certificates: ${code}`, cause);
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return new HalError('timed-out', where, 'no end of the handshake', cause);
  return halError(where, cause);
}

function remoteOf({ remoteAddress, remotePort }: { remoteAddress?: string | undefined; remotePort?: number | undefined }): Endpoint | null {
  return remoteAddress === undefined ? null : { address: remoteAddress, port: remotePort ?? 0 };
}

function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function place({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}
