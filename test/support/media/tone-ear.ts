/** What the tone detector makes of a signal, and when. */
import { ToneDetector } from '../../../firmware/media/detect/tone-detector.ts';
import { ToneGenerator } from '../../../firmware/media/detect/tone-generator.ts';
import { parseTone } from '../../../firmware/media/detect/tone-notation.ts';
import { toneZones } from '../../../firmware/media/detect/tone-zones.ts';
import type { ToneZone } from '../../../firmware/media/detect/tone-zones.ts';
import { alawDecode, alawEncode } from '../../../hal/g711.ts';

export interface HeardTone {
  readonly tone: string | null;
  readonly atMs: number;
}

export function zoneNamed(name: string): ToneZone {
  const zone = toneZones[name];
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}

/** Changes of the tone over a signal of 16 bit linear samples, heard as A-law. */
export function tonesIn(zone: string, signal: ArrayLike<number>, awaitsDial = false): HeardTone[] {
  const detector = new ToneDetector(zoneNamed(zone));
  detector.reset(awaitsDial);
  const frame = new Uint8Array(160);
  const heard: HeardTone[] = [];
  for (let at = 0; at + 160 <= signal.length; at += 160) {
    for (let n = 0; n < 160; n++) frame[n] = alawEncode[Math.max(-32_768, Math.min(32_767, Math.round(signal[at + n] ?? 0))) + 32_768] ?? 0;
    if (detector.hear(frame, alawDecode)) heard.push({ tone: detector.tone, atMs: (at + 160) / 8 });
  }
  return heard;
}

/** A tone in its notation as linear samples. */
export function played(notation: string, ms: number, levelDbm0 = -10): Float64Array {
  const generator = new ToneGenerator();
  generator.begin(parseTone(notation), levelDbm0);
  const out = new Int16Array(ms * 8);
  generator.fillLinear(out, 0, out.length);
  return Float64Array.from(out);
}
