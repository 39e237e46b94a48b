/** The measures of audio inside the media engine: G.711, 8 kHz, one byte a sample. */

export const samplesPerMs = 8;
/** The pacer's step: every port acts on multiples of it. */
export const tickMs = 10;
export const tickSamples = tickMs * samplesPerMs;
/** The received side is played out, heard and recorded in frames of this length. */
export const frameMs = 20;
export const frameSamples = frameMs * samplesPerMs;
/** Longest packet that is sent or accepted as one piece of audio. */
export const maxPtimeMs = 60;
export const maxPayloadBytes = maxPtimeMs * samplesPerMs;

/** Whole samples in `ms`; 0 for what is no duration. */
export function samplesOf(ms: number): number {
  return ms > 0 ? Math.round(ms * samplesPerMs) : 0;
}
