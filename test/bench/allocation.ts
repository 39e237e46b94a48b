import { sleep } from '../support/peers/program.ts';
import type { LoadKind } from './steady-calls.ts';
import { withCalls } from './steady-calls.ts';
import type { Allocation } from './thread-probe.ts';

export interface FrameAllocation {
  readonly kind: LoadKind;
  readonly calls: number;
  /** On the heap of the media thread, collected or not: for all that it does, and for one frame of 20 ms more, taken or sent. */
  readonly bytesPerSecond: number;
  readonly bytesPerFrame: number;
  /** Where most of that one frame more is, in bytes. */
  readonly sites: Allocation['sites'];
}

interface Rate {
  readonly bytesPerSecond: number;
  readonly framesPerSecond: number;
  readonly sites: Allocation['sites'];
}

const receivedPerSecond = 50;

/**
 * What the media thread of the built unit allocates for a frame, in calls with real packets: the slope between one call and `calls`, so that what
 * a tick needs for all calls together (a timer) is no part of it. What a call needs once a second (a recorded chunk, a block to play) is.
 * V8 samples the heap: it sees every object in proportion to its size, also those that a collection takes away, but no memory
 * outside of the heap (octets of buffers, native code, the kernel).
 */
export async function allocation(kind: LoadKind, calls: number, windowSec: number): Promise<FrameAllocation> {
  const one = await rate(kind, 1, windowSec);
  const all = await rate(kind, calls, windowSec);
  const framesMore = all.framesPerSecond - one.framesPerSecond;
  const bytesPerFrame = Math.max(0, all.bytesPerSecond - one.bytesPerSecond) / framesMore;
  return { kind, calls, bytesPerSecond: all.bytesPerSecond, bytesPerFrame, sites: less(all.sites, one.sites, framesMore) };
}

/** Of two windows, one longer than the other by `windowSec`: what asking allocates itself is in both. */
async function rate(kind: LoadKind, calls: number, windowSec: number): Promise<Rate> {
  const shortSec = 2;
  const longSec = shortSec + windowSec;
  const { result, captured } = await withCalls({ kind, calls, steadySec: shortSec + longSec + 4 }, async ({ probe }) => {
    const short = await probe.allocationDuring('media', () => sleep(shortSec * 1000));
    const fromMs = Date.now();
    const long = await probe.allocationDuring('media', () => sleep(longSec * 1000));
    return { fromMs, untilMs: fromMs + longSec * 1000, short, long };
  });
  const { short, long } = result;
  return { bytesPerSecond: (long.bytes - short.bytes) / windowSec, framesPerSecond: calls * receivedPerSecond + captured.packets / longSec, sites: less(long.sites, short.sites, windowSec) };
}

/** Each place's difference, by so many; most first. */
function less(all: Allocation['sites'], before: Allocation['sites'], by: number): Allocation['sites'] {
  const had = new Map(before.map(({ site, bytes }) => [site, bytes]));
  return all.map(({ site, bytes }) => ({ site, bytes: (bytes - (had.get(site) ?? 0)) / by })).sort((a, b) => b.bytes - a.bytes);
}
