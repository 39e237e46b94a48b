/** Test signals at 8 kHz, 16 bit linear. */
import { ulawEncode } from '../../../hal/g711.ts';
import { framePower } from '../../../firmware/media/level.ts';
import type { CodecName } from '../../../firmware/media/media-protocol.ts';
import type { SimRandom } from '../../../hal/sim/sim-random.ts';

/** Sine of a level in dBm0 (0 dBm0 = 22,665 / sqrt 2 rms of the 16-bit scale, near enough for tests). */
export function tone(hz: number, dbm0: number, ms: number, phase = 0): Float64Array {
  const peak = 22_650 * 10 ** (dbm0 / 20);
  return Float64Array.from({ length: Math.round(ms * 8) }, (_, n) => peak * Math.sin((2 * Math.PI * hz * n) / 8000 + phase));
}

export function sum(...signals: Float64Array[]): Float64Array {
  const longest = Math.max(...signals.map((signal) => signal.length));
  return Float64Array.from({ length: longest }, (_, n) => signals.reduce((total, signal) => total + (signal[n] ?? 0), 0));
}

export function join(...signals: Float64Array[]): Float64Array {
  const joined = new Float64Array(signals.reduce((length, signal) => length + signal.length, 0));
  let at = 0;
  for (const signal of signals) {
    joined.set(signal, at);
    at += signal.length;
  }
  return joined;
}

export function quiet(ms: number): Float64Array {
  return new Float64Array(Math.round(ms * 8));
}

/** White noise of a level in dBm0. */
export function noise(random: SimRandom, dbm0: number, ms: number): Float64Array {
  const rms = (22_650 / Math.SQRT2) * 10 ** (dbm0 / 20);
  return Float64Array.from({ length: Math.round(ms * 8) }, () => rms * Math.sqrt(3) * (random.below(2_000_001) / 1_000_000 - 1));
}

export function ulaw(signal: Float64Array): Uint8Array {
  return Uint8Array.from(signal, (value) => ulawEncode[Math.max(-32_768, Math.min(32_767, Math.round(value))) + 32_768] ?? 0);
}

/** Sharpens by a two-pole resonance, as a formant does. */
function resonate(signal: Float64Array, hz: number, bandwidth: number): Float64Array {
  const radius = Math.exp((-Math.PI * bandwidth) / 8000);
  const turn = 2 * radius * Math.cos((2 * Math.PI * hz) / 8000);
  const out = new Float64Array(signal.length);
  for (let n = 0; n < signal.length; n++) out[n] = (signal[n] ?? 0) + turn * (out[n - 1] ?? 0) - radius * radius * (out[n - 2] ?? 0);
  return out;
}

function scaled(signal: Float64Array, peak: number): Float64Array {
  const highest = signal.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return signal.map((value) => (value * peak) / highest);
}

/** A voiced sound: glottal pulses with a gliding, slightly uneven pitch through four formants. */
export function vowel(random: SimRandom, ms: number): Float64Array {
  const samples = Math.round(ms * 8);
  const pulses = new Float64Array(samples);
  const fromHz = 80 + random.below(220);
  const toHz = fromHz * (0.8 + random.below(400) / 1000);
  for (let phase = 0, n = 0; n < samples; n++) {
    phase += ((fromHz + ((toHz - fromHz) * n) / samples) * (0.995 + random.below(10) / 1000)) / 8000;
    if (phase >= 1) {
      phase -= 1;
      pulses[n] = 1000;
    }
  }
  const formants: [number, number][] = [
    [250 + random.below(600), 60], [850 + random.below(1500), 80], [1900 + random.below(1000), 120], [3000 + random.below(600), 150],
  ];
  return scaled(formants.reduce<Float64Array>((signal, [hz, bandwidth]) => resonate(signal, hz, bandwidth), pulses), 3000 + random.below(20_000));
}

/** Something like talk: vowels, hisses, pauses. */
export function talk(random: SimRandom, ms: number): Float64Array {
  const parts: Float64Array[] = [];
  for (let made = 0; made < ms * 8; made += parts.at(-1)?.length ?? 0) {
    const kind = random.below(10);
    if (kind < 6) parts.push(vowel(random, 80 + random.below(250)));
    else if (kind < 8) parts.push(scaled(resonate(noise(random, -20, 40 + random.below(120)), 2000 + random.below(1500), 600), 1000 + random.below(6000)));
    else parts.push(noise(random, -60, 30 + random.below(200)));
  }
  return join(...parts).slice(0, Math.round(ms * 8));
}

/** Level of bytes[at..at+samples) in dBm0. */
export function frameLevel(codec: CodecName, bytes: Uint8Array, at: number, samples: number): number {
  return 10 * Math.log10(framePower(codec, bytes, at, samples));
}
