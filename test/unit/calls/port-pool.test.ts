import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PortPool } from '../../../firmware/calls/port-pool.ts';

test('no more ports are lent than there are, and the longest idle one first', () => {
  const pool = new PortPool(3);
  const lent = [pool.take(), pool.take(), pool.take()];
  assert.equal(lent.map((port) => port?.index), [0, 1, 2]);
  assert.is(pool.take(), null);
  const [first, second] = lent;
  if (!first || !second) throw new Error('not lent');
  pool.give(second);
  pool.give(first);
  assert.equal([pool.take()?.index, pool.take()?.index], [1, 0]);
  assert.is(pool.peak, 3);
});

test('a session number never comes twice', () => {
  const pool = new PortPool(1);
  const seen = new Set<number>();
  for (let use = 0; use < 100; use++) {
    const port = pool.take();
    if (port === null) throw new Error('not lent');
    seen.add(port.session);
    pool.give(port);
  }
  assert.is(seen.size, 100);
});

test('a port given back twice is a defect that is told', () => {
  const pool = new PortPool(2);
  const port = pool.take();
  if (port === null) throw new Error('not lent');
  pool.give(port);
  assert.throws(() => pool.give(port), /given back twice/);
});

test.run();
