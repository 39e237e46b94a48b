import { createHash } from 'node:crypto';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { quote, splitOutside, unquote } from '../syntax/tokens.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a client remembers between requests to one server: to count uses of a nonce and to notice a refusal. */
export interface DigestMemory {
  nonce: string;
  uses: number;
}

export const newDigestMemory = (): DigestMemory => ({ nonce: '', uses: 0 });

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
 * were refused a moment ago (the nonce is new but not because the old one was stale).
 */
export function authorise(request: SipRequest, response: SipResponse, credentials: Credentials, memory: DigestMemory, cnonce: string): HeaderField | null {
  const proxy = response.status === 407;
  const challenges = response.headers.all(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate').map(parseChallenge).filter((one): one is Challenge => one !== null);
  const [challenge] = challenges.sort((one, other) => strength(one) - strength(other));
  if (challenge === undefined) return null;
  const tried = request.headers.has(proxy ? 'Proxy-Authorization' : 'Authorization');
  if (tried && !challenge.stale) return null;
  memory.uses = memory.nonce === challenge.nonce ? memory.uses + 1 : 1;
  memory.nonce = challenge.nonce;
  const value = credentialsField(challenge, credentials, request.method, request.uri, cnonce, memory.uses);
  return { name: proxy ? 'Proxy-Authorization' : 'Authorization', value };
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
