import { localMoment } from '../language/local-time.ts';

/**
 * The moment at which the clock on the wall of `timeZone` shows `text` ('2026-12-24T18:00'); of an hour that comes twice the first, of one that
 * is missing the first moment after it. null: no such date or time. RangeError for an unknown zone.
 */
export function momentAt(text: string, timeZone: string): number | null {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$/.test(text)) return null;
  const asUtc = Date.parse(`${text}:00Z`);
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(text)) return null;
  const date = new Date(asUtc);
  return localMoment({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }, date.getUTCHours() * 60 + date.getUTCMinutes(), timeZone);
}
