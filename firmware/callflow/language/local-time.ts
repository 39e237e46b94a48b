/** A moment as a clock and a calendar on the wall of `timeZone` show it. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** ISO 8601: 1 = Monday to 7 = Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Formatters cost about a millisecond to make; a unit speaks in one or two zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const maxFormatters = 16;

/** `timeZone` is an IANA name; RangeError if unknown. */
export function localTime(wallMs: number, timeZone: string): LocalTime {
  const fields = new Map(formatterFor(timeZone).formatToParts(wallMs).map((part) => [part.type, Number(part.value)]));
  const field = (name: Intl.DateTimeFormatPartTypes): number => fields.get(name) ?? 0;
  const date = { year: field('year'), month: field('month'), day: field('day') };
  return { ...date, weekday: isoWeekday(dayNumber(date)), hour: field('hour'), minute: field('minute') };
}

/** Calendar days from `earlier` to `later`: 1 = the day before, whatever hours the clocks were put forward or back between. */
export function daysBetween(earlier: LocalTime, later: LocalTime): number {
  return dayNumber(later) - dayNumber(earlier);
}

/** Days since 1970-01-01, a Thursday. */
const dayNumber = (date: Pick<LocalTime, 'year' | 'month' | 'day'>): number => Date.UTC(date.year, date.month - 1, date.day) / dayMs;

const isoWeekday = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  if (formatters.size >= maxFormatters) formatters.clear();
  formatters.set(timeZone, made);
  return made;
}

/** The next moment after `fromMs`, within a year, that clocks in `timeZone` show so; null = there is no such day. An hour that is left out counts from its beginning. */
export function nextMoment(fromMs: number, timeZone: string, wanted: Pick<LocalTime, 'month' | 'day' | 'hour' | 'minute'>): number | null {
  const { year } = localTime(fromMs, timeZone);
  const moments = [year, year + 1].map((one) => momentOf(timeZone, one, wanted));
  return moments.find((moment) => moment !== null && moment > fromMs) ?? null;
}

function momentOf(timeZone: string, year: number, { month, day, hour, minute }: Pick<LocalTime, 'month' | 'day' | 'hour' | 'minute'>): number | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59) return null;
  return localMoment({ year, month, day }, hour * 60 + minute, timeZone);
}

/**
 * When the clock on the wall of `timeZone` shows `minutes` of this date. A time that occurs twice (clocks put back) is its first; one that does
 * not occur (put forward) is the first moment after the gap.
 */
export function localMoment(date: Pick<LocalTime, 'year' | 'month' | 'day'>, minutes: number, timeZone: string): number {
  const wanted = dayNumber(date) * dayMs + minutes * minuteMs;
  const offset = (ms: number): number => offsetAt(ms, timeZone);
  const [before, after] = [offset(wanted - dayMs), offset(wanted + dayMs)];
  const shows = [wanted - before, wanted - after].filter((ms) => ms + offset(ms) === wanted);
  if (shows.length > 0) return Math.min(...shows);
  // The clocks are put forward between the two: the first minute after that.
  let [low, high] = [wanted - after, wanted - before];
  while (high - low > minuteMs) {
    const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
    if (offset(middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

/** East of Greenwich, milliseconds; `ms` is a whole minute. */
function offsetAt(ms: number, timeZone: string): number {
  const local = localTime(ms, timeZone);
  return dayNumber(local) * dayMs + (local.hour * 60 + local.minute) * minuteMs - ms;
}
