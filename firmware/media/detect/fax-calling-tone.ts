/**
 * CNG, the tone by which a fax machine calls (ITU-T T.30: 1,100 Hz +-38 Hz, 0.5 s +-15 % of every 3.5 s), in frames of 20 ms whose line
 * nobody has in hand: calls on RTP, and lines that are served. One filter, nothing allocated per frame.
 */
import { frameMs, frameSamples } from '../audio-format.ts';
import { peakOf } from '../level.ts';

/** Of a tone that begins and ends within a frame. */
const leastMs = 400;
const mostMs = 600;
/** 5 ms: so short that the filter still hears a tone that is 38 Hz off. */
const stepSamples = 40;
/** Of the energy: 0.88 of a tone that is 38 Hz off, 0.45 of one that is 96 Hz off. */
const leastShare = 0.75;
const weakest = (peakOf(-43) ** 2 / 2) * frameSamples;
const turn = 2 * Math.cos((2 * Math.PI * 1100) / 8000);

export class FaxCallingTone {
  #heardMs = 0;

  reset(): void {
    this.#heardMs = 0;
  }

  /** True with the first frame after a whole tone. `decode`: of the frame's law. */
  hear(frame: Uint8Array, decode: Int16Array): boolean {
    let power = 0;
    let energy = 0;
    for (let from = 0; from < frameSamples; from += stepSamples) {
      let one = 0;
      let two = 0;
      for (let at = from; at < from + stepSamples; at += 1) {
        const sample = decode[frame[at] as number] as number;
        energy += sample * sample;
        const next = sample + turn * one - two;
        two = one;
        one = next;
      }
      power += (one * one + two * two - turn * one * two) * (2 / stepSamples);
    }
    if (energy >= weakest && power >= leastShare * energy) {
      this.#heardMs = Math.min(this.#heardMs + frameMs, 2 * mostMs);
      return false;
    }
    const whole = this.#heardMs >= leastMs && this.#heardMs <= mostMs;
    this.#heardMs = 0;
    return whole;
  }
}
