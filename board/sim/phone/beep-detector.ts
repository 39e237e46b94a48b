/** The record tone of the unit, and how long of it must be heard before the phone believes it. */
const beepHz = 1000;
const leastBeepMs = 240;
const frameMs = 20;
const frameSamples = 160;
const sampleHz = 8000;
/** Share of a frame's energy that must lie at the tone. */
const purity = 0.8;
/** Mean square below which a frame is silence (about -40 dBm0). */
const leastPower = 6400;

/** Hears when the record tone has ended: the moment to speak. */
export class BeepDetector {
  readonly #frame = new Float64Array(frameSamples);
  #filled = 0;
  #toneMs = 0;

  /** Linear samples as they come; true when a beep ended within them. */
  feed(samples: Int16Array): boolean {
    let ended = false;
    for (const sample of samples) {
      this.#frame[this.#filled++] = sample;
      if (this.#filled < frameSamples) continue;
      this.#filled = 0;
      ended = this.#frameEnded() || ended;
    }
    return ended;
  }

  #frameEnded(): boolean {
    const toneBefore = this.#toneMs;
    this.#toneMs = isTone(this.#frame) ? toneBefore + frameMs : 0;
    return this.#toneMs === 0 && toneBefore >= leastBeepMs;
  }
}

/** Goertzel's filter at the tone against the energy of the whole frame. */
function isTone(frame: Float64Array): boolean {
  const coefficient = 2 * Math.cos((2 * Math.PI * beepHz) / sampleHz);
  let before = 0;
  let last = 0;
  let energy = 0;
  for (const sample of frame) {
    const now = sample + coefficient * last - before;
    before = last;
    last = now;
    energy += sample * sample;
  }
  const atTone = (2 * (last * last + before * before - coefficient * last * before)) / frame.length;
  return energy / frame.length > leastPower && atTone > purity * energy;
}
