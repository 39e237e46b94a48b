import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { LinkFaults } from '../../../hal/sim/sim-net.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { Leg, LegHandlers } from '../../../firmware/sip/leg.ts';
import { SipUserAgent } from '../../../firmware/sip/sip-user-agent.ts';
import { pbx, sipSettings } from '../../support/sip/layer-world.ts';
import { localMedia } from '../../support/sip/agent-world.ts';

interface Counts {
  established: number;
  endedRemote: number;
  endedLocal: number;
  failed: string[];
}

const noted = (counts: Counts): LegHandlers => ({
  established: () => void (counts.established += 1),
  mediaChanged() {},
  digit() {},
  ended: ({ by, text }) => {
    if (by === 'remote') counts.endedRemote += 1;
    else if (by === 'local') counts.endedLocal += 1;
    else counts.failed.push(text);
  },
});

const none = (): Counts => ({ established: 0, endedRemote: 0, endedLocal: 0, failed: [] });

/** Two user agents with whatever lies between; the second answers after a moment of ringing. */
async function pair(faults: Partial<LinkFaults>, seed: number): Promise<{ clock: SimClock; network: SimNetwork; caller: SipUserAgent; unit: SipUserAgent; atCaller: Counts; atUnit: Counts }> {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(seed));
  network.faultAll(faults);
  const atCaller = none();
  const atUnit = none();
  const made = async (address: string, other: string, incoming: (leg: Leg) => LegHandlers): Promise<SipUserAgent> => {
    const host = network.host(address);
    const agent = new SipUserAgent({ clock, random: new SimRandom(seed + address.length + other.length), datagram: host.datagram, stream: host.stream, net: host.net, log: silentLog }, {
      sip: sipSettings, peers: [{ ...pbx, addresses: [other], host: other }], product: 'Test/1', incoming, available: () => true, counts: () => null, mailboxes: () => [], watchAll: false,
    });
    await agent.start();
    return agent;
  };
  const unit = await made('10.0.0.2', '10.0.0.10', (leg) => {
    clock.after('test-ring', 10, () => leg.ring());
    clock.after('test-answer', 500, () => leg.answer(localMedia));
    return noted(atUnit);
  });
  const caller = await made('10.0.0.10', '10.0.0.2', () => noted(none()));
  return { clock, network, caller, unit, atCaller, atUnit };
}

function call(caller: SipUserAgent, counts: Counts): Leg {
  return caller.place({ target: 'sip:201@10.0.0.2', fromNumber: '300', fromName: '', media: { ...localMedia, address: '10.0.0.10' } }, noted(counts));
}

const left = ({ clock, caller, unit }: { clock: SimClock; caller: SipUserAgent; unit: SipUserAgent }): unknown => [
  ...[caller, unit].map((agent) => {
    const { transactions, legs, caught } = agent.counters();
    return { transactions, legs, caught };
  }),
  clock.pending().map(({ name }) => name),
];
const nothingLeft = [{ transactions: 0, legs: 0, caught: 0 }, { transactions: 0, legs: 0, caught: 0 }, []];

for (const [what, faults, seed] of [
  ['one datagram of five is lost', { loss: 0.2 }, 11],
  ['one of five is lost, one of five comes twice, one of ten comes late', { loss: 0.2, duplicate: 0.2, reorder: 0.1, reorderByMs: 700, jitterMs: 40 }, 12],
  ['every datagram comes twice', { duplicate: 1 }, 13],
] as const) {
  test(`${what}: 50 calls are answered and ended (seed ${seed})`, async () => {
    const world = await pair(faults, seed);
    const legs: Leg[] = [];
    for (let number = 0; number < 50; number++) {
      legs.push(call(world.caller, world.atCaller));
      await world.clock.advance(100);
    }
    await world.clock.advance(33_000);
    assert.equal([world.atCaller.established, world.atUnit.established], [50, 50]);
    for (const leg of legs) leg.hangUp('done');
    await world.clock.advance(70_000);
    assert.equal([world.atCaller.endedLocal, world.atUnit.endedRemote], [50, 50]);
    assert.equal([world.atCaller.failed, world.atUnit.failed], [[], []]);
    assert.equal(left(world), nothingLeft);
  });
}

test('2,000 calls one after another leave nothing behind', async () => {
  const world = await pair({}, 21);
  for (let number = 0; number < 2000; number++) {
    const leg = call(world.caller, world.atCaller);
    await world.clock.advance(1000);
    leg.hangUp('done');
    await world.clock.advance(100);
  }
  await world.clock.advance(40_000);
  assert.equal([world.atCaller.established, world.atUnit.endedRemote], [2000, 2000]);
  assert.equal(left(world), nothingLeft);
});

test('the network is cut in the middle of 20 calls: both sides end by themselves', async () => {
  const world = await pair({}, 31);
  for (let number = 0; number < 20; number++) call(world.caller, world.atCaller);
  await world.clock.advance(2000);
  assert.is(world.atUnit.established, 20);
  world.network.partition('10.0.0.2', '10.0.0.10');
  await world.clock.advance(sipSettings.sessionExpiresSec * 1000);
  assert.equal([world.caller.counters().legs, world.unit.counters().legs], [0, 0]);
  assert.equal([world.atCaller.failed.length, world.atUnit.failed.length], [20, 20]);
  await world.clock.advance(40_000);
  assert.equal(left(world), nothingLeft);
});

test.run();
