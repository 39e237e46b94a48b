import * as assert from 'uvu/assert';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork, type SimHost } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { Log } from '../../../firmware/log.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { LegRecord } from '../../../firmware/sip/session/leg-record.ts';
import { readLegRecord } from '../../../firmware/sip/session/leg-record.ts';
import { SipUserAgent } from '../../../firmware/sip/sip-user-agent.ts';
import type { AgentWorld, Policy, RawCall, Taken } from './agent-world.ts';
import { noting } from './agent-world.ts';
import { pbx, sipSettings } from './layer-world.ts';
import { RawPeer } from './raw-peer.ts';

export const sharedAddress = '10.0.0.10';
export const sharedAt = { address: sharedAddress, port: 5060 };
const held = { interface: 'eth0', address: sharedAddress, prefixBits: 24 };

/** Media of a call as its unit describes it: at the shared address when the call lives there. */
const answer: Policy = (leg) => leg.answer({ address: leg.sharedAddress ?? '10.0.0.2', rtpPort: 10_000, codecs: ['PCMU', 'PCMA'] });

/** One of the two: its agent and the calls that it has. */
export interface Half {
  readonly host: SimHost;
  readonly agent: SipUserAgent;
  readonly calls: Taken[];
}

/** Two user agents that hand the address 10.0.0.10 over, and a raw peer that knows nothing else. `RawCall` works on it as on one agent. */
export class TwoUnits implements AgentWorld {
  readonly clock: SimClock;
  readonly network: SimNetwork;
  readonly peer: RawPeer;
  readonly one: Half;
  readonly other: Half;
  /** What a call of `one` may call. */
  changed: (() => void) | null = null;

  private constructor(network: SimNetwork, clock: SimClock, peer: RawPeer, log: Log, followsOn: string | null) {
    this.network = network;
    this.clock = clock;
    this.peer = peer;
    this.one = this.#half('10.0.0.2', 11, log, followsOn);
    this.other = this.#half('10.0.0.3', 12, log, followsOn);
  }

  /** `one` holds the address. */
  static async make({ log = silentLog, followsOn = sharedAddress }: { log?: Log; followsOn?: string | null } = {}): Promise<TwoUnits> {
    const clock = new SimClock();
    const network = new SimNetwork(clock, new SimRandom(1));
    const peer = await RawPeer.open(network, '10.0.0.1', 5060, sharedAddress);
    const units = new TwoUnits(network, clock, peer, log, followsOn);
    for (const { agent } of [units.one, units.other]) await agent.start();
    await units.#gives(units.one);
    return units;
  }

  get agent(): SipUserAgent {
    return this.one.agent;
  }

  get calls(): Taken[] {
    return this.one.calls;
  }

  place(): Taken {
    throw new Error('nobody places calls here');
  }

  /** The partner's copy of what `one` has: as it comes through JSON. */
  record(taken = this.#call()): LegRecord {
    const record = readLegRecord(JSON.parse(JSON.stringify(taken.leg.record())));
    if (record === null) throw new Error('the leg has no record that can be read');
    return record;
  }

  /** `other` carries it on. */
  adopt(record: LegRecord): Taken {
    const taken = { told: [], media: [], end: null } as unknown as Taken;
    const leg = this.other.agent.adopt(record, noting(taken));
    if (leg === null) throw new Error('the leg was not adopted');
    return Object.assign(taken, { leg });
  }

  /** `one` dies as a machine does: nothing leaves it any more. */
  async dies(): Promise<void> {
    this.one.host.crash();
    this.one.host.unplug();
    await this.#gives(this.other);
  }

  /** `one` gives the address up in good order; its calls are released first. */
  async handsOver(): Promise<void> {
    for (const { leg } of this.one.calls) leg.release();
    await this.one.agent.share(null);
    await this.one.host.addressHolder.remove(held);
    await this.#gives(this.other);
  }

  /** A call is there, its unit dies, and the other carries it on. */
  async takenOver(call: { establish(): Promise<unknown> }): Promise<Taken> {
    await call.establish();
    const record = this.record();
    await this.dies();
    return this.adopt(record);
  }

  /** Lets everything end at `other`, then demands that nothing is left behind. */
  async assertQuiet(): Promise<void> {
    await this.clock.advance(40_000);
    const { transactions, legs, caught } = this.other.agent.counters();
    assert.equal({ transactions, legs, caught }, { transactions: 0, legs: 0, caught: 0 });
  }

  async #gives({ host, agent }: Half): Promise<void> {
    await host.addressHolder.add(held);
    await host.addressHolder.announce(held);
    await agent.share(sharedAddress);
    await this.clock.advance(2);
  }

  #call(): Taken {
    const [taken] = this.one.calls;
    if (taken === undefined) throw new Error('no call was offered');
    return taken;
  }

  #half(address: string, seed: number, log: Log, followsOn: string | null): Half {
    const host = this.network.host(address);
    const calls: Taken[] = [];
    const { clock } = this;
    const agent = new SipUserAgent({ clock, random: new SimRandom(seed), datagram: host.datagram, stream: host.stream, net: host.net, log }, {
      sip: { ...sipSettings, address },
      peers: [pbx],
      product: 'Test/1',
      incoming: (leg) => {
        const taken: Taken = { leg, told: [], media: [], end: null };
        calls.push(taken);
        clock.after('test-policy', 0, () => answer(leg));
        return { ...noting(taken), changed: () => this.changed?.() };
      },
      available: () => true,
      counts: () => null,
      mailboxes: () => [],
      watchAll: false,
      followsOn,
    });
    return { host, agent, calls };
  }
}

/** The peer ends the call at the unit that has it. */
export async function hungUpByPeer(units: TwoUnits, call: RawCall): Promise<void> {
  call.request('BYE');
  await units.clock.advance(10);
  assert.equal(units.peer.statuses('BYE'), [200]);
  await units.assertQuiet();
}
