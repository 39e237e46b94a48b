import type { Allocation } from './thread-probe.ts';
import { sampledBytes } from './thread-probe.ts';

/** For which the media thread allocates: each frame; what a call needs seldom, once or twice a second or less; or its own waking, for all calls together. */
export type AllocationKind = 'frame' | 'seldom' | 'waking';

/** What allocates within one of these is seldom: a recorded chunk, a block to play, an order of control, a report. */
const seldom: readonly string[] = ['handOver', 'want', 'command', 'report', '#report', 'rtcp'];
/** A timer is set by the clock's `after`, and called by Node's own lists of them. */
const waking: readonly string[] = ['after'];
const timers = /^\S* (timers|priority_queue|async_hooks):/;

export function kindOf({ site, within }: Pick<Allocation['places'][number], 'site' | 'within'>): AllocationKind {
  if (within.some((name) => seldom.includes(name))) return 'seldom';
  return within.some((name) => waking.includes(name)) || timers.test(site) ? 'waking' : 'frame';
}

/** Bytes a second of one kind, in all and by place; `variance`: of the sum, since samples are counted and not bytes. */
export interface KindRate {
  readonly bytes: number;
  readonly variance: number;
  readonly sites: ReadonlyMap<string, number>;
}

/** Of two windows, one longer than the other by `seconds`: what asking allocates itself is in both. */
export function kindRate(kind: AllocationKind, short: Allocation, long: Allocation, seconds: number): KindRate {
  const [before, after] = [short, long].map(({ places }) => places.filter((place) => kindOf(place) === kind));
  const sites = new Map<string, number>();
  const add = (places: Allocation['places'], sign: number): void => places.forEach(({ site, bytes }) => sites.set(site, (sites.get(site) ?? 0) + (sign * bytes) / seconds));
  add(after ?? [], 1);
  add(before ?? [], -1);
  const sampled = [...(before ?? []), ...(after ?? [])].reduce((sum, { bytes }) => sum + bytes, 0);
  return { bytes: [...sites.values()].reduce((sum, bytes) => sum + bytes, 0), variance: (sampledBytes * sampled) / seconds ** 2, sites };
}

/** What one frame more costs, and how far that may be off (one standard deviation), in all and by place, most first. */
export interface Slope {
  readonly bytes: number;
  readonly error: number;
  readonly sites: readonly { readonly site: string; readonly bytes: number }[];
}

export function slope(few: KindRate, many: KindRate, framesMore: number): Slope {
  const sites = [...new Set([...few.sites.keys(), ...many.sites.keys()])].map((site) => ({ site, bytes: ((many.sites.get(site) ?? 0) - (few.sites.get(site) ?? 0)) / framesMore }));
  return { bytes: (many.bytes - few.bytes) / framesMore, error: Math.sqrt(few.variance + many.variance) / framesMore, sites: sites.sort((a, b) => b.bytes - a.bytes) };
}
