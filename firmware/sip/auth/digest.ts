import { createHash } from 'node:crypto';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { quote, splitOutside, unquote } from '../syntax/tokens.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

interface Known {
  readonly challenge: Challenge;
  /** Of the session algorithms it is part of the key, so it stays as long as the nonce does (RFC 7616 section 3.4.2). */
  readonly cnonce: string;
  uses: number;
  /** The last credentials were sent unasked: when they are refused, the nonce may be to blame and not the password. */
  unasked: boolean;
}

/** What a client remembers between requests to one server, by the field that carries its credentials: the last challenge, and how often it used its nonce. */
export type DigestMemory = Map<string, Known>;

export const newDigestMemory = (): DigestMemory => new Map();

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly algorithm: string;
  /** 'auth' when offered, null = RFC 2069 style. */
  readonly qop: 'auth' | null;
  readonly stale: boolean;
}

/** Supported algorithms, strongest first (RFC 8760 section 2.4). */
const algorithms: readonly { readonly name: string; readonly hash: string; readonly session: boolean }[] = [
  { name: 'SHA-512-256', hash: 'sha512-256', session: false },
  { name: 'SHA-256', hash: 'sha256', session: false },
  { name: 'SHA-256-SESS', hash: 'sha256', session: true },
  { name: 'MD5', hash: 'md5', session: false },
  { name: 'MD5-SESS', hash: 'md5', session: true },
];

const strength = (challenge: Challenge): number => algorithms.findIndex(({ name }) => name === challenge.algorithm.toUpperCase());

/** One challenge; null = not Digest, without realm or nonce, of an unknown algorithm, or with a qop we do not have. */
export function parseChallenge(value: string): Challenge | null {
  const found = /^Digest\s+(.*)$/is.exec(value.trim());
  if (found === null) return null;
  const fields = new Map<string, string>();
  for (const part of splitOutside(found[1] as string, ',', 32)) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim().toLowerCase(), unquote(part.slice(equals + 1).trim()));
  }
  const realm = fields.get('realm');
  const nonce = fields.get('nonce');
  const qops = fields.get('qop')?.split(',').map((qop) => qop.trim().toLowerCase());
  const challenge: Challenge = {
    realm: realm ?? '',
    nonce: nonce ?? '',
    opaque: fields.get('opaque') ?? null,
    algorithm: fields.get('algorithm') ?? 'MD5',
    qop: qops?.includes('auth') === true ? 'auth' : null,
    stale: fields.get('stale')?.toLowerCase() === 'true',
  };
  const usable = realm !== undefined && nonce !== undefined && strength(challenge) >= 0 && (qops === undefined || challenge.qop !== null);
  return usable ? challenge : null;
}

/**
 * Answers a 401 or 407: the header field to send with the request. null = no challenge that we can meet, or the same credentials
 * were refused a moment ago (the nonce is new but not because the old one was stale, and they had been asked for).
 */
export function authorise(request: SipRequest, response: SipResponse, credentials: Credentials, memory: DigestMemory, cnonce: string): HeaderField | null {
  const proxy = response.status === 407;
  const challenges = response.headers.all(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate').map(parseChallenge).filter((one): one is Challenge => one !== null);
  const [challenge] = challenges.sort((one, other) => strength(one) - strength(other));
  if (challenge === undefined) return null;
  const name = proxy ? 'Proxy-Authorization' : 'Authorization';
  const known = memory.get(name);
  if (request.headers.has(name) && !challenge.stale && known?.unasked !== true) return null;
  const uses = known?.challenge.nonce === challenge.nonce ? known.uses + 1 : 1;
  memory.set(name, { challenge, cnonce, uses, unasked: false });
  return { name, value: credentialsField(challenge, credentials, request.method, request.uri, cnonce, uses) };
}

/**
 * The credentials for a further request to the same server, unasked: it takes a nonce until it says otherwise, and spares both
 * sides a round (RFC 7616 section 3.6, RFC 3261 section 22.3). None before the first challenge.
 */
export function remembered(method: string, uri: string, credentials: Credentials, memory: DigestMemory): readonly HeaderField[] {
  return [...memory].map(([name, known]) => {
    known.uses += 1;
    known.unasked = true;
    return { name, value: credentialsField(known.challenge, credentials, method, uri, known.cnonce, known.uses) };
  });
}

const credentialNames: readonly string[] = ['Authorization', 'Proxy-Authorization'];

/** What a request says of itself to whoever challenged it. */
export const credentialsOf = (request: SipRequest): readonly HeaderField[] => request.headers.fields.filter(({ name }) => credentialNames.includes(name));

/** The credentials of the next try: a proxy on the way was satisfied before the server asked, and both want to see their own. */
export const withCredentials = (request: SipRequest, field: HeaderField): readonly HeaderField[] => [...credentialsOf(request).filter(({ name }) => name !== field.name), field];

/** The value of an Authorization field (RFC 7616 section 3.4). */
export function credentialsField(challenge: Challenge, credentials: Credentials, method: string, uri: string, cnonce: string, uses: number): string {
  const nc = uses.toString(16).padStart(8, '0');
  const response = digest(challenge, credentials, method, uri, cnonce, nc);
  const fields = [
    `username=${quote(credentials.user)}`,
    `realm=${quote(challenge.realm)}`,
    `nonce=${quote(challenge.nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${challenge.algorithm}`,
    ...(challenge.opaque === null ? [] : [`opaque=${quote(challenge.opaque)}`]),
    ...(challenge.qop === null ? [] : [`qop=auth, nc=${nc}, cnonce="${cnonce}"`]),
  ];
  return `Digest ${fields.join(', ')}`;
}

function digest(challenge: Challenge, { user, password }: Credentials, method: string, uri: string, cnonce: string, nc: string): string {
  const algorithm = algorithms[strength(challenge)] as (typeof algorithms)[number];
  const hashed = (text: string): string => createHash(algorithm.hash).update(text).digest('hex');
  const secret = hashed(`${user}:${challenge.realm}:${password}`);
  const first = algorithm.session ? hashed(`${secret}:${challenge.nonce}:${cnonce}`) : secret;
  const second = hashed(`${method}:${uri}`);
  return hashed(challenge.qop === null ? `${first}:${challenge.nonce}:${second}` : `${first}:${challenge.nonce}:${nc}:${cnonce}:auth:${second}`);
}
