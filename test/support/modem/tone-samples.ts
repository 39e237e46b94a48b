// Tones as 16-bit linear samples at 8 kHz.

const rate = 8000;
/** Of each frequency: about -18 dBm0. */
const amplitude = 3800;

export function toneSamples(frequencies: readonly number[], ms: number): Int16Array {
  return Int16Array.from({ length: Math.round((ms * rate) / 1000) }, (_, at) => Math.round(frequencies.reduce((sum, frequency) => sum + amplitude * Math.sin((2 * Math.PI * frequency * at) / rate), 0)));
}

const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];
const keys = ['123A', '456B', '789C', '*0#D'];

/** DTMF of ITU-T Q.23; null for what is no key. */
export function keySamples(key: string, ms: number): Int16Array | null {
  const row = keys.findIndex((line) => key.length === 1 && line.includes(key));
  return row < 0 ? null : toneSamples([rows[row] ?? 0, columns[keys[row]?.indexOf(key) ?? 0] ?? 0], ms);
}

/** Call progress tones of North America, one period each: frequencies, on, off. */
export const progressTones = {
  dial: { frequencies: [350, 440], onMs: 1000, offMs: 0 },
  busy: { frequencies: [480, 620], onMs: 500, offMs: 500 },
  ringback: { frequencies: [440, 480], onMs: 2000, offMs: 4000 },
} as const;

/** One period, to be repeated. */
export function progressSamples(name: keyof typeof progressTones): Int16Array {
  const { frequencies, onMs, offMs } = progressTones[name];
  const samples = new Int16Array(((onMs + offMs) * rate) / 1000);
  samples.set(toneSamples(frequencies, onMs));
  return samples;
}
