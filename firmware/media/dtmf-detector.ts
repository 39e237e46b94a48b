/**
 * In-band DTMF by eight Goertzel filters, to the limits of ITU-T Q.24: tones of 40 ms are heard, of 20 ms not; 1.5 % off frequency
 * accepted, 3.5 % refused; breaks of 10 ms bridged, of 40 ms end the digit.
 *
 *   codes ──> steps of 51 samples ──> filters ──> two steps = a window of 12.75 ms ──> level, twist, purity ──> digit or none
 *                                                 four windows alike, phases in step, level steady ──> digit heard
 *
 * Each step is filtered once; a window's result is the complex sum of its two steps. Four overlapping windows make 23 ms at least
 * and always fit into 40 ms. Speech is kept out by phase (from window to window it must advance as the tone's frequency says, which
 * tells a few hertz where filters of this length cannot), by purity (the two tones hold nearly all of the power), and by steadiness.
 */
import { columnHz, digitAt, rowHz } from './dtmf-tones.ts';
import { peakOf } from './level.ts';

const stepSamples = 51;
const windowSamples = 2 * stepSamples;
/** Weakest tone: its squared magnitude in a window. */
const weakest = ((peakOf(-34) * windowSamples) / 2) ** 2;
const rowOverColumn = 10 ** 1.15; // twist: 8 dB one way, 4 dB the other, and what each tone leaks into the other's filter
const columnOverRow = 10 ** 0.6;
const overOthers = 10 ** 0.6; // second strongest of a group is at least 6 dB down
const windowPurity = 0.68; // as the filters see it, which hear less of a tone that is off their frequency
const purity = 0.87; // with that put right
const steadiness = 4; // a tone changes by less than 6 dB from window to window
const windowsToHear = 4;
const windowsToEnd = 4;

const tones = [...rowHz, ...columnHz];
const turns = tones.map((hz) => (2 * Math.PI * hz) / 8000);
const coefficients = Float64Array.from(turns, (turn) => 2 * Math.cos(turn));
const cosines = Float64Array.from(turns, Math.cos);
const sines = Float64Array.from(turns, Math.sin);
/** What a tone turns by in one step. */
const advances = Float64Array.from(turns, (turn) => turn * stepSamples);
const advanceCosines = Float64Array.from(advances, Math.cos);
const advanceSines = Float64Array.from(advances, Math.sin);
/** By how much the phase may go astray per step: 1.5 % + 5 Hz. */
const tolerances = Float64Array.from(tones, (hz) => (2 * Math.PI * (0.015 * hz + 5) * stepSamples) / 8000);

export class DtmfDetector {
  readonly #step = new Float64Array(stepSamples);
  #filled = 0;
  // Fractions live in typed arrays, and are not handed from function to function: V8 would box them, some on every step.
  /** Result of the last step, per tone: the first half of the next window. */
  readonly #real = new Float64Array(tones.length);
  readonly #imaginary = new Float64Array(tones.length);
  /** Energy of the last step and of the window that it ends. */
  readonly #energy = new Float64Array(2);
  readonly #power = new Float64Array(tones.length);
  readonly #powerBefore = new Float64Array(tones.length);
  readonly #phase = new Float64Array(tones.length);
  readonly #phaseBefore = new Float64Array(tones.length);
  /** Phase astray of row and column over the windows alike. */
  readonly #astray = new Float64Array(2);
  /** Row x 4 + column of the last window; -1 = none. */
  #candidate = -1;
  #alike = 0;
  /** The digit that sounds and has been reported; -1 = none. */
  #sounding = -1;
  #misses = 0;

  reset(): void {
    this.#filled = 0;
    this.#real.fill(0);
    this.#imaginary.fill(0);
    this.#energy.fill(0);
    this.#candidate = -1;
    this.#alike = 0;
    this.#sounding = -1;
    this.#misses = 0;
  }

  /** A digit sounds now, and has been reported. */
  get sounds(): boolean {
    return this.#sounding >= 0;
  }

  /** How much of a digit has sounded when it is reported, in ms. */
  get heardMs(): number {
    return Math.round(((windowsToHear + 1) * stepSamples) / 8);
  }

  /** Takes codes[0..samples); returns a digit that has just been recognised, otherwise ''. At most 20 ms at a time, in which one digit fits. */
  hear(codes: Uint8Array, samples: number, decode: Int16Array): string {
    let digit = '';
    for (let at = 0; at < samples; at++) {
      this.#step[this.#filled++] = decode[codes[at] ?? 0] ?? 0;
      if (this.#filled === stepSamples) digit = this.#judgeStep() || digit;
    }
    return digit;
  }

  #judgeStep(): string {
    this.#filled = 0;
    this.#sumEnergy();
    this.#powerBefore.set(this.#power);
    this.#phaseBefore.set(this.#phase);
    for (let tone = 0; tone < tones.length; tone++) this.#filter(tone);
    return this.#follow(this.#recognise());
  }

