/** What exchanges and telephones sound like: call progress tones of three zones, and DTMF (ITU-T Q.23, E.180 supplement 2). */
import { encodeTable, silenceCode } from '../g711.ts';
import type { LineLaw, LineTone } from '../line.ts';

/** Hertz together; then on, off, on, off ... in ms, none = without a pause. */
interface Tone {
  readonly hz: readonly number[];
  readonly cadenceMs: readonly number[];
}

type Tones = Readonly<Record<Exclude<LineTone, 'fax' | 'special-information'>, Tone>>;

const american: Tones = {
  dial: { hz: [350, 440], cadenceMs: [] },
  busy: { hz: [480, 620], cadenceMs: [500, 500] },
  congestion: { hz: [480, 620], cadenceMs: [250, 250] },
  ringback: { hz: [440, 480], cadenceMs: [2000, 4000] },
};
const british: Tones = {
  dial: { hz: [350, 440], cadenceMs: [] },
  busy: { hz: [400], cadenceMs: [375, 375] },
  congestion: { hz: [400], cadenceMs: [400, 350, 225, 525] },
  ringback: { hz: [400, 450], cadenceMs: [400, 200, 400, 2000] },
};
/** Germany; much of Europe is near it. */
const german: Tones = {
  dial: { hz: [425], cadenceMs: [] },
  busy: { hz: [425], cadenceMs: [480, 480] },
  congestion: { hz: [425], cadenceMs: [240, 240] },
  ringback: { hz: [425], cadenceMs: [1000, 4000] },
};
const zones: Readonly<Record<string, Tones>> = { us: american, uk: british, gb: british };

const fax: Tone = { hz: [1100], cadenceMs: [500, 3000] };
const informationHz = [950, 1400, 1800];
const informationMs = 330;
const levelDbm0 = -13;

const digits = '123A456B789C*0#D';
const rowHz = [697, 770, 852, 941];
const columnHz = [1209, 1336, 1477, 1633];
const digitDbm0 = -8;

/** One period of a tone, which may be repeated without a seam: frequencies are whole hertz, and what has no pause lasts a second. */
export function toneCodes(tone: LineTone, zone: string, law: LineLaw): Uint8Array {
  if (tone === 'special-information') return joined([...informationHz.map((hz) => sines([hz], informationMs, levelDbm0, law)), quiet(1000, law)]);
  const { hz, cadenceMs } = tone === 'fax' ? fax : (zones[zone] ?? german)[tone];
  if (cadenceMs.length === 0) return sines(hz, 1000, levelDbm0, law);
  return joined(cadenceMs.map((ms, at) => (at % 2 === 0 ? sines(hz, ms, levelDbm0, law) : quiet(ms, law))));
}

/** Keys pressed one after the other; characters that are no digits are pauses. */
export function keyCodes(keys: string, toneMs: number, gapMs: number, law: LineLaw): Uint8Array {
  return joined([...keys].flatMap((key) => [keyTone(key, toneMs, law), quiet(gapMs, law)]));
}

function keyTone(key: string, ms: number, law: LineLaw): Uint8Array {
  const at = digits.indexOf(key);
  return at < 0 ? quiet(ms, law) : sines([rowHz[at >> 2] ?? 0, columnHz[at & 3] ?? 0], ms, digitDbm0, law);
}

/** Sines of `dbm0` each. */
function sines(hz: readonly number[], ms: number, dbm0: number, law: LineLaw): Uint8Array {
  const peak = 22_650 * 10 ** (dbm0 / 20);
  const encode = encodeTable(law);
  return Uint8Array.from({ length: ms * 8 }, (_, n) => {
    const value = hz.reduce((sum, one) => sum + peak * Math.sin((2 * Math.PI * one * n) / 8000), 0);
    return encode[Math.round(value) + 32_768] ?? 0;
  });
}

function quiet(ms: number, law: LineLaw): Uint8Array {
  return new Uint8Array(ms * 8).fill(silenceCode(law));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
