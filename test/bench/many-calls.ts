import { SimSite } from '../support/sim-site.ts';

export interface ManyCalls {
  readonly calls: number;
  /** Of the heap after a collection, MiB, once a hundredth of the calls was over. */
  readonly beforeMiB: number;
  readonly afterMiB: number;
}

const atOnce = 4;

/** Short calls in virtual time, by the simulated network: what grows with the number of calls is a leak. Needs --expose-gc. */
export async function manyCalls(calls: number, tell: (text: string) => void): Promise<ManyCalls> {
  const site = await SimSite.start();
  let beforeMiB = 0;
  const tick = Math.max(1, Math.round(calls / 10));
  for (let done = 0; done < calls; done += atOnce) {
    const phones = Array.from({ length: atOnce }, (_, index) => site.phone({ target: index % 2 === 0 ? '201' : '202', script: 'w0.1' }));
    await site.during(Promise.all(phones.map(({ end }) => end)));
    if (beforeMiB === 0 && done >= calls / 100) beforeMiB = heapMiB();
    if (done > 0 && done % tick < atOnce) tell(`${done} of ${calls} calls in virtual time, ${heapMiB().toFixed(1)} MiB`);
  }
  await site.clock.advance(40_000); // transactions stay for 64*T1
  const afterMiB = heapMiB();
  await site.stop();
  return { calls, beforeMiB, afterMiB };
}

function heapMiB(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}
