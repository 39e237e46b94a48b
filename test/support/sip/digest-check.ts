import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import type { SipRequest } from '../../../firmware/sip/message.ts';

const hashed = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

/** One field of an Authorization value. */
export const digestField = (header: string, name: string): string => new RegExp(`[ ,]${name}="?([^",]+)`).exec(header)?.[1] ?? '';

export interface Login {
  readonly user: string;
  readonly realm: string;
  readonly password: string;
}

/** A Digest challenge as a header line. */
export const challengeLine = (header: string, realm: string, nonce: string, algorithm: string, more = ''): string => `${header}: Digest realm="${realm}", nonce="${nonce}", qop="auth", algorithm=${algorithm}${more}`;

/** Demands that a request carries SHA-256 credentials (RFC 7616 3.4.1) for this login, computed here from what it says itself. */
export function assertSha256(request: SipRequest, { user, realm, password }: Login, header = 'Authorization'): void {
  const given = request.headers.get(header) ?? '';
  const [nonce, nc, cnonce] = ['nonce', 'nc', 'cnonce'].map((name) => digestField(given, name));
  assert.equal([digestField(given, 'username'), digestField(given, 'realm'), digestField(given, 'algorithm'), digestField(given, 'uri')], [user, realm, 'SHA-256', request.uri]);
  const text = [hashed('sha256', `${user}:${realm}:${password}`), nonce, nc, cnonce, 'auth', hashed('sha256', `${request.method}:${request.uri}`)].join(':');
  assert.is(digestField(given, 'response'), hashed('sha256', text));
}
