/**
 * How much of a stretch of audio a set of steady sines explains, whatever their phases: least squares over their cosines and sines.
 * Unlike single Goertzel filters it also tells apart frequencies that are nearer to each other than the stretch resolves, such as 440
 * and 480 Hz within 20 ms, and does not mistake the leakage of one for the other.
 *
 *     c = Bᵀx (correlations)      a = (BᵀB)⁻¹ c (amplitudes)      explained energy = cᵀa
 *
 * Time runs from the middle of the stretch, so cosines see its even part and sines its odd part only, and neither sees the other: half
 * the work, and two small matrices for one large.
 */

/** A stretch of audio, folded at its middle: even part x(n) + x(-n), odd part x(n) - x(-n). */
export class Folded {
  readonly half: number;
  readonly even: Float64Array;
  readonly odd: Float64Array;
  readonly #samples: number;

  constructor(samples: number) {
    this.#samples = samples;
    this.half = (samples + 1) >> 1;
    this.even = new Float64Array(this.half);
    this.odd = new Float64Array(this.half);
  }

  /** Folds x[at..at+samples). */
  load(x: Float64Array, at: number): void {
    const last = at + this.#samples - 1;
    for (let n = 0; n < this.half; n++) {
      const early = x[at + n] ?? 0;
      const late = x[last - n] ?? 0;
      this.even[n] = early + late;
      this.odd[n] = late - early;
    }
    if ((this.#samples & 1) === 1) this.even[this.half - 1] = x[at + this.half - 1] ?? 0;
  }
}

export class ToneFit {
  /** [0]: energy of the last stretch that the sines explain, as a sum of squares. An array, because V8 boxes fractions that are returned. */
  readonly explained = new Float64Array(1);
  /** Squared amplitude of each sine in the last stretch. */
  readonly powers: Float64Array;
  readonly #even: Half;
  readonly #odd: Half;

  /** `samples`: as of the stretches that will be fitted. */
  constructor(hz: readonly number[], samples: number) {
    this.powers = new Float64Array(hz.length);
    this.#even = halfOf(hz, samples, Math.cos);
    this.#odd = halfOf(hz, samples, Math.sin);
  }

  fit(stretch: Folded): void {
    this.explained[0] = 0;
    this.powers.fill(0);
    this.#fit(this.#even, stretch.even);
    this.#fit(this.#odd, stretch.odd);
  }

  #fit(half: Half, folded: Float64Array): void {
    const { basis, inverse, correlations } = half;
    const size = correlations.length;
    for (let row = 0; row < size; row++) correlations[row] = 0;
    for (let row = 0, from = 0; row < size; row++, from += folded.length) {
      let sum = 0;
      for (let n = 0; n < folded.length; n++) sum += (basis[from + n] as number) * (folded[n] as number);
      correlations[row] = sum;
    }
    for (let row = 0, from = 0; row < size; row++, from += size) {
      let amplitude = 0;
      for (let column = 0; column < size; column++) amplitude += (inverse[from + column] as number) * (correlations[column] as number);
      this.explained[0] = (this.explained[0] as number) + amplitude * (correlations[row] as number);
      this.powers[row] = (this.powers[row] as number) + amplitude * amplitude;
    }
  }
}

interface Half {
  readonly basis: Float64Array;
  readonly inverse: Float64Array;
  readonly correlations: Float64Array;
}

function halfOf(hz: readonly number[], samples: number, wave: (angle: number) => number): Half {
  const half = (samples + 1) >> 1;
  const rows = hz.map((frequency) => Float64Array.from({ length: half }, (_, n) => wave((2 * Math.PI * frequency * ((samples - 1) / 2 - n)) / 8000)));
  const weight = (n: number): number => (n === half - 1 && (samples & 1) === 1 ? 1 : 2); // the middle stands once, all else on both sides
  const gram = rows.map((one) => rows.map((other) => one.reduce((sum, value, n) => sum + weight(n) * value * (other[n] ?? 0), 0)));
  return { basis: Float64Array.from(rows.flatMap((row) => [...row])), inverse: inverseOf(gram), correlations: new Float64Array(hz.length) };
}

/** By Gauss and Jordan with row exchange; the matrix is symmetric and positive. */
function inverseOf(matrix: number[][]): Float64Array {
  const size = matrix.length;
  const work = matrix.map((row, index) => [...row, ...Array.from({ length: size }, (_, column) => (column === index ? 1 : 0))]);
  for (let column = 0; column < size; column++) {
    const below = work.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + below.indexOf(Math.max(...below));
    [work[column], work[pivot]] = [work[pivot] ?? [], work[column] ?? []];
    const scale = work[column]?.[column] ?? 1;
    work[column] = (work[column] ?? []).map((value) => value / scale);
    eliminate(work, column);
  }
  return Float64Array.from(work.flatMap((row) => row.slice(size)));
}

function eliminate(work: number[][], column: number): void {
  const head = work[column] ?? [];
  for (const [index, row] of work.entries()) {
    const factor = row[column] ?? 0;
    if (index !== column && factor !== 0) work[index] = row.map((value, at) => value - factor * (head[at] ?? 0));
  }
}
