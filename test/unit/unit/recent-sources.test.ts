import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { RecentSources } from '../../../firmware/unit/recent-sources.ts';

interface Routes {
  readonly clock: SimClock;
  readonly sources: RecentSources;
  readonly asked: string[];
  /** null = there is no route. */
  address: string | null;
}

function routes(): Routes {
  const clock = new SimClock();
  const asked: string[] = [];
  const sourceTowards = async (remote: string): Promise<string> => {
    asked.push(remote);
    if (routing.address === null) throw new HalError('unreachable', remote, 'no route');
    return routing.address;
  };
  const routing: Routes = { clock, asked, address: '10.0.0.1', sources: new RecentSources(clock, { sourceTowards }) };
  return routing;
}

test('a source is asked for once a second, and a new one is seen after that', async () => {
  const routing = routes();
  const { sources, asked, clock } = routing;
  assert.equal(await Promise.all([sources.towards('10.0.0.9'), sources.towards('10.0.0.9')]), ['10.0.0.1', '10.0.0.1']);
  routing.address = '10.0.0.2';
  await clock.advance(999);
  assert.is(await sources.towards('10.0.0.9'), '10.0.0.1');
  assert.is(await sources.towards('10.0.0.8'), '10.0.0.2', 'each remote by itself');
  await clock.advance(1);
  assert.is(await sources.towards('10.0.0.9'), '10.0.0.2');
  assert.equal(asked, ['10.0.0.9', '10.0.0.8', '10.0.0.9']);
});

test('that there is no route is not remembered', async () => {
  const routing = routes();
  const why = (): Promise<unknown> => routing.sources.towards('10.0.0.9').catch((error: unknown) => error);
  routing.address = null;
  assert.is(((await why()) as HalError).id, 'unreachable');
  routing.address = '10.0.0.1';
  assert.is(await why(), '10.0.0.1');
});

test('no more than a bound of remotes is remembered', async () => {
  const { sources, asked } = routes();
  for (let remote = 0; remote <= 64; remote++) await sources.towards(`10.0.1.${remote}`);
  await sources.towards('10.0.1.64');
  assert.is(asked.length, 65);
  await sources.towards('10.0.1.0');
  assert.is(asked.length, 66);
});

test.run();
