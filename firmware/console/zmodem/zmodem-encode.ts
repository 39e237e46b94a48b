import type { Header, SubpacketEnd } from './zmodem-bytes.ts';
import { can, crc16, crc32, frame, headerStyle, littleEndian, xon, zdle, zpad } from './zmodem-bytes.ts';

/**
 * Control characters are all escaped, wanted or not: a terminal on the way may turn a line feed into two characters, and every receiver takes an
 * escaped one. 0x7F and the upper control characters pass, but those that flow control would eat.
 */
const mustEscape = (byte: number): boolean => byte < 0x20 || byte === 0x90 || byte === 0x91 || byte === 0x93 || byte === 0x98;

function escaped(bytes: Iterable<number>, into: number[]): void {
  for (const byte of bytes) {
    if (mustEscape(byte)) into.push(zdle, byte ^ 0x40);
    else into.push(byte);
  }
}

const crcOf = (bytes: readonly number[], wide: boolean): number[] => (wide ? littleEndian(crc32(bytes)) : bigEndian16(crc16(bytes)));
const bigEndian16 = (crc: number): number[] => [crc >> 8, crc & 0xff];

/** What a receiver always sends, and a sender where no data follow (section 7.2.3). */
export function hexHeader({ type, value }: Header): Uint8Array {
  const content = [type, ...littleEndian(value)];
  const digits = [...content, ...bigEndian16(crc16(content))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const end = type === frame.ack || type === frame.fin ? [] : [xon];
  return Uint8Array.from([zpad, zpad, zdle, headerStyle.hex, ...Buffer.from(digits), 0x0d, 0x0a, ...end]);
}

/** A header whose data follow, with the CRC that they will have (sections 7.2.1 and 7.2.2). */
export function binaryHeader({ type, value }: Header, wide: boolean): Uint8Array {
  const content = [type, ...littleEndian(value)];
  const out = [zpad, zdle, wide ? headerStyle.binary32 : headerStyle.binary16];
  escaped([...content, ...crcOf(content, wide)], out);
  return Uint8Array.from(out);
}

/** Data, how they end, and the CRC of both (section 7.4). */
export function subpacket(data: Uint8Array, end: SubpacketEnd, wide: boolean): Uint8Array {
  const out: number[] = [];
  escaped(data, out);
  out.push(zdle, end);
  escaped(crcOf([...data, end], wide), out);
  if (end === 0x6b) out.push(xon);
  return Uint8Array.from(out);
}

/** Ends a session whatever the other side is at; the backspaces take what a shell made of it off the screen (section 7.3). */
export const cancelSequence = (): Uint8Array => Uint8Array.from([...new Array<number>(8).fill(can), ...new Array<number>(10).fill(0x08)]);

/** ZFILE's subpacket: name, size, date as octal seconds (section 13). */
export function fileInfo(name: string, bytes: number, modifiedSec: number): Uint8Array {
  return Buffer.from(`${name}\0${bytes} ${Math.max(0, Math.floor(modifiedSec)).toString(8)} 100644 0 1 ${bytes}\0`, 'latin1');
}

/** What the other side says of the file it offers. null = no such subpacket. */
export function parseFileInfo(data: Uint8Array): { readonly name: string; readonly bytes: number | null } | null {
  const end = data.indexOf(0);
  if (end <= 0) return null;
  const text = Buffer.from(data).toString('utf8');
  const name = Buffer.from(data.subarray(0, end)).toString('utf8').split('/').at(-1) ?? '';
  const size = /^\d{1,12}/.exec(text.slice(text.indexOf('\0') + 1))?.[0];
  return name === '' ? null : { name, bytes: size === undefined ? null : Number(size) };
}
