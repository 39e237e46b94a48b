import { sleep } from '../support/peers/program.ts';
import type { LoadKind } from './steady-calls.ts';
import { withCalls } from './steady-calls.ts';
import type { Allocation } from './thread-probe.ts';

export interface FrameAllocation {
  readonly kind: LoadKind;
  readonly calls: number;
  /** Frames of 20 ms that the media thread took and sent in the window. */
  readonly frames: number;
  /** On the heap of the media thread, collected or not. */
  readonly bytesPerFrame: number;
  readonly sites: Allocation['sites'];
}

const framesPerSecond = 50;

/**
 * What the media thread of the built unit allocates for a frame, in calls with real packets. V8 samples the heap: it sees every object in
 * proportion to its size, also those that a collection takes away, but neither memory outside of the heap (octets of buffers, the kernel's, that of
 * native code) nor what the machine code of V8 itself needs. What is allocated once a tick or once a second for all calls is in the figure too.
 */
export async function allocation(kind: LoadKind, calls: number, windowSec: number): Promise<FrameAllocation> {
  const { result, captured } = await withCalls({ kind, calls, steadySec: windowSec + 4 }, async ({ probe }) => {
    const fromMs = Date.now();
    const found = await probe.allocationDuring('media', () => sleep(windowSec * 1000));
    return { fromMs, untilMs: fromMs + windowSec * 1000, found };
  });
  const received = calls * windowSec * framesPerSecond;
  const frames = received + captured.packets;
  return { kind, calls, frames, bytesPerFrame: result.found.bytes / frames, sites: result.found.sites };
}
