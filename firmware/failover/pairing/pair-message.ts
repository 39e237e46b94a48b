/**
 * Messages of the pairing, each in a frame:
 *
 *   length of what follows u16 · kind u8 · fields, each after its length u16      (big endian)
 *
 *   host     greeting  version, nonce
 *   joiner   join      nonce, point, associated      associated = certificate and name, see pair-secrets.ts
 *   host     answer    point, associated
 *   joiner   proof     MAC
 *   host     proof     MAC                           the host has stored the pair
 *   joiner   stored    MAC                           the joiner has
 *   host     refused   reason                        anybody can write it: it only words the failure
 */
export type PairMessage =
  | { readonly kind: 'greeting'; readonly version: number; readonly nonce: Uint8Array }
  | { readonly kind: 'join'; readonly nonce: Uint8Array; readonly point: Uint8Array; readonly associated: Uint8Array }
  | { readonly kind: 'answer'; readonly point: Uint8Array; readonly associated: Uint8Array }
  | { readonly kind: 'proof'; readonly mac: Uint8Array }
  | { readonly kind: 'stored'; readonly mac: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export const refusalReasons = ['wrong-code', 'busy', 'failed'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export const pairVersion = 1;
export const nonceBytes = 16;
export const macBytes = 32;
/** A certificate of ours has some 300 bytes, a name at most 200. */
export const longestMessage = 2048;

const kinds = ['greeting', 'join', 'answer', 'proof', 'stored', 'refused'] as const;
const pointBytes = 32;

export function encodeMessage(message: PairMessage): Uint8Array {
  const body = Buffer.concat([Uint8Array.of(kinds.indexOf(message.kind)), ...fieldsOf(message).flatMap((field) => [u16(field.length), field])]);
  return new Uint8Array(Buffer.concat([u16(body.length), body]));
}

/** The body of a frame; null = not a message. */
export function decodeMessage(body: Uint8Array): PairMessage | null {
  const fields = readFields(body.subarray(1));
  const kind = kinds[body[0] ?? kinds.length];
  if (fields === null || kind === undefined) return null;
  const [first = new Uint8Array(0), second = new Uint8Array(0), third = new Uint8Array(0)] = fields;
  const sizes = (...wanted: readonly (number | null)[]): boolean => fields.length === wanted.length && fields.every((field, at) => wanted[at] === null || field.length === wanted[at]);
  if (kind === 'greeting') return sizes(1, nonceBytes) ? { kind, version: first[0] ?? 0, nonce: second } : null;
  if (kind === 'join') return sizes(nonceBytes, pointBytes, null) ? { kind, nonce: first, point: second, associated: third } : null;
  if (kind === 'answer') return sizes(pointBytes, null) ? { kind, point: first, associated: second } : null;
  if (kind === 'refused') {
    const reason = refusalReasons[first[0] ?? refusalReasons.length];
    return sizes(1) && reason !== undefined ? { kind, reason } : null;
  }
  return sizes(macBytes) ? { kind, mac: first } : null;
}

function fieldsOf(message: PairMessage): readonly Uint8Array[] {
  switch (message.kind) {
    case 'greeting':
      return [Uint8Array.of(message.version), message.nonce];
    case 'join':
      return [message.nonce, message.point, message.associated];
    case 'answer':
      return [message.point, message.associated];
    case 'refused':
      return [Uint8Array.of(refusalReasons.indexOf(message.reason))];
    default:
      return [message.mac];
  }
}

/** null when lengths do not add up. */
export function readFields(bytes: Uint8Array): Uint8Array[] | null {
  const fields: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
    if (at + 2 > bytes.length || end > bytes.length) return null;
    fields.push(new Uint8Array(bytes.subarray(at + 2, end))); // a copy: slice() of a Buffer is none
    at = end;
  }
  return fields;
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
