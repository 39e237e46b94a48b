import { bytesPerSample, type SampleCoding } from './sample-format.ts';

/** One line of the answer to `AT+VSM=?`, as far as we can use it. */
export interface VoiceFormat {
  /** What `+VSM=` wants. */
  readonly id: number;
  readonly coding: SampleCoding;
}

/** Samples per second; the modem is asked for no other. */
export const modemRate = 8000;

/** The best first. A byte of law carries 37 dB of speech, a linear byte 30 dB: audible hiss. */
export const formatPreference: readonly SampleCoding[] = ['ulaw', 'alaw', 'linear16', 'unsigned8', 'signed8'];

/** Compressions by the words that vendors use; the first that fits counts. */
const codings: readonly (readonly [RegExp, number, SampleCoding])[] = [
  [/MU?[- ]?LAW|U[- ]?LAW|G\.?711 ?U/, 8, 'ulaw'],
  [/A[- ]?LAW|G\.?711 ?A/, 8, 'alaw'],
  [/LINEAR|PCM/, 16, 'linear16'],
  [/UNSIGNED/, 8, 'unsigned8'],
  [/SIGNED/, 8, 'signed8'],
  [/LINEAR|PCM/, 8, 'unsigned8'],
];

/**
 * A line such as `+VSM: 128,"8-BIT LINEAR",8,0,(7200,8000),(0),(0)` (V.253 clause 10.2.8: label, compression, bits, timing mark,
 * rates, ...). The prefix and the quotation marks are there or not, by vendor. null: no format, or none that we can use.
 */
export function parseVoiceFormat(line: string): VoiceFormat | null {
  const [label = '', name = '', ...rest] = fields(line.replace(/^\s*\+VSM:\s*/i, ''));
  if (!/^\d+$/.test(label) || !rest.some(takesOurRate)) return null;
  const words = name.toUpperCase().replace('_', ' ');
  // Some leave the bits out, and say them in the name alone.
  const bits = /^\d+$/.test(rest[0] ?? '') ? rest[0] : /(\d+)[- ]BIT/.exec(words)?.[1];
  if (words.includes('ADPCM')) return null;
  const coding = codings.find(([pattern, wide]) => wide === Number(bits) && pattern.test(words))?.[2];
  return coding === undefined ? null : { id: Number(label), coding };
}

/** The formats of `+VSM=?`, the best first, without those that the rate of the line cannot carry. `baud` null: a USB modem, where it is only a number. */
export function usableFormats(lines: readonly string[], preference: readonly SampleCoding[], baud: number | null): VoiceFormat[] {
  const found = lines.map(parseVoiceFormat).filter((format) => format !== null && fits(format.coding, baud)) as VoiceFormat[];
  return found.filter(({ coding }) => preference.includes(coding)).sort((one, other) => preference.indexOf(one.coding) - preference.indexOf(other.coding));
}

/** Ten bits to a byte on the wire, and a tenth more for what is shielded. */
export const fits = (coding: SampleCoding, baud: number | null): boolean => baud === null || bytesPerSample(coding) * modemRate * 11 <= baud;

/** Fields by comma, where brackets and quotation marks hold theirs together. */
function fields(line: string): string[] {
  return (line.match(/\([^)]*\)|"[^"]*"|[^,]+/g) ?? []).map((field) => field.trim().replace(/^"|"$/g, ''));
}

/** A rate, a list of them, or ranges: `8000`, `(7200,8000)`, `(7200-11025)`. */
function takesOurRate(field: string): boolean {
  return field
    .replace(/[()]/g, '')
    .split(',')
    .map((part) => part.split('-').map(Number))
    .some(([from = NaN, to = from]) => from <= modemRate && modemRate <= to);
}
