// The shielding of ITU-T V.253, 5.2: in a voice stream DLE (0x10) begins a code, and is doubled where it is a sample.

export const DLE = 0x10;
export const ETX = 0x03;
export const CAN = 0x18;
export const SUB = 0x1a;
export const ESC = 0x1b;

/** What `Unshield.push` gives for a code; below it is a byte of samples. */
export const codeFlag = 0x100;
export const nothing = -1;

/** The host's stream, byte by byte; remembers a DLE across reads. */
export class Unshield {
  #escaped = false;

  /** A byte of samples, `codeFlag` + code, or `nothing` yet. DLE SUB (two bytes 0x10) is given as its code. */
  push(byte: number): number {
    if (!this.#escaped) {
      this.#escaped = byte === DLE;
      return this.#escaped ? nothing : byte;
    }
    this.#escaped = false;
    return byte === DLE ? DLE : codeFlag | byte;
  }

  reset(): void {
    this.#escaped = false;
  }
}

/** `usesSub`: two bytes 0x10 in a row go as DLE SUB, as some modems send them. */
export function shield(bytes: Uint8Array, usesSub: boolean): Uint8Array {
  const out = new Uint8Array(bytes.length * 2);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    out[length++] = byte;
    if (byte !== DLE) continue;
    const pair = usesSub && bytes[at + 1] === DLE;
    out[length++] = pair ? SUB : DLE;
    if (pair) at++;
  }
  return out.subarray(0, length);
}

export const code = (letter: string): Uint8Array => Uint8Array.of(DLE, letter.charCodeAt(0));
