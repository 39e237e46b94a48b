import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Tests that follow one another on the same board: what comes after a failure has nothing to stand on. */
export function steps(): (name: string, run: () => Promise<void>) => void {
  let failed = false;
  return (name, run) =>
    test(name, async () => {
      assert.not.ok(failed, 'a step before it failed');
      failed = true;
      await run();
      failed = false;
    });
}
