import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parentThread, spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { simThread } from '../../hal/sim/sim-thread.ts';
import { companion } from './companion.ts';
import { realTime, virtualTime } from './passing.ts';
import { threadContract } from './thread-contract.ts';
import { answerOn, type ToFar, type ToNear } from './thread-far.ts';

const worker = companion('test/contract/thread.worker.ts');

threadContract('linux', () => ({ near: spawnThread<ToNear, ToFar>({ file: worker, name: 'contract', data: null }), passing: realTime }));
threadContract('sim', () => {
  const clock = new SimClock();
  const thread = simThread<ToFar, ToNear>(clock);
  answerOn(thread.far, () => thread.crash('as the test asked'));
  return { near: thread.near, passing: virtualTime(clock) };
});

test('thread linux: the main thread has no parent', () => {
  assert.is(parentThread(), null);
});

test.run();
