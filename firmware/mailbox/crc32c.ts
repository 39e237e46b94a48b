/** CRC-32C (Castagnoli polynomial, reflected 0x82F63B78; RFC 3720 appendix B.4), four bytes at a time: each has a table of what it does from its place. */
const places = 4;
const tables = new Int32Array(places * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  tables[byte] = crc;
}
for (let at = 256; at < tables.length; at++) {
  const nearer = tables[at - 256] as number;
  tables[at] = (nearer >>> 8) ^ (tables[nearer & 0xff] as number);
}

/** Checksum of `bytes`; `previous` continues an earlier one (or mixes in a number known to both sides). */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const byFours = bytes.length - (bytes.length % places);
  let crc = ~previous;
  let at = 0;
  for (; at < byFours; at += places) {
    crc ^= (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    crc = (tables[768 + (crc & 0xff)] as number) ^ (tables[512 + ((crc >>> 8) & 0xff)] as number) ^ (tables[256 + ((crc >>> 16) & 0xff)] as number) ^ (tables[crc >>> 24] as number);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}
