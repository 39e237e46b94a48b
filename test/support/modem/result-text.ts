export type Result = 'OK' | 'CONNECT' | 'RING' | 'NO CARRIER' | 'ERROR' | 'NO DIALTONE' | 'BUSY' | 'NO ANSWER' | 'VCON';

/** ITU-T V.250, 5.7.1; VCON as vendors number it. */
const numbers: Readonly<Record<Result, number>> = { OK: 0, CONNECT: 1, RING: 2, 'NO CARRIER': 3, ERROR: 4, 'NO DIALTONE': 6, BUSY: 7, 'NO ANSWER': 8, VCON: 11 };

export function resultText(result: Result, verbose: boolean): Uint8Array {
  return Buffer.from(verbose ? `\r\n${result}\r\n` : `${numbers[result]}\r`, 'latin1');
}
