import type { LineTone } from '../../hal/line.ts';
import { zonePattern } from '../media/detect/tone-zones.ts';

/** Beside the periods: the start of the next one, which ends the last pause, and the way from the line to here. */
const lagMs = 200;
/** A device that listens by itself, in a zone that the table lacks: modems tell after two to four periods of a second. */
const unknownMs = 3000;

/** How much of a tone has been heard when it is told, milliseconds: the detector wants three periods of short ones, two, or one of long ones. */
export function trailingToneMs(zone: string, tone: LineTone): number {
  const pattern = zonePattern(zone, tone === 'congestion' ? 'congestion' : 'busy');
  const periodMs = pattern?.repeated.reduce((sum, { ms }) => sum + ms, 0) ?? 0;
  if (periodMs === 0 || !Number.isFinite(periodMs)) return unknownMs;
  return (periodMs < 1200 ? 3 : periodMs < 2000 ? 2 : 1) * periodMs + lagMs;
}