  #sumEnergy(): void {
    let sum = 0;
    for (let at = 0; at < stepSamples; at++) sum += (this.#step[at] ?? 0) ** 2;
    this.#energy[1] = (this.#energy[0] ?? 0) + sum;
    this.#energy[0] = sum;
  }

  /** One tone's share of this step, joined with that of the step before to the window's. */
  #filter(tone: number): void {
    const coefficient = coefficients[tone] ?? 0;
    let last = 0;
    let before = 0;
    for (let at = 0; at < stepSamples; at++) {
      const next = (this.#step[at] ?? 0) + coefficient * last - before;
      before = last;
      last = next;
    }
    const cosine = advanceCosines[tone] ?? 0;
    const sine = advanceSines[tone] ?? 0;
    const realBefore = this.#real[tone] ?? 0;
    const imaginaryBefore = this.#imaginary[tone] ?? 0;
    const real = last * (cosines[tone] ?? 0) - before;
    const imaginary = last * (sines[tone] ?? 0);
    this.#real[tone] = real;
    this.#imaginary[tone] = imaginary;
    const windowReal = real + realBefore * cosine - imaginaryBefore * sine;
    const windowImaginary = imaginary + realBefore * sine + imaginaryBefore * cosine;
    this.#power[tone] = windowReal * windowReal + windowImaginary * windowImaginary;
    this.#phase[tone] = Math.atan2(windowImaginary, windowReal);
  }

  /** Row x 4 + column of the window, or -1. */
  #recognise(): number {
    const row = this.#strongest(0);
    const column = this.#strongest(4);
    const low = this.#power[row] ?? 0;
    const high = this.#power[column] ?? 0;
    if (low < weakest || high < weakest || low > high * rowOverColumn || high > low * columnOverRow) return -1;
    if (!this.#standsOut(0, row) || !this.#standsOut(4, column)) return -1;
    return 2 * (low + high) < windowPurity * windowSamples * (this.#energy[1] ?? 0) ? -1 : row * 4 + column - 4;
  }

  #strongest(first: number): number {
    let best = first;
    for (let tone = first + 1; tone < first + 4; tone++) if ((this.#power[tone] ?? 0) > (this.#power[best] ?? 0)) best = tone;
    return best;
  }

  #standsOut(first: number, best: number): boolean {
    for (let tone = first; tone < first + 4; tone++) {
      if (tone !== best && (this.#power[tone] ?? 0) * overOthers > (this.#power[best] ?? 0)) return false;
    }
    return true;
  }

  /** Takes the window's finding into the digit's history. */
  #follow(found: number): string {
    if (found >= 0 && found === this.#sounding) this.#misses = 0;
    else if (this.#sounding >= 0 && ++this.#misses >= windowsToEnd) this.#sounding = -1;
    this.#countAlike(found);
    if (this.#alike < windowsToHear || found === this.#sounding || !this.#isPure(found)) return '';
    this.#sounding = found;
    this.#misses = 0;
    return digitAt(found >> 2, found & 3);
  }

  #countAlike(found: number): void {
    const goesOn = found >= 0 && found === this.#candidate && this.#isSteady(found >> 2) && this.#isSteady(4 + (found & 3));
    this.#candidate = found;
    this.#alike = found < 0 ? 0 : goesOn ? this.#alike + 1 : 1;
    if (!goesOn) this.#astray.fill(0);
    else {
      this.#astray[0] = (this.#astray[0] ?? 0) + this.#astrayOf(found >> 2);
      this.#astray[1] = (this.#astray[1] ?? 0) + this.#astrayOf(4 + (found & 3));
    }
  }

  #isSteady(tone: number): boolean {
    const now = this.#power[tone] ?? 0;
    const before = this.#powerBefore[tone] ?? 0;
    return now < before * steadiness && before < now * steadiness;
  }

  /** How far the phase of `tone` is from where its frequency should have brought it since the last window. */
  #astrayOf(tone: number): number {
    const advance = (this.#phase[tone] ?? 0) - (this.#phaseBefore[tone] ?? 0) - (advances[tone] ?? 0);
    return advance - 2 * Math.PI * Math.round(advance / (2 * Math.PI));
  }

  /** Both tones have, on average over the windows alike, the frequency they should have, and together nearly all the power. */
  #isPure(found: number): boolean {
    const row = found >> 2;
    const column = 4 + (found & 3);
    const rowTurn = (this.#astray[0] ?? 0) / (this.#alike - 1);
    const columnTurn = (this.#astray[1] ?? 0) / (this.#alike - 1);
    if (Math.abs(rowTurn) > (tolerances[row] ?? 0) || Math.abs(columnTurn) > (tolerances[column] ?? 0)) return false;
    const power = (this.#power[row] ?? 0) / passed(rowTurn) + (this.#power[column] ?? 0) / passed(columnTurn);
    return 2 * power >= purity * windowSamples * (this.#energy[1] ?? 0);
  }
}

/** Share of a tone's power that a window passes when the tone turns by `turn` more per step than the filter expects. */
function passed(turn: number): number {
  return turn === 0 ? 1 : (Math.sin(turn) / turn) ** 2; // a window is two steps, so half its turn is one step's
}
