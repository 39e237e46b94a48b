import { readFile } from 'node:fs/promises';
import { createConnection, isIP, type Socket } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { BrokerPlace, BrokerTls } from '../../broker.ts';
import { HalError } from '../../errors.ts';
import { halError } from '../linux/errno.ts';
import { brokerError } from './broker-error.ts';

/** A connected socket to the broker; over TLS its certificate has been checked, with the name that the configuration gives it. */
export async function openSocket({ host, port, tls }: BrokerPlace, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  const place = `${host}:${port}`;
  const secure = tls === null ? null : await tlsOptions(tls);
  if (signal?.aborted === true) throw givenUp(place);
  return new Promise((resolve, reject) => {
    const socket = secure === null ? createConnection({ host, port }) : connect({ ...secure, host, port, servername: isIP(host) === 0 ? host : '' });
    const fail = (cause: unknown): void => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', giveUp);
      socket.destroy();
      reject(brokerError(place, cause));
    };
    const giveUp = (): void => fail(givenUp(place));
    signal?.addEventListener('abort', giveUp);
    const lost = (): void => fail(new HalError('connection-lost', place, 'closed before it was open'));
    const timeout = setTimeout(() => fail(new HalError('timed-out', place, `no connection within ${timeoutMs} ms`)), timeoutMs);
    socket.once('error', fail);
    socket.once('close', lost);
    socket.once(secure === null ? 'connect' : 'secureConnect', () => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', giveUp);
      socket.removeListener('error', fail);
      socket.removeListener('close', lost);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

export const givenUp = (place: string): HalError => new HalError('closed', place, 'the attempt was given up');

async function tlsOptions({ identity, authorityFile }: BrokerTls): Promise<ConnectionOptions> {
  const ca = authorityFile === null ? undefined : await readFile(authorityFile).catch((cause: unknown) => Promise.reject(halError(authorityFile, cause)));
  return {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(identity === null ? {} : { cert: pem('CERTIFICATE', identity.certificate), key: pem('PRIVATE KEY', identity.privateKey) }),
  };
}

function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
