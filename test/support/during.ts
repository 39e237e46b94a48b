import { settle, type SimClock } from '../../hal/sim/sim-clock.ts';

/** Lets virtual time pass until the work is done. Errors: not within `limitMs`, or what it is rejected with. */
export async function during<T>(clock: SimClock, work: Promise<T>, limitMs = 60_000): Promise<T> {
  let done = false;
  const end = (): void => void (done = true);
  work.then(end, end);
  for (let passed = 0; !done && passed < limitMs; passed += 10) {
    await clock.advance(10);
    // Real work (scrypt) runs beside virtual time.
    if (!done && passed % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await settle();
  if (!done) throw new Error(`not done after ${limitMs} ms of virtual time`);
  return work;
}
