import { localTime } from '../language/local-time.ts';

/**
 * The moment at which the clock on the wall of `timeZone` shows `text` ('2026-12-24T18:00'); of an hour that comes twice the first, of one that
 * is missing the time so much later. null: no such date or time. RangeError for an unknown zone.
 */
export function momentAt(text: string, timeZone: string): number | null {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$/.test(text)) return null;
  const asUtc = Date.parse(`${text}:00Z`);
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(text)) return null;
  // The offset that holds a day before, then the one a day after: between them lies at most one change.
  const moments = [asUtc - dayMs, asUtc + dayMs].map((around) => asUtc - offsetMs(around, timeZone));
  return moments.find((moment) => moment + offsetMs(moment, timeZone) === asUtc) ?? (moments[0] as number);
}

const dayMs = 86_400_000;

function offsetMs(atMs: number, timeZone: string): number {
  const { year, month, day, hour, minute } = localTime(atMs, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(atMs / 60_000) * 60_000;
}
