import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MediaThreadEvent } from '../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../firmware/media/whole-events.ts';
import { spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { figure } from '../support/figure.ts';
import { SlowControl } from '../support/media/slow-control.ts';
import { companion } from './companion.ts';
import { realTime, until } from './passing.ts';

export interface RecordersOrder {
  readonly seed: number;
  readonly frames: number;
}

export interface RecordersTold {
  readonly type: 'said';
  readonly said: ReadonlyMap<number, number>;
  readonly placed: number;
  readonly own: number;
}

const worker = companion('test/contract/chunk-places.worker.ts');
const still = new Int32Array(new SharedArrayBuffer(4));
const sorted = (heard: ReadonlyMap<number, number>): [number, number][] => [...heard].sort(([a], [b]) => a - b);

test('chunk places: between two threads nothing is lost, overwritten or out of order while control stands still at random', async () => {
  const order: RecordersOrder = { seed: 5, frames: 12_000 };
  const random = new SimRandom(order.seed);
  const control = new SlowControl();
  const door = wholeEvents((event) => control.take(event));
  const told: RecordersTold[] = [];
  const thread = spawnThread<MediaThreadEvent | RecordersTold, never>({ file: worker, name: 'recorders', data: order });
  thread.received = (event) => {
    if (event.type === 'said') return void told.push(event);
    if (random.below(100) === 0) Atomics.wait(still, 0, 0, random.below(30));
    door(event);
  };
  await until(realTime, 'all that was said', () => told.length > 0, 60_000);
  thread.close();
  const [{ said, placed, own } = { said: new Map<number, number>(), placed: 0, own: 0 }] = told;
  assert.equal(sorted(control.heard()), sorted(said));
  assert.ok(placed > 300 && own > 100, `${placed} chunks in places, ${own} in memory of their own`);
  figure(`${placed} chunks in places, ${own} in memory of their own`);
});

test('chunk places: what a thread gave is there when the thread is not', async () => {
  const control = new SlowControl();
  const events: MediaThreadEvent[] = [];
  const told: RecordersTold[] = [];
  const lost: string[] = [];
  const thread = spawnThread<MediaThreadEvent | RecordersTold, never>({ file: worker, name: 'recorders', data: { seed: 6, frames: 120 } satisfies RecordersOrder });
  thread.lost = (reason) => lost.push(reason);
  thread.received = (event) => void (event.type === 'said' ? told.push(event) : events.push(event));
  await until(realTime, 'the end of the thread', () => lost.length > 0 && told.length > 0);
  assert.ok(events.filter(({ type }) => type === 'placed-chunk').length > 4);
  events.forEach(wholeEvents((event) => control.take(event)));
  assert.equal(sorted(control.heard()), sorted(told[0]?.said ?? new Map()));
});

test.run();
