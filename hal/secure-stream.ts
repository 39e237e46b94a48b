import type { Endpoint } from './datagram.ts';
import type { HalError } from './errors.ts';
import type { StreamConnection, StreamListener } from './stream.ts';

/** What a unit proves itself with. */
export interface SecureIdentity {
  /** X.509, DER. */
  readonly certificate: Uint8Array;
  /** PKCS #8, DER. */
  readonly privateKey: Uint8Array;
}

/** SHA-256 over a certificate's DER, 64 lower-case hexadecimal digits. */
export type Fingerprint = string;

/**
 * Streams over TLS 1.3 (RFC 8446) and nothing older, both ends with a certificate. A certificate is accepted by its fingerprint alone:
 * there is no authority, no name and no date in it that counts. A connection is handed over only when both ends have accepted each
 * other: the listener says so in its first byte, which the driver keeps to itself.
 */
export interface SecureStreamNet {
  /**
   * `partners` is asked for each connection; `peer` is the one of them that was shown. Whoever cannot show one of these certificates never gets to `accepted`, but to `refused`.
   * Errors: address-in-use, address-unavailable, permission-denied.
   */
  listen(local: Endpoint, own: SecureIdentity, partners: () => readonly Fingerprint[], accepted: (connection: StreamConnection, peer: Fingerprint) => void, refused?: (from: Endpoint | null, error: HalError) => void): Promise<StreamListener>;
  /** Listen to the connection before the next turn: what came along with the acceptance is delivered then. Errors: wrong-certificate (theirs, or ours in their eyes; also whoever does not speak TLS 1.3), connection-refused, connection-lost, unreachable, timed-out, io. */
  dial(to: Endpoint, own: SecureIdentity, partners: readonly Fingerprint[], timeoutMs: number): Promise<StreamConnection>;
}

/** The listener's first byte. */
export const accepts = 1;
export const refuses = 0;
/** From the first byte of a connection to both certificates checked; a listener gives up after it. */
export const handshakeLimitMs = 5000;
/** Connections of one listener: 32 distributed units with three each; the rest is for strangers that are about to be refused. */
export const secureConnectionLimit = 128;
