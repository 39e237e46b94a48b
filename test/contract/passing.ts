import { SimClock } from '../../hal/sim/sim-clock.ts';

/** How time passes where a contract is tested: by waiting, or by moving a simulated clock. */
export interface Passing {
  /** Lets `ms` go by. */
  pass(ms: number): Promise<void>;
}

export const realTime: Passing = {
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export function virtualTime(clock: SimClock): Passing {
  return { pass: (ms) => clock.advance(ms) };
}

/** Lets time go by until `done`; throws when it has not come true after `limitMs`. */
export async function until(passing: Passing, what: string, done: () => boolean, limitMs = 5000): Promise<void> {
  for (let passedMs = 0; !done(); passedMs += 5) {
    if (passedMs >= limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await passing.pass(5);
  }
}

/** The result of `promise`, letting time go by until there is one. */
export async function result<T>(passing: Passing, promise: Promise<T>, limitMs = 5000): Promise<T> {
  let settled = false;
  const settle = (): void => void (settled = true);
  promise.then(settle, settle);
  await until(passing, 'the promise settles', () => settled, limitMs);
  return promise;
}

/** The id of the HalError that `promise` is rejected with. */
export async function refusal(passing: Passing, promise: Promise<unknown>, limitMs = 5000): Promise<string> {
  try {
    await result(passing, promise, limitMs);
  } catch (error) {
    if (error instanceof Error && error.name === 'HalError' && 'id' in error) return String(error.id);
    throw error;
  }
  return 'nothing refused';
}
