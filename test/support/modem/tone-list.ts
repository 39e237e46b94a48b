import { keySamples, toneSamples } from './tone-samples.ts';
import type { Tone } from './voice-path.ts';

const gapMs = 80;
const pauseMs = 500;

/** The list of `+VTS` (ITU-T V.253): keys, `{key,duration}` and `[frequency,frequency,duration]`, durations in hundredths of a second. null: none. */
export function parseTones(list: string, keyMs: number): Tone[] | null {
  const items = list.match(/\[[^\]]*\]|\{[^}]*\}|[^,[\]{}]/g);
  if (items === null) return null;
  const tones = items.map((item) => tone(item, keyMs));
  return tones.every((one) => one !== null) ? tones : null;
}

/** The keys of a dial string; what stands for no sound is left out. */
export function dialTones(number: string, keyMs: number): Tone[] {
  const tones = [...number].map((key) => (key === ',' ? { samples: new Int16Array(8 * pauseMs), key: null } : keyTone(key, keyMs)));
  return tones.filter((one) => one !== null);
}

function tone(item: string, keyMs: number): Tone | null {
  if (item.length === 1) return keyTone(item, keyMs);
  const [first = '', second = '', third = ''] = item.slice(1, -1).split(',');
  if (item.startsWith('{')) return keyTone(first, 10 * Number(second));
  const [frequencies, ms] = [[first, second].filter((one) => one !== '').map(Number), 10 * Number(third)];
  const fair = frequencies.every((one) => one >= 200 && one <= 3600) && ms > 0 && ms <= 10_000;
  return fair ? { samples: toneSamples(frequencies, ms), key: null } : null;
}

function keyTone(key: string, ms: number): Tone | null {
  const sound = keySamples(key.toUpperCase(), ms > 0 ? ms : 100);
  if (sound === null) return null;
  const samples = new Int16Array(sound.length + 8 * gapMs);
  samples.set(sound);
  return { samples, key: key.toUpperCase() };
}
