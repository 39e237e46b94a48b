import { createHash } from 'node:crypto';
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';

/**
 * CPace, the balanced PAKE that the CFRG chose, in the suite CPACE-RISTR255-SHA512 and its initiator-responder setting
 * (draft-irtf-cfrg-cpace-21, sections 7 and 8.3; its test vectors of appendix B.3 are in the tests). Group arithmetic is @noble/curves'.
 * Names are the draft's: PRS is the code, CI the channel, sid the session, AD what each end wants to be bound to the key.
 */
export interface Share {
  /** Public, 32 bytes. */
  readonly point: Uint8Array;
  readonly associated: Uint8Array;
}

/** What the two ends agree on before the run; the same on both, or there is no common key. */
export interface Session {
  readonly code: Uint8Array;
  readonly channel: Uint8Array;
  readonly id: Uint8Array;
}

type Element = InstanceType<typeof ristretto255.Point>;

const dsi = new TextEncoder().encode('CPaceRistretto255');
const dsiIsk = new TextEncoder().encode('CPaceRistretto255_ISK');
/** Input block of SHA-512. */
const blockBytes = 128;
export const scalarBytes = 32;

/** `secret`: 32 random bytes, used for this run only. Errors: RangeError for the one in 2^252 that is no scalar. */
export function publicPoint(session: Session, secret: Uint8Array): Uint8Array {
  return generator(session).multiply(scalar(secret)).toBytes();
}

/** The intermediate session key, 64 bytes; null = `theirs` is no valid share, and the run must end (section 7.2). */
export function sessionKey(session: Session, secret: Uint8Array, theirs: Uint8Array, initiator: Share, responder: Share): Uint8Array | null {
  const element = decode(theirs);
  if (element === null) return null;
  const common = element.multiply(scalar(secret)).toBytes();
  const transcript = [lengthValues(initiator.point, initiator.associated), lengthValues(responder.point, responder.associated)];
  return sha512(lengthValues(dsiIsk, session.id, common), ...transcript);
}

/** Section 8.1: code and padding fill the first block, so that hashing takes as long for any code. */
export function generatorString({ code, channel, id }: Session): Uint8Array {
  const padding = Math.max(0, blockBytes - 1 - lengthValues(code).length - lengthValues(dsi).length);
  return lengthValues(dsi, code, new Uint8Array(padding), channel, id);
}

function generator(session: Session): Element {
  // RFC 9496, element derivation from 64 uniform bytes.
  return ristretto255_hasher.deriveToCurve?.(sha512(generatorString(session))) as Element;
}

/** Section 8.3: the bits above the group's 252 are cleared. */
function scalar(secret: Uint8Array): bigint {
  const bytes = Uint8Array.from(secret.subarray(0, scalarBytes)).reverse(); // a copy: slice() of a Buffer is none
  bytes[0] = (bytes[0] ?? 0) & 0x0f;
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  if (value === 0n || value >= ristretto255.Point.Fn.ORDER) throw new RangeError('not a scalar');
  return value;
}

/** null for what is no encoding of an element, and for the neutral one. */
function decode(bytes: Uint8Array): Element | null {
  try {
    const element = ristretto255.Point.fromBytes(bytes);
    return element.is0() ? null : element;
  } catch {
    return null;
  }
}

/** Section 6: each part after its length as LEB128, so that no two lists of parts give the same bytes. */
export function lengthValues(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.flatMap((part) => [leb128(part.length), part])));
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
