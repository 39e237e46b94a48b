import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { HalError } from '../../errors.ts';
import type { Net } from '../../net.ts';
import { halError } from './errno.ts';

const resolveTimeoutMs = 5000;

/** The system's resolver (hosts file, then DNS, in the order of RFC 6724) and routing table. */
export class LinuxNet implements Net {
  /** A resolver that hangs holds a thread of Node's pool: at most one question per name is open. */
  readonly #asking = new Map<string, Promise<string[]>>();

  resolve(host: string): Promise<string[]> {
    if (isIP(host) !== 0) return Promise.resolve([host]);
    return withTimeout(this.#ask(host), host);
  }

  /** Connecting a UDP socket sends nothing but lets the kernel choose the route. */
  sourceTowards(remote: string): Promise<string> {
    const socket = createSocket({ type: isIP(remote) === 6 ? 'udp6' : 'udp4' });
    return new Promise((resolve, reject) => {
      // Node calls this with the error too, which its types do not say.
      socket.connect(9, remote, (cause?: unknown) => {
        if (cause) reject(noRoute(remote, cause));
        else resolve(socket.address().address);
        socket.close();
      });
    });
  }

  /** Without link-local IPv6 addresses: they mean nothing without an interface beside them. */
  addresses(): string[] {
    const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const usable = all.filter(({ address }) => !address.toLowerCase().startsWith('fe80:'));
    return usable.sort((one, other) => Number(one.internal) - Number(other.internal)).map(({ address }) => address);
  }

  #ask(host: string): Promise<string[]> {
    const open = this.#asking.get(host);
    if (open !== undefined) return open;
    const question = lookup(host, { all: true, verbatim: true })
      .then((found) => found.map(({ address }) => address))
      .catch((cause: unknown) => Promise.reject(halError(host, cause)))
      .finally(() => this.#asking.delete(host));
    this.#asking.set(host, question);
    return question;
  }
}

function noRoute(remote: string, cause: unknown): HalError {
  const error = halError(remote, cause);
  return error.id === 'unreachable' ? error : new HalError('unreachable', remote, error.message, cause);
}

function withTimeout(question: Promise<string[]>, host: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new HalError('timed-out', host, `no answer in ${resolveTimeoutMs} ms`)), resolveTimeoutMs);
    question.then(resolve, reject).finally(() => clearTimeout(limit));
  });
}
