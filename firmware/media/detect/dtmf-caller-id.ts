/**
 * Caller ID by DTMF, before the first ring or after it (ETSI EN 300 659-1 annex B, and what networks made of it):
 *
 *     A 5551234 C    D 5551234 C    D 5551234 #       the number
 *     B 00 C   B 10 C   D 1 #   D 2 #   D 3 #          not known, withheld; Denmark: withheld, foreign, not known
 */
import type { CallerId } from '../../../hal/line.ts';
import { samplesOf } from '../audio-format.ts';
import { DtmfDetector } from '../dtmf-detector.ts';
import { DtmfGenerator } from '../dtmf-generator.ts';

const longest = 20;
/** Digits further apart belong to no transmission: a second, in frames. */
const apartFrames = 50;
const toneMs = 70;
const gapMs = 70;

export class DtmfCallerId {
  readonly #detector = new DtmfDetector();
  /** Start code and digits so far; '' = none has begun. */
  #codes = '';
  #frames = 0;
  /** Transmissions that broke off, or were no caller ID. */
  faults = 0;

  reset(): void {
    this.#detector.reset();
    this.#codes = '';
    this.#frames = 0;
  }

  /** Takes frame[0..samples); returns who calls when the end code has come. */
  hear(frame: Uint8Array, samples: number, decode: Int16Array): CallerId | null {
    const digit = this.#detector.hear(frame, samples, decode);
    if (digit !== '') return this.#take(digit);
    if (this.#codes !== '' && ++this.#frames > apartFrames) this.#drop();
    return null;
  }

  #take(digit: string): CallerId | null {
    this.#frames = 0;
    if (digit === 'C' || digit === '#') return this.#end();
    if (digit === 'A' || digit === 'B' || digit === 'D') {
      if (this.#codes !== '') this.#drop();
      this.#codes = digit;
    } else if (this.#codes !== '') this.#codes += digit;
    if (this.#codes.length > longest + 1) this.#drop();
    return null;
  }

  #end(): CallerId | null {
    const codes = this.#codes;
    this.#codes = '';
    if (codes === '') return null;
    const found = callerIdOf(codes);
    if (found === null) this.faults++;
    return found;
  }

  #drop(): void {
    this.#codes = '';
    this.faults++;
  }
}

const absentCodes: Readonly<Record<string, 'private' | 'out-of-area'>> = { '1': 'private', '2': 'out-of-area', '3': 'out-of-area', '00': 'out-of-area', '10': 'private' };

function callerIdOf(codes: string): CallerId | null {
  const digits = codes.slice(1);
  const absent = codes.startsWith('A') ? undefined : absentCodes[digits];
  if (absent !== undefined) return { number: '', name: '', absent };
  return digits === '' || codes.startsWith('B') || !/^[0-9]+$/.test(digits) ? null : { number: digits, name: '', absent: null };
}

/** What is dialled to tell a telephone who calls. */
export function dtmfCallerIdCodes(callerId: CallerId): string {
  const number = callerId.number.replace(/[^0-9]/g, '').slice(0, longest);
  if (number !== '') return `D${number}C`;
  return callerId.absent === 'private' ? 'B10C' : 'B00C';
}

/** The codes of G.711 of it, with a gap after each digit. */
export function dtmfCallerIdAudio(callerId: CallerId, encode: Uint8Array, silence: number): Uint8Array {
  const digits = dtmfCallerIdCodes(callerId);
  const out = new Uint8Array(digits.length * samplesOf(toneMs + gapMs)).fill(silence);
  const generator = new DtmfGenerator();
  [...digits].forEach((digit, index) => {
    if (generator.begin(digit, toneMs)) generator.fill(out, index * samplesOf(toneMs + gapMs), samplesOf(toneMs), encode);
  });
  return out;
}
