import { HalError, type HalErrorId } from '../../errors.ts';
import { halError } from '../linux/errno.ts';

/** Reason codes of MQTT 5 (section 2.4) that mean something to the unit. */
const reasons: Readonly<Record<number, HalErrorId>> = {
  0x86: 'permission-denied', // bad user name or password
  0x87: 'permission-denied', // not authorized
  0x8a: 'permission-denied', // banned
  0x8c: 'permission-denied', // bad authentication method
  0x95: 'too-large', // packet too large
  0x99: 'too-large', // payload format
};
/** Of MQTT 3.1.1, which a broker of that age answers with: 4 bad user name or password, 5 not authorized. */
const oldReasons: Readonly<Record<number, HalErrorId>> = { 4: 'permission-denied', 5: 'permission-denied' };

/** What the client, a socket or TLS said, as one of ours. */
export function brokerError(place: string, cause: unknown): HalError {
  if (cause instanceof HalError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (typeof code === 'number') return new HalError(reasons[code] ?? oldReasons[code] ?? 'io', place, text, cause);
  if (/connack timeout|keepalive timeout/i.test(text)) return new HalError('timed-out', place, text, cause);
  if (isTls(code)) return new HalError('wrong-certificate', place, text, cause);
  return halError(place, cause);
}

/** Names of OpenSSL and of Node for what was wrong with a certificate or with the handshake. */
function isTls(code: unknown): boolean {
  return typeof code === 'string' && (/^ERR_(?:SSL|TLS)_/.test(code) || /CERT|ISSUER|SIGNATURE|_CRL_|EPROTO/.test(code));
}
