import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { helloLimitMs } from '../../../firmware/site/channel/channel.ts';
import { spokenFirst } from '../../../firmware/site/channel/spoken-first.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { StreamConnection } from '../../../hal/stream.ts';

const connection = (): StreamConnection & { closes: number } => ({
  local: { address: '10.0.0.1', port: 1 }, remote: { address: '10.0.0.2', port: 2 }, received: null, closed: null, closes: 0,
  write: () => true,
  close() {
    this.closes++;
  },
});

test('the first word reaches who takes the connection', () => {
  const one = connection();
  const heard: string[] = [];
  spokenFirst(one, new SimClock(), (spoken) => (spoken.received = (bytes) => void heard.push(Buffer.from(bytes).toString())));
  one.received?.(Buffer.from('hello'));
  one.received?.(Buffer.from('again'));
  assert.equal(heard, ['hello', 'again']);
});

test('partner-forgotten-while-it-connects: who turns the connection away is not called again and again', () => {
  const one = connection();
  const clock = new SimClock();
  spokenFirst(one, clock, (spoken) => spoken.close());
  one.received?.(Buffer.from('hello'));
  assert.equal([one.closes, clock.pending().length], [1, 0]);
});

test('who never speaks is left', async () => {
  const one = connection();
  const clock = new SimClock();
  spokenFirst(one, clock, () => undefined);
  await clock.advance(helloLimitMs);
  assert.is(one.closes, 1);
});

test.run();
