import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

/**
 * A self-signed X.509 certificate (RFC 5280) with an Ed25519 key (RFC 8410), in the one form that the unit needs. A writer of forty
 * lines instead of a library: the kept ones bring ten packages and a schema engine to write what is fixed here, and the reading side,
 * where mistakes are dangerous, is OpenSSL's.
 *
 *   Certificate ::= { tbs { [0] version 2, serial, Ed25519, issuer, validity, subject, key }, Ed25519, signature }
 */
export function selfSigned(privateKey: Uint8Array, commonName: string, serial: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const name = sequence(set(sequence(objectId(oidCommonName), der(0x0c, new TextEncoder().encode(commonName)))));
  const version = der(0xa0, integer(Uint8Array.of(2)));
  const tbs = sequence(version, integer(serial), ed25519, name, validity, name, publicKey);
  return sequence(tbs, ed25519, bitString(sign(null, tbs, key)));
}

/** PKCS #8 of the Ed25519 key with this seed of 32 bytes (RFC 8410, section 7). */
export function ed25519Key(seed: Uint8Array): Uint8Array {
  return sequence(integer(Uint8Array.of(0)), ed25519, octets(octets(seed)));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return new Uint8Array(Buffer.concat([Uint8Array.from(head), ...parts]));
}

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]): Uint8Array => der(0x31, ...parts);
const objectId = (bytes: readonly number[]): Uint8Array => der(0x06, Uint8Array.from(bytes));
const octets = (bytes: Uint8Array): Uint8Array => der(0x04, bytes);
const bitString = (bytes: Uint8Array): Uint8Array => der(0x03, Uint8Array.of(0), bytes);
const generalizedTime = (text: string): Uint8Array => der(0x18, new TextEncoder().encode(text));

/** Of a positive number, most significant byte first, without needless zeros (X.690, 8.3.2). */
function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : bytes.subarray(first);
  return (digits[0] ?? 0) >= 0x80 ? der(0x02, Uint8Array.of(0), digits) : der(0x02, digits);
}

/** 2.5.4.3 */
const oidCommonName = [0x55, 0x04, 0x03];
/** 1.3.101.112, without parameters. */
const ed25519 = sequence(objectId([0x2b, 0x65, 0x70]));
/**
 * Boards without a battery start in 1970, and no clock decides about a pinned certificate; so it is valid always. RFC 5280, 4.1.2.5: dates
 * to 2049 are UTCTime, and 99991231235959Z stands for no end.
 */
const validity = sequence(der(0x17, new TextEncoder().encode('700101000000Z')), generalizedTime('99991231235959Z'));
