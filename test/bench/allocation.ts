import { sleep } from '../support/peers/program.ts';
import type { AllocationKind, KindRate, Slope } from './allocation-kinds.ts';
import { kindRate, slope } from './allocation-kinds.ts';
import type { LoadKind } from './steady-calls.ts';
import { withCalls } from './steady-calls.ts';

export interface FrameAllocation {
  readonly kind: LoadKind;
  readonly calls: number;
  /** On the heap of the media thread, collected or not, for all that it does. */
  readonly bytesPerSecond: number;
  /** For one frame of 20 ms more, taken or sent: by each of them, and by what a call needs seldom. */
  readonly frame: Slope;
  readonly seldom: Slope;
}

interface Rates {
  readonly framesPerSecond: number;
  readonly of: Readonly<Record<AllocationKind, KindRate>>;
}

const receivedPerSecond = 50;

/**
 * What the media thread of the built unit allocates for a frame, in calls with real packets: the slope between half of the calls and all of them,
 * so that in both it looks for packets at the same times. What it needs to wake, for all calls together, is no part of it: how often it wakes is not
 * a matter of calls, and it is so much that the samples of it would hide the rest. V8 samples the heap: it sees every object in proportion to its
 * size, also those that a collection takes away, but no memory outside of the heap (octets of buffers, native code, the kernel).
 */
export async function allocation(kind: LoadKind, calls: number, windowSec: number): Promise<FrameAllocation> {
  const few = await rates(kind, Math.ceil(calls / 2), windowSec);
  const all = await rates(kind, calls, windowSec);
  const framesMore = all.framesPerSecond - few.framesPerSecond;
  const bytesPerSecond = Object.values(all.of).reduce((sum, { bytes }) => sum + bytes, 0);
  return { kind, calls, bytesPerSecond, frame: slope(few.of.frame, all.of.frame, framesMore), seldom: slope(few.of.seldom, all.of.seldom, framesMore) };
}

async function rates(kind: LoadKind, calls: number, windowSec: number): Promise<Rates> {
  const shortSec = 2;
  const longSec = shortSec + windowSec;
  const { result, captured } = await withCalls({ kind, calls, steadySec: shortSec + longSec + 4 }, async ({ probe }) => {
    const short = await probe.allocationDuring('media', () => sleep(shortSec * 1000));
    const fromMs = Date.now();
    const long = await probe.allocationDuring('media', () => sleep(longSec * 1000));
    return { fromMs, untilMs: fromMs + longSec * 1000, short, long };
  });
  const rate = (of: AllocationKind): KindRate => kindRate(of, result.short, result.long, windowSec);
  return { framesPerSecond: calls * receivedPerSecond + captured.packets / longSec, of: { frame: rate('frame'), seldom: rate('seldom'), waking: rate('waking') } };
}
