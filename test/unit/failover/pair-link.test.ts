import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LinkEvent, LinkSettings } from '../../../firmware/failover/link-protocol.ts';
import { oneKey } from '../../../firmware/failover/link-protocol.ts';
import { PairLink } from '../../../firmware/failover/pair-link.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const key = new Uint8Array(32).fill(3);

function two() {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(4));
  const unit = (own: string, partner: string[], rank: 'primary' | 'backup') => {
    const events: LinkEvent[] = [];
    const pulse = new Int32Array(new SharedArrayBuffer(4));
    const state = { fenced: 0 };
    const link = new PairLink({ clock, random: new SimRandom(own.length + Number(own.at(-1))), datagram: network.host(own).datagram, serial: null, emit: (event) => void events.push(event), fence: async () => void state.fenced++ });
    const settings: LinkSettings = { rank, partner, port: 5059, serial: null, beatMs: 25, misses: 16, pulse, controlSilentMs: 1000 };
    const partnerNow = () => events.filter((event) => event.type === 'link-partner').at(-1)?.partner;
    return { link, events, pulse, state, settings, partnerNow, start: () => link.command({ type: 'link-start', settings, keys: oneKey(key) }) };
  };
  return { clock, network, a: unit('10.0.0.1', ['10.0.0.2'], 'primary'), b: unit('10.0.0.2', ['10.0.0.1'], 'backup') };
}

const facts = { serving: false, able: true, sees: true, main: 'unknown' as const, waiting: false, asks: false, epoch: 0, grant: 0, calls: 0 };

test('the two hear each other within two beats, and tell changes at once', async () => {
  const { clock, a, b } = two();
  a.start();
  b.start();
  await clock.advance(60);
  assert.is(b.partnerNow()?.life, 'alive');
  assert.is(a.partnerNow()?.life, 'alive');
  a.link.command({ type: 'link-facts', facts: { ...facts, serving: true, epoch: 2 } });
  await clock.advance(1);
  assert.equal([b.partnerNow()?.serving, b.partnerNow()?.epoch], [true, 2]);
  for (const main of ['lost', 'heard'] as const) {
    a.link.command({ type: 'link-facts', facts: { ...facts, serving: true, epoch: 2, main } });
    await clock.advance(1);
    assert.is(b.partnerNow()?.main, main);
  }
  a.link.command({ type: 'link-stop' });
  await clock.advance(1);
  assert.is(b.partnerNow()?.life, 'goodbye');
  assert.is(a.events.at(-1)?.type, 'link-stopped');
  b.link.close();
  await clock.advance(10);
  assert.equal(clock.pending(), []);
});

test('a control thread without a pulse: the beat says that the unit cannot serve, and it is fenced once the partner does', async () => {
  const { clock, a, b } = two();
  a.start();
  b.start();
  a.link.command({ type: 'link-facts', facts: { ...facts, serving: true, epoch: 2 } });
  b.link.command({ type: 'link-facts', facts });
  for (let ms = 0; ms < 2000; ms += 50) {
    Atomics.add(a.pulse, 0, 1);
    await clock.advance(50);
  }
  assert.is(b.partnerNow()?.able, true);
  await clock.advance(1030);
  assert.is(b.partnerNow()?.able, false);
  assert.is(a.state.fenced, 0);
  b.link.command({ type: 'link-facts', facts: { ...facts, serving: true, epoch: 3 } });
  await clock.advance(5000);
  assert.is(a.state.fenced, 1);
  assert.ok(a.events.some(({ type }) => type === 'link-fenced'));
  Atomics.add(a.pulse, 0, 1);
  await clock.advance(30);
  assert.is(b.partnerNow()?.able, true);
  a.link.close();
  b.link.close();
});

test('a port that is taken is tried again each second, and said', async () => {
  const { clock, network, a } = two();
  network.host('10.0.0.1').bindFails = 'address-in-use';
  a.start();
  await clock.advance(2500);
  assert.ok(a.events.some((event) => event.type === 'link-log' && event.event === 'pair-link-deaf'));
  assert.not.ok(a.events.some(({ type }) => type === 'link-listening'));
  network.host('10.0.0.1').bindFails = null;
  await clock.advance(1000);
  assert.ok(a.events.some(({ type }) => type === 'link-listening'));
  a.link.close();
  await clock.advance(1);
  assert.equal(clock.pending(), []);
});

test('40 beats a second on each path, and one event a second while nothing changes', async () => {
  const { clock, network, a, b } = two();
  a.start();
  b.start();
  await clock.advance(1000);
  let sent = 0;
  network.intercept = ({ from }) => {
    if (from.address === '10.0.0.1') sent++;
    return 'pass';
  };
  const before = a.events.length;
  await clock.advance(10_000);
  assert.is(sent, 400);
  // The pulse stands still in this test: `able` was never claimed, so nothing changes.
  assert.is(a.events.length - before, 10);
  a.link.close();
  b.link.close();
});

test('IPv6 and IPv4 paths side by side', async () => {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(4));
  const seen: LinkEvent[] = [];
  const links = [['10.0.0.1', 'fd00::1', '10.0.0.2', 'fd00::2'], ['10.0.0.2', 'fd00::2', '10.0.0.1', 'fd00::1']].map(([four, six, ...partner], at) => {
    const host = network.host(four as string, six as string);
    const link = new PairLink({ clock, random: new SimRandom(at + 1), datagram: host.datagram, serial: null, emit: (event) => void seen.push(event), fence: null });
    link.command({ type: 'link-start', keys: oneKey(key), settings: { rank: at === 0 ? 'primary' : 'backup', partner, port: 5059, serial: null, beatMs: 25, misses: 16, pulse: new Int32Array(1), controlSilentMs: 1000 } });
    return link;
  });
  await clock.advance(1100);
  const statistics = seen.find((event) => event.type === 'link-statistics')?.statistics;
  assert.equal(statistics?.paths.map(({ up }) => up), [true, true]);
  for (const link of links) link.close();
});

test.run();
