import { crc32c } from './crc32c.ts';

/**
 * The bytes of a framed log (little endian):
 *
 *   file header 16:  'UREC' · version u16 · 0 u16 · salt u32 · CRC of the 12 before
 *   frame:           length u32 · type u8 · 0 u8 · lost packets u16 · sequence u32 · position u32 · payload · CRC u32
 *
 * `sequence` counts frames from 0, `position` the audio bytes before the frame. The CRC covers the frame's header and payload
 * and starts from the salt, so that an old frame of another recording, come back from a reused block, is never taken for ours.
 */
export const fileHeaderBytes = 16;
export const frameHeaderBytes = 16;
/** Header and CRC. */
export const frameOverheadBytes = frameHeaderBytes + 4;
/** Bound of every payload length read from a disk. */
export const maxPayloadBytes = 65_536;
/** Bound of facts and trailer, which are JSON. */
export const maxJsonBytes = 4096;

const magic = 0x43455255;
const version = 1;
const typeOfCode = [null, 'facts', 'audio', 'trailer'] as const;

export type FrameType = 'facts' | 'audio' | 'trailer';

/** What a caller says of a frame; sequence and position follow from where it stands. */
export interface FrameBody {
  readonly type: FrameType;
  readonly payload: Uint8Array;
  readonly lostPackets: number;
}

export interface FramePlace {
  readonly sequence: number;
  readonly position: number;
}

/** The header of a frame as read, before its CRC is known to be good. */
export interface FrameHeader extends FramePlace {
  readonly type: FrameType;
  readonly length: number;
  readonly lostPackets: number;
}

export function encodeFileHeader(salt: number): Uint8Array {
  const bytes = new Uint8Array(fileHeaderBytes);
  const view = viewOf(bytes);
  view.setUint32(0, magic, true);
  view.setUint16(4, version, true);
  view.setUint32(8, salt, true);
  view.setUint32(12, crc32c(bytes.subarray(0, 12)), true);
  return bytes;
}

/** The salt, or null when this is not the beginning of a framed log of this version. */
export function decodeFileHeader(bytes: Uint8Array): number | null {
  if (bytes.length < fileHeaderBytes) return null;
  const view = viewOf(bytes);
  const good = view.getUint32(0, true) === magic && view.getUint16(4, true) === version && view.getUint32(12, true) === crc32c(bytes.subarray(0, 12));
  return good ? view.getUint32(8, true) : null;
}

export const frameBytes = (payloadBytes: number): number => payloadBytes + frameOverheadBytes;

/** Writes the frame into `into` at `at`; returns where it ends. */
export function encodeFrame(body: FrameBody, place: FramePlace, salt: number, into: Uint8Array, at: number): number {
  const end = at + frameBytes(body.payload.length);
  const view = viewOf(into.subarray(at, end));
  view.setUint32(0, body.payload.length, true);
  view.setUint8(4, typeOfCode.indexOf(body.type));
  view.setUint16(6, Math.min(body.lostPackets, 0xffff), true);
  view.setUint32(8, place.sequence, true);
  view.setUint32(12, place.position, true);
  into.set(body.payload, at + frameHeaderBytes);
  view.setUint32(end - at - 4, crc32c(into.subarray(at, end - 4), salt), true);
  return end;
}

/** null when these bytes cannot begin a frame (an unwritten, zero-filled tail is such a case). */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader | null {
  if (bytes.length < frameHeaderBytes) return null;
  const view = viewOf(bytes);
  const type = typeOfCode[view.getUint8(4)] ?? null;
  const length = view.getUint32(0, true);
  if (type === null || length > (type === 'audio' ? maxPayloadBytes : maxJsonBytes)) return null;
  return { type, length, lostPackets: view.getUint16(6, true), sequence: view.getUint32(8, true), position: view.getUint32(12, true) };
}

/** `frame` is a whole frame, header to CRC. */
export function frameIsGood(frame: Uint8Array, salt: number): boolean {
  const end = frame.length - 4;
  return viewOf(frame).getUint32(end, true) === crc32c(frame.subarray(0, end), salt);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
