import { DtmfDetector } from '../../firmware/media/dtmf-detector.ts';
import { decodeTable, ulawEncode } from '../../hal/g711.ts';
import { tonesIn } from './media/tone-ear.ts';
import { voice } from './sim-site.ts';

/** Speech in PCMU. */
export const spoken = (ms: number, hz = 440): Uint8Array => Uint8Array.from(voice(ms, hz), (sample) => ulawEncode[sample + 32_768] as number);

/** Where what was said begins in what was heard, bit for bit over half a second of its middle; -1 = nowhere. */
export function foundAt(heard: Uint8Array, said: Uint8Array): number {
  const found = Buffer.from(heard).indexOf(Buffer.from(said.slice(4000, 8000)));
  return found < 0 ? -1 : found - 4000;
}

/** Digits heard as tones. */
export function keysIn(heard: Uint8Array): string {
  const detector = new DtmfDetector();
  let keys = '';
  for (let from = 0; from + 160 <= heard.length; from += 160) keys += detector.hear(heard.subarray(from, from + 160), 160, decodeTable('PCMU'));
  return keys;
}

/** Changes of the call progress tone, of zone us: 'dial', 'busy', ..., 'none'. */
export function tonesHeard(codes: Uint8Array, awaitsDial = false): string[] {
  const decode = decodeTable('PCMU');
  return tonesIn('us', Int16Array.from(codes, (code) => decode[code] ?? 0), awaitsDial).map(({ tone }) => tone ?? 'none');
}

/** How often sound begins after silence. */
export function bursts(codes: Uint8Array): number {
  const decode = decodeTable('PCMU');
  let count = 0;
  let loud = false;
  for (let from = 0; from + 160 <= codes.length; from += 160) {
    const now = codes.subarray(from, from + 160).some((code) => Math.abs(decode[code] ?? 0) > 500);
    if (now && !loud) count++;
    loud = now;
  }
  return count;
}
