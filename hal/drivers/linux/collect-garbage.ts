import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * One full collection in this thread, some 10 to 30 ms. V8 collects what has grown old when the heap grows, and on a unit with fixed memory it hardly
 * does: what the start left over would stay for days.
 */
export function collectGarbage(): void {
  prepareCollection();
  collect?.();
}

/** What the first collection needs, which takes as long as a small one. */
export function prepareCollection(): void {
  collect ??= collector();
}

let collect: (() => void) | undefined;

/** The flag is of the whole process: another thread that asks at the same moment may take it away first, and this one collects the next time. */
function collector(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext("typeof gc === 'function' ? gc : undefined") as (() => void) | undefined;
  // Code that is kept between starts is good only for the same flags.
  setFlagsFromString('--no-expose-gc');
  return found;
}
