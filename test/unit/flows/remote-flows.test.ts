import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteFlows } from '../../../firmware/flows/remote-flows.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimHttp } from '../../../hal/sim/sim-http.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ListLog } from '../../support/store-fixture.ts';

const url = 'https://flows.example.org/plan.json';
const plan = (says: string): Uint8Array => new TextEncoder().encode(JSON.stringify({ form: 1, name: 'Plan', first: 'a', actions: { a: { action: 'Disconnect', prompts: [{ speak: says }] } } }));

async function world(storage = new SimStorage()) {
  const clock = new SimClock();
  const http = new SimHttp(clock);
  const log = new ListLog();
  await storage.makeDirectory('flows');
  const remote = await RemoteFlows.open({ storage, log, http, settings: () => [{ name: 'plan', url, token: 'abc', authority: null }] }, 'flows');
  const fetch = async (source = 'plan') => {
    const asked = remote.fetch(source);
    await clock.advance(6000);
    return asked;
  };
  const says = (name: string | undefined): string => JSON.stringify(remote.flow(name ?? '')?.document.actions['a']?.prompts);
  return { storage, http, log, remote, fetch, says };
}

test('each call gets the newest text, and keeps the version that it began with', async () => {
  const { http, fetch, says } = await world();
  http.page(url, () => ({ body: plan('one') }));
  const first = await fetch();
  assert.is(first?.from, 'remote');
  http.page(url, () => ({ body: plan('two') }));
  const second = await fetch();
  assert.match(says(first?.flow), 'one');
  assert.match(says(second?.flow), 'two');
  assert.is(http.asked[0]?.headers['authorization'], 'Bearer abc');
  assert.is(http.asked[0]?.timeoutMs, 5000);
});

test('while the other side is away, slow, angry, or sends what is no flow, the last good copy is run, also after a restart', async () => {
  const { storage, http, fetch } = await world();
  http.page(url, () => ({ body: plan('good') }));
  await fetch();
  const again = await world(storage);
  const troubles: [string, () => void][] = [
    ['away', () => void (again.http.fails = 'connection-refused')],
    ['slow', () => void (again.http.slowMs = 5001)],
    ['angry', () => again.http.page(url, () => ({ status: 503 }))],
    ['no JSON', () => again.http.page(url, () => ({ body: new TextEncoder().encode('<html>') }))],
    ['faulty', () => again.http.page(url, () => ({ body: new TextEncoder().encode(new TextDecoder().decode(plan('bad')).replace('Disconnect', 'Disconect')) }))],
    ['endless', () => again.http.page(url, () => ({ body: new Uint8Array(200 * 1024) }))],
  ];
  for (const [name, begin] of troubles) {
    [again.http.fails, again.http.slowMs] = [null, 0];
    begin();
    const fetched = await again.fetch();
    assert.is(fetched?.from, 'cache', name);
    assert.match(again.says(fetched?.flow), 'good');
  }
});

test('without a copy there is no flow, and the log says why', async () => {
  const { fetch, log } = await world();
  assert.is(await fetch(), null);
  assert.match(JSON.stringify(log.events), 'the other side answered 404');
  assert.is(await fetch('nobody'), null);
  assert.match(JSON.stringify(log.events), 'not in flows.remote');
});

test('a disk that is full keeps no copy, and the flow runs', async () => {
  const { http, fetch, says, log, storage } = await world();
  storage.fault = ({ kind }) => (kind === 'write' ? 'no-space' : null);
  http.page(url, () => ({ body: plan('fresh') }));
  assert.match(says((await fetch())?.flow), 'fresh');
  assert.ok(log.has('remote-flow-not-kept'));
});

test('old versions go from memory when there are many', async () => {
  const { http, fetch, remote } = await world();
  http.page(url, () => ({ body: plan('0') }));
  const first = (await fetch())?.flow as string;
  for (let n = 1; n <= 64; n += 1) {
    http.page(url, () => ({ body: plan(String(n)) }));
    await fetch();
  }
  assert.is(remote.flow(first), null);
});

test.run();
