import type { Header, SubpacketEnd } from './zmodem-bytes.ts';
import { can, crc16, crc32, headerStyle, longestSubpacket, rubouts, subpacketEnd, xon, zdle, zpad } from './zmodem-bytes.ts';

export type ZmodemEvent =
  | { readonly kind: 'header'; readonly header: Header }
  /** `bytes` are the event's own. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array; readonly end: SubpacketEnd }
  /** A header or subpacket whose CRC is wrong, or that is none; what follows is read as noise until a header. */
  | { readonly kind: 'garbled' }
  | { readonly kind: 'cancelled' };

const cancelCount = 5;
const headerBytes = 5;
const lineEnds = [0x0d, 0x0a, xon];
const ends: readonly number[] = Object.values(subpacketEnd);

/** Where the reader is: in noise; after pads; in a header of some style; in the data that a header announced. */
type Place = 'noise' | 'pad' | 'style' | 'hex' | 'binary' | 'data' | 'data-crc';

/**
 * Octets to headers and subpackets, in whatever pieces they come. Whether data follow a header is said by whoever knows the frames: `expectData`
 * before the next octet is fed, which is why events are handed out one by one.
 */
export class ZmodemDecoder {
  #place: Place = 'noise';
  #wide = false;
  /** The line end of a hexadecimal header may still come, and is no data. */
  #lineEnd = false;
  #escape = false;
  #cans = 0;
  #held: number[] = [];
  #data: number[] = [];
  #end: SubpacketEnd = subpacketEnd.over;

  /** A subpacket comes next, with the CRC of the header before it. */
  expectData(): void {
    this.#place = 'data';
    this.#data = [];
  }

  /** Whatever comes until a header is noise. */
  expectHeader(): void {
    this.#place = 'noise';
  }

  /** The next event and how many octets it took; null: all were taken, and there is none yet. */
  next(bytes: Uint8Array, from: number): { readonly event: ZmodemEvent; readonly at: number } | null {
    for (let at = from; at < bytes.length; at++) {
      const event = this.#octet(bytes[at] as number);
      if (event !== null) return { event, at: at + 1 };
    }
    return null;
  }

  #octet(byte: number): ZmodemEvent | null {
    this.#cans = byte === can ? this.#cans + 1 : 0;
    if (this.#cans >= cancelCount) {
      this.#reset();
      this.#cans = 0;
      return { kind: 'cancelled' };
    }
    switch (this.#place) {
      case 'noise':
      case 'pad':
        return this.#seek(byte);
      case 'style':
        return this.#style(byte);
      case 'hex':
        return this.#hex(byte);
      case 'binary':
      case 'data':
      case 'data-crc':
        return this.#escaped(byte);
    }
  }

  #seek(byte: number): null {
    if (byte === zpad) this.#place = 'pad';
    else if (byte === zdle && this.#place === 'pad') this.#place = 'style';
    else this.#place = 'noise';
    return null;
  }

  #style(byte: number): null {
    this.#held = [];
    this.#escape = false;
    this.#wide = byte === headerStyle.binary32;
    this.#lineEnd = byte === headerStyle.hex;
    if (byte === headerStyle.hex) this.#place = 'hex';
    else this.#place = byte === headerStyle.binary16 || byte === headerStyle.binary32 ? 'binary' : 'noise';
    return null;
  }

  #hex(byte: number): ZmodemEvent | null {
    const digit = Number.parseInt(String.fromCharCode(byte & 0x7f), 16);
    if (Number.isNaN(digit)) return this.#garbled();
    this.#held.push(digit);
    if (this.#held.length < 2 * (headerBytes + 2)) return null;
    const octets = Array.from({ length: headerBytes + 2 }, (_, index) => ((this.#held[2 * index] as number) << 4) | (this.#held[2 * index + 1] as number));
    return this.#header(octets);
  }

  /** Flow control that a line put in is dropped; ZDLE and what follows it are one octet, or an end. */
  #escaped(byte: number): ZmodemEvent | null {
    if (this.#lineEnd && this.#place === 'data' && lineEnds.includes(byte & 0x7f)) return null;
    this.#lineEnd = false;
    if (!this.#escape) {
      if (byte === zdle) this.#escape = true;
      else if ((byte & 0x7f) !== xon && (byte & 0x7f) !== 0x13) return this.#plain(byte);
      return null;
    }
    this.#escape = false;
    if (this.#place === 'data' && ends.includes(byte)) return this.#ended(byte as SubpacketEnd);
    const rubout = rubouts.get(byte);
    if (rubout !== undefined) return this.#plain(rubout);
    return (byte & 0x60) === 0x40 ? this.#plain(byte ^ 0x40) : this.#garbled();
  }

  #plain(byte: number): ZmodemEvent | null {
    if (this.#place === 'data') {
      this.#data.push(byte);
      return this.#data.length > longestSubpacket ? this.#garbled() : null;
    }
    this.#held.push(byte);
    if (this.#place === 'binary') return this.#held.length === headerBytes + (this.#wide ? 4 : 2) ? this.#header(this.#held) : null;
    return this.#held.length === (this.#wide ? 4 : 2) ? this.#dataWhole() : null;
  }

  #header(octets: readonly number[]): ZmodemEvent {
    const content = octets.slice(0, headerBytes);
    if (!this.#crcIs(content, octets.slice(headerBytes))) return this.#garbled();
    this.#place = 'noise';
    const [type = 0, ...value] = content;
    return { kind: 'header', header: { type, value: value.reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0) } };
  }

  #ended(end: SubpacketEnd): null {
    this.#end = end;
    this.#held = [];
    this.#place = 'data-crc';
    return null;
  }

  #dataWhole(): ZmodemEvent {
    if (!this.#crcIs([...this.#data, this.#end], this.#held)) return this.#garbled();
    const bytes = Uint8Array.from(this.#data);
    this.#place = 'noise';
    return { kind: 'data', bytes, end: this.#end };
  }

  #crcIs(content: readonly number[], crc: readonly number[]): boolean {
    const value = crc.length === 4 ? crc.reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0) : ((crc[0] as number) << 8) | (crc[1] as number);
    return value === (crc.length === 4 ? crc32(content) : crc16(content));
  }

  #garbled(): ZmodemEvent {
    this.#reset();
    return { kind: 'garbled' };
  }

  #reset(): void {
    this.#place = 'noise';
    this.#escape = false;
    this.#held = [];
    this.#data = [];
  }
}
