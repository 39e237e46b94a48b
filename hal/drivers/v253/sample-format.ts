import { alawToUlaw, decodeTable, encodeTable, ulawToAlaw } from '../../g711.ts';
import { type LineLaw, lineFrameSamples } from '../../line.ts';

/** How a modem writes a sample. Sixteen bits are signed, the low byte first. */
export type SampleCoding = 'ulaw' | 'alaw' | 'linear16' | 'unsigned8' | 'signed8';

export const bytesPerSample = (coding: SampleCoding): 1 | 2 => (coding === 'linear16' ? 2 : 1);

/** The law whose frames pass unchanged; for codings that are neither, the one that is wished for. */
export function lawOf(coding: SampleCoding, wished: LineLaw): LineLaw {
  if (coding === 'ulaw') return 'PCMU';
  return coding === 'alaw' ? 'PCMA' : wished;
}

/** One coding's samples to and from the codes of one law. All tables are made once; nothing is allocated per frame. */
export class SampleFormat {
  readonly coding: SampleCoding;
  readonly law: LineLaw;
  readonly #toCode: Uint8Array;
  readonly #toByte: Uint8Array;
  readonly #encode: Uint8Array;
  readonly #decode: Int16Array;
  #lowByte = -1;

  constructor(coding: SampleCoding, law: LineLaw) {
    this.coding = coding;
    this.law = law;
    this.#encode = encodeTable(law);
    this.#decode = decodeTable(law);
    this.#toCode = Uint8Array.from({ length: 256 }, (_, byte) => codeOf(coding, law, byte));
    this.#toByte = Uint8Array.from({ length: 256 }, (_, code) => byteOf(coding, law, code));
  }

  /** The code of the sample that this byte completes, or -1: it is the first of two. */
  code(byte: number): number {
    if (this.coding !== 'linear16') return this.#toCode[byte] ?? 0;
    if (this.#lowByte < 0) {
      this.#lowByte = byte;
      return -1;
    }
    const sample = ((byte << 24) >> 16) | this.#lowByte;
    this.#lowByte = -1;
    return this.#encode[sample + 32_768] ?? 0;
  }

  /** A stream begins: half a sample of the one before means nothing. */
  restart(): void {
    this.#lowByte = -1;
  }

  /** A frame of codes as the modem's bytes, into `out` (twice as many at the most). Returns how many. */
  bytes(frame: Uint8Array, out: Uint8Array): number {
    if (this.coding !== 'linear16') {
      for (let at = 0; at < lineFrameSamples; at++) out[at] = this.#toByte[frame[at] ?? 0] ?? 0;
      return lineFrameSamples;
    }
    for (let at = 0; at < lineFrameSamples; at++) {
      const sample = this.#decode[frame[at] ?? 0] ?? 0;
      out[2 * at] = sample & 0xff;
      out[2 * at + 1] = (sample >> 8) & 0xff;
    }
    return 2 * lineFrameSamples;
  }
}

function codeOf(coding: SampleCoding, law: LineLaw, byte: number): number {
  if (coding === 'ulaw') return law === 'PCMU' ? byte : (ulawToAlaw[byte] ?? 0);
  if (coding === 'alaw') return law === 'PCMA' ? byte : (alawToUlaw[byte] ?? 0);
  const sample = ((coding === 'signed8' ? byte ^ 0x80 : byte) - 128) * 256;
  return encodeTable(law)[sample + 32_768] ?? 0;
}

function byteOf(coding: SampleCoding, law: LineLaw, code: number): number {
  if (coding === 'ulaw') return law === 'PCMU' ? code : (alawToUlaw[code] ?? 0);
  if (coding === 'alaw') return law === 'PCMA' ? code : (ulawToAlaw[code] ?? 0);
  const level = Math.max(0, Math.min(255, Math.round((decodeTable(law)[code] ?? 0) / 256) + 128));
  return coding === 'signed8' ? level ^ 0x80 : level;
}
