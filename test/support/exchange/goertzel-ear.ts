import { dtmf, linearOf, samplesPerSecond } from './line-sound.ts';

/** Amplitude of `frequency` in mu-law samples, by Goertzel: that of a sine alone is its peak. */
export function amplitudeOf(samples: Uint8Array, frequency: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / samplesPerSecond);
  let [one, two] = [0, 0];
  for (const byte of samples) [one, two] = [(linearOf[byte] as number) + factor * one - two, one];
  return (2 * Math.sqrt(Math.max(0, one * one + two * two - factor * one * two))) / samples.length;
}

/** Root of the mean square. */
export function levelOf(samples: Uint8Array): number {
  let sum = 0;
  for (const byte of samples) sum += (linearOf[byte] as number) ** 2;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

const leastAmplitude = 500;

/** Hears keys (ITU-T Q.23) in blocks of 20 ms: one that is heard in two blocks counts, and counts again after a block without it. */
export class DtmfEar {
  digits = '';
  readonly #block = new Uint8Array(160);
  #fill = 0;
  #last = '';
  #told = '';

  take(samples: Uint8Array): void {
    for (const byte of samples) {
      this.#block[this.#fill++] = byte;
      if (this.#fill < this.#block.length) continue;
      this.#fill = 0;
      this.#look(keyIn(this.#block));
    }
  }

  #look(key: string): void {
    if (key !== '' && key === this.#last && key !== this.#told) this.digits += this.#told = key;
    if (key === '' && this.#last === '') this.#told = '';
    this.#last = key;
  }
}

function keyIn(block: Uint8Array): string {
  if (levelOf(block) < leastAmplitude / 2) return '';
  const [row, low] = loudest(block, dtmf.rows);
  const [column, high] = loudest(block, dtmf.columns);
  const both = Math.sqrt((low * low + high * high) / 2);
  const pure = Math.min(low, high) > leastAmplitude && both > 0.8 * levelOf(block);
  return pure ? (dtmf.keys[row * 4 + column] as string) : '';
}

function loudest(block: Uint8Array, frequencies: readonly number[]): [number, number] {
  const found = frequencies.map((frequency) => amplitudeOf(block, frequency));
  const most = Math.max(...found);
  return [found.indexOf(most), most];
}
