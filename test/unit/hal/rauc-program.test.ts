import { getPriority, setPriority } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runRauc } from '../../../hal/drivers/rauc/rauc-program.ts';
import { root, testWith } from '../../support/skip.ts';

/** proc(5): field 19 is the nice value. Asked a moment after its start, when the unit has set it. */
const tellNice = ['sh', '-c', 'sleep 0.5; cut -d " " -f 19 /proc/$$/stat'] as const;
const limitMs = 10_000;

const niceOfChild = async (): Promise<number> => Number((await runRauc({ command: tellNice, environment: process.env }, [], limitMs)).stdout);

for (const [which, own, child] of [['a unit of better priority asks about the slots has ordinary priority', -5, 0], ['one of worse priority asks has that', 5, 5]] as const) {
  testWith([root], `a program that ${which}`, async () => {
    const before = getPriority();
    setPriority(own);
    try {
      assert.is(await niceOfChild(), child);
    } finally {
      setPriority(before);
    }
  });
}

test.run();
