// A thread of real-time priority on one processor, whose heap is collected.
import { execFile } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HelpersTurn, turnMs } from '../../../hal/drivers/linux/helpers-turn.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { companion } from '../../contract/companion.ts';
import { figure } from '../../support/figure.ts';
import { command, realTime, testWith } from '../../support/skip.ts';

test('priority is left once, and taken again when the last collection is so long ago', async () => {
  const clock = new SimClock();
  const done: string[] = [];
  const turn = new HelpersTurn({
    after: (ms, fire) => {
      const timer = clock.after('turn', ms, fire);
      return () => timer.cancel();
    },
    leave: () => void done.push('left'), take: () => void done.push('taken'),
  });
  turn.collected();
  await clock.advance(turnMs - 1);
  turn.collected();
  await clock.advance(turnMs - 1);
  assert.equal(done, ['left']);
  await clock.advance(1);
  assert.equal(done, ['left', 'taken']);
  await clock.advance(10 * turnMs);
  turn.collected();
  assert.equal(done, ['left', 'taken', 'left']);
});

interface Seen {
  readonly collections: number;
  readonly worstMs: number;
  readonly policies: readonly number[];
}

/** `does-not` shows what would be otherwise: some 950 ms. */
function collect(way: 'gives-way' | 'does-not'): Promise<Seen> {
  return new Promise((resolve, reject) => {
    execFile('taskset', ['-c', '0', process.execPath, companion('test/unit/hal/helpers-turn.child.ts'), way], { timeout: 60_000 }, (error, stdout) => (error === null ? resolve(JSON.parse(stdout) as Seen) : reject(error)));
  });
}

testWith([realTime, command('taskset', 'util-linux')], 'others run when the heap of a thread in real time is collected, and it is in real time again afterwards', async () => {
  const { collections, worstMs, policies } = await collect('gives-way');
  assert.ok(collections > 0, 'nothing was collected');
  figure(`worst stand-still beside a collection in real time ${worstMs} ms`);
  assert.ok(worstMs < 700, `the main thread stood still for ${worstMs} ms`);
  assert.equal([policies[0], policies.at(-1)], [1, 1]);
  assert.ok(policies.includes(0), policies.join());
});

test.run();
