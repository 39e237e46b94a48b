/**
 * Netlink's framing (linux/netlink.h, RFC 3549 section 2.3). Numbers are in the machine's byte order, which is little-endian
 * wherever the addon runs; each part begins at a multiple of four bytes.
 *
 *   length 4 | type 2 | flags 2 | sequence 4 | port 4 | family header | attribute: length 2, type 2, value | ...
 */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** What the kernel says at the end of a request; `errno` 0 = done. */
export interface NetlinkVerdict {
  readonly errno: number;
  /** The kernel's own sentence where it has one (NETLINK_EXT_ACK), else ''. */
  readonly text: string;
}

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
/** NLM_F_ROOT and NLM_F_MATCH: a list of everything. */
export const NLM_F_DUMP = 0x300;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLMSGERR_ATTR_MSG = 1;
const headerBytes = 16;
const attributeHeaderBytes = 4;
/** The upper two bits of an attribute's type are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER). */
const attributeTypeMask = 0x3fff;

export function netlinkMessage(type: number, flags: number, sequence: number, ...parts: readonly Buffer[]): Buffer {
  const payload = parts.map(aligned);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(headerBytes + payload.reduce((sum, part) => sum + part.length, 0), 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, ...payload]);
}

/** The messages of one datagram; what follows a length that cannot be is left out. */
export function netlinkMessages(bytes: Buffer): NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (at + headerBytes <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    if (length < headerBytes || at + length > bytes.length) break;
    const payload = bytes.subarray(at + headerBytes, at + length);
    messages.push({ type: bytes.readUInt16LE(at + 4), flags: bytes.readUInt16LE(at + 6), sequence: bytes.readUInt32LE(at + 8), payload });
    at += alignedLength(length);
  }
  return messages;
}

export function attribute(type: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(attributeHeaderBytes);
  header.writeUInt16LE(attributeHeaderBytes + value.length, 0);
  header.writeUInt16LE(type, 2);
  return aligned(Buffer.concat([header, value]));
}

/** Values by type; of a type that comes twice, the last. */
export function attributes(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  let at = 0;
  while (at + attributeHeaderBytes <= bytes.length) {
    const length = bytes.readUInt16LE(at);
    if (length < attributeHeaderBytes || at + length > bytes.length) break;
    found.set(bytes.readUInt16LE(at + 2) & attributeTypeMask, bytes.subarray(at + attributeHeaderBytes, at + length));
    at += alignedLength(length);
  }
  return found;
}

/** null when the message is not the last one of an answer. */
export function verdict({ type, payload }: NetlinkMessage): NetlinkVerdict | null {
  if (type !== NLMSG_ERROR && type !== NLMSG_DONE) return null;
  const errno = payload.length < 4 ? 0 : -payload.readInt32LE(0);
  // An error is followed by the header of what was asked (its payload is left out by NETLINK_CAP_ACK), then by attributes.
  const said = type === NLMSG_ERROR ? attributes(payload.subarray(4 + headerBytes)).get(NLMSGERR_ATTR_MSG) : undefined;
  return { errno, text: said === undefined ? '' : zeroTerminated(said) };
}

export function zeroTerminated(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function aligned(bytes: Buffer): Buffer {
  return bytes.length % 4 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(alignedLength(bytes.length) - bytes.length)]);
}

function alignedLength(length: number): number {
  return (length + 3) & ~3;
}
