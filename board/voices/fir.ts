/** Linear-phase filters by the Kaiser window. All have 60 dB stop-band attenuation, which is more than G.711 can show. */

const stopBandDb = 60;
const beta = 0.1102 * (stopBandDb - 8.7);

/** Half the length, in seconds, that a transition band of this width takes (Kaiser's estimate). */
export function halfLengthSec(transitionHz: number): number {
  return (stopBandDb - 7.95) / (2 * 2.285 * 2 * Math.PI * transitionHz);
}

/** Impulse response of a low-pass at `timeSec` from its centre, per unit of time: to be multiplied by the sample interval. */
export function lowPassAt(timeSec: number, cutoffHz: number, halfSec: number): number {
  return 2 * cutoffHz * sinc(2 * cutoffHz * timeSec) * kaiser(timeSec / halfSec);
}

/** Odd number of taps that pass lowHz..highHz; both edges fall off over `transitionHz` outwards. */
export function bandPass(rate: number, lowHz: number, highHz: number, transitionHz: number): Float64Array {
  const halfSec = halfLengthSec(transitionHz);
  const half = Math.ceil(halfSec * rate);
  const [bottom, top] = [lowHz - transitionHz / 2, highHz + transitionHz / 2];
  return Float64Array.from({ length: 2 * half + 1 }, (_, index) => {
    const timeSec = (index - half) / rate;
    return (lowPassAt(timeSec, top, half / rate) - lowPassAt(timeSec, bottom, half / rate)) / rate;
  });
}

/** Filters without delay; beyond its ends the signal is silent. */
export function filterCentred(samples: Float64Array, taps: Float64Array): Float64Array {
  const half = taps.length >> 1;
  const filtered = new Float64Array(samples.length);
  for (let at = 0; at < samples.length; at++) {
    const first = Math.max(0, half - at);
    const last = Math.min(taps.length, samples.length - at + half);
    let sum = 0;
    for (let tap = first; tap < last; tap++) sum += (taps[tap] ?? 0) * (samples[at + tap - half] ?? 0);
    filtered[at] = sum;
  }
  return filtered;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Kaiser window over -1..1. */
const kaiser = (x: number): number => (Math.abs(x) > 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta));

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
