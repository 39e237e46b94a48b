import type { TonePattern } from '../media/detect/tone-notation.ts';
import { zonePattern } from '../media/detect/tone-zones.ts';
import type { Phrase } from './phrase.ts';

/** What a caller hears who waits: the ringing tone, nothing, or a recorded prompt of the site by name (music). */
export type HoldAudio = 'ringing' | 'silence' | (string & {});

const silenceMs = 10_000;
/** ITU-T Q.35: call progress tones at -10 dBm0, shared by two sines. */
const toneDbm0 = -10;

/** One round of it; a flow asks for the next when it was heard. A prompt that is missing rings. `zone`: of `transfers.zone`. */
export function holdPhrases(audio: HoldAudio, zone: string): Phrase[] {
  if (audio === 'silence') return [{ pauseMs: silenceMs }];
  const ringing = ringingOf(zonePattern(zone, 'ringback') ?? zonePattern('us', 'ringback'));
  return audio === 'ringing' ? ringing : [{ recorded: audio, orElse: ringing }];
}

/** For one round in the place of what cannot be read: asked for anew at once, that would be a loop without a pause. */
export const holdInstead = (audio: HoldAudio): HoldAudio => (audio === 'ringing' ? 'silence' : 'ringing');

function ringingOf(pattern: TonePattern | null): Phrase[] {
  return (pattern?.repeated ?? []).map(({ sines, ms }): Phrase => {
    const [first, second] = sines;
    const lasts = Math.min(ms, silenceMs);
    if (first === undefined) return { pauseMs: lasts };
    return { tone: { hz: first.hz, second: second?.hz ?? 0, ms: lasts, levelDbm0: second === undefined ? toneDbm0 : toneDbm0 - 3 } };
  });
}
