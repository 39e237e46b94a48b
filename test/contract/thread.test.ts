import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parentThread, prepareThread, spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { simThread } from '../../hal/sim/sim-thread.ts';
import { companion } from './companion.ts';
import { realTime, until, virtualTime } from './passing.ts';
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

const prepared = companion('test/contract/prepared.worker.ts');
type Told = readonly [string, unknown];

test('thread linux: one that was prepared begins with the data it is given, then hears messages', async () => {
  const { port, begin } = prepareThread<Told, unknown>({ file: prepared, name: 'prepared' });
  const told: Told[] = [];
  port.received = (message) => told.push(message);
  await realTime.pass(50);
  begin({ ports: 3 });
  port.send('more');
  await until(realTime, 'both', () => told.length === 2);
  assert.equal([...told].sort(), [['began with', { ports: 3 }], ['heard', 'more']]);
  port.close();
});

test('thread linux: one that is spawned has its data at once', async () => {
  const port = spawnThread<Told, unknown>({ file: prepared, name: 'spawned', data: [1, 2] });
  const told: Told[] = [];
  port.received = (message) => told.push(message);
  await until(realTime, 'its data', () => told.length === 1);
  assert.equal(told, [['began with', [1, 2]]]);
  port.close();
});

test('thread linux: one that is lost before anybody asks is told to who asks then, once', async () => {
  const { port } = prepareThread<Told, unknown>({ file: { code: "throw new Error('at once')" }, name: 'early' });
  await realTime.pass(500);
  const reasons: string[] = [];
  port.lost = (reason) => reasons.push(reason);
  assert.is(reasons.length, 0, 'never inside the call');
  await until(realTime, 'the loss', () => reasons.length > 0);
  port.lost = (reason) => reasons.push(reason);
  await realTime.pass(20);
  assert.is(reasons.length, 1);
  assert.match(reasons[0] ?? '', 'at once');
});

test.run();
