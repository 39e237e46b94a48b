import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * One full collection in this thread, some 10 to 30 ms. V8 collects what has grown old when the heap grows, and on a unit with fixed memory it hardly
 * does: what the start left over would stay for days.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Code that is kept between starts is good only for the same flags.
  setFlagsFromString('--no-expose-gc');
  collect();
}
