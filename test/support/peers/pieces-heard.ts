// How much of what somebody said somebody else heard, where both are telephones with play-out buffers on a machine that may be busy.
import { correlationAt, find } from './correlation.ts';

/** G.711 alone costs 0.0005. */
const same = 0.97;
/** Looked at piece by piece, never as a whole: a busy machine sends late, and the play-out buffer follows by some milliseconds. */
const pieceSamples = 2400;
const apartSamples = 1600;

/** The share of the loud pieces of `said` that are in `heard`, each near its place. */
export function piecesHeard(said: Float64Array, heard: Float64Array): number {
  const { at } = find(said, heard);
  const loud = Array.from({ length: Math.floor(said.length / pieceSamples) }, (_, n) => n * pieceSamples).filter((from) => power(said.subarray(from, from + pieceSamples)) > power(said) / 4);
  let slip = 0;
  const found = loud.filter((from) => {
    const next = slipOf(said.subarray(from, from + pieceSamples), heard, at + from, slip);
    slip = next ?? slip;
    return next !== null;
  });
  return loud.length === 0 ? 0 : found.length / loud.length;
}

/** Where the piece is, nearest to where the last one was first. */
function slipOf(piece: Float64Array, heard: Float64Array, at: number, last: number): number | null {
  for (let apart = 0; apart <= 2 * apartSamples; apart++) {
    for (const slip of [last + apart, last - apart]) if (Math.abs(slip) <= apartSamples && correlationAt(piece, heard, at + slip) > same) return slip;
  }
  return null;
}

const power = (signal: Float64Array): number => signal.reduce((sum, value) => sum + value * value, 0) / Math.max(1, signal.length);
