import { crc32c } from './crc32c.ts';

/**
 * One slot of a document (little endian):
 *
 *   magic u32 'USLT' · version u16 · 0 u16 · generation u64 · body length u32 · CRC of the body u32 · CRC of the 24 before u32 · body
 */
export const slotHeaderBytes = 28;
/** Largest document. Beyond it a change takes so long to write and to parse that calls would notice; split the document. */
export const maxDocumentBytes = 100 * 1024;

const magic = 0x544c5355;
const version = 1;

export interface Slot {
  readonly generation: bigint;
  readonly body: Uint8Array;
}

export function encodeSlot(slot: Slot): Uint8Array {
  const bytes = new Uint8Array(slotHeaderBytes + slot.body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, version, true);
  view.setBigUint64(8, slot.generation, true);
  view.setUint32(16, slot.body.length, true);
  view.setUint32(20, crc32c(slot.body), true);
  view.setUint32(24, crc32c(bytes.subarray(0, 24)), true);
  bytes.set(slot.body, slotHeaderBytes);
  return bytes;
}

/** 'blank': never written (empty or zeros). 'bad': written, and not what was written. */
export function decodeSlot(bytes: Uint8Array): Slot | 'blank' | 'bad' {
  const header = bytes.subarray(0, slotHeaderBytes);
  if (header.every((byte) => byte === 0)) return 'blank';
  if (header.length < slotHeaderBytes) return 'bad';
  const view = new DataView(header.buffer, header.byteOffset, slotHeaderBytes);
  const headerGood = view.getUint32(0, true) === magic && view.getUint16(4, true) === version && view.getUint32(24, true) === crc32c(header.subarray(0, 24));
  if (!headerGood) return 'bad';
  const body = bytes.subarray(slotHeaderBytes, slotHeaderBytes + view.getUint32(16, true));
  const bodyGood = body.length === view.getUint32(16, true) && crc32c(body) === view.getUint32(20, true);
  return bodyGood ? { generation: view.getBigUint64(8, true), body } : 'bad';
}
