/**
 * Shielding of ITU-T V.253 clause 7.2 (first in TIA IS-101): in voice states a DLE announces a code of one byte, and a sample byte
 * that happens to be DLE is sent twice. Byte by byte, so that a read may end anywhere.
 */
export const dle = 0x10;
export const etx = 0x03;
export const can = 0x18;
/** The modem's short form of two sample bytes that are both DLE. */
const sub = 0x1a;

export interface DleSink {
  /** A byte that is not shielded: of a sample, or of text, as the state has it. */
  data(byte: number): void;
  /** The byte after a DLE that says something. */
  code(code: number): void;
}

/** From the modem. Keeps what it must know from one read to the next. */
export class DleDecoder {
  readonly #sink: DleSink;
  #shielded = false;

  constructor(sink: DleSink) {
    this.#sink = sink;
  }

  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#shielded) this.#code(byte);
      else if (byte === dle) this.#shielded = true;
      else this.#sink.data(byte);
    }
  }

  reset(): void {
    this.#shielded = false;
  }

  #code(byte: number): void {
    this.#shielded = false;
    if (byte !== dle && byte !== sub) return this.#sink.code(byte);
    this.#sink.data(dle);
    if (byte === sub) this.#sink.data(dle);
  }
}

/** To the modem: the first `count` bytes into `out`, which must have room for twice as many. Returns how many it has become. */
export function shield(bytes: Uint8Array, count: number, out: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < count; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === dle) out[length++] = dle;
    out[length++] = byte;
  }
  return length;
}

/** What ends or breaks off a voice state. `transmit` is cut short: what the modem still holds is not sent. */
export const leaving = {
  transmit: Uint8Array.of(dle, can, dle, etx),
  played: Uint8Array.of(dle, etx),
  receive: Uint8Array.of(dle, 0x21),
  duplex: Uint8Array.of(dle, 0x5e),
} as const;
