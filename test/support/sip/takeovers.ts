import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork, type SimHost } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { LinkFaults } from '../../../hal/sim/sim-net.ts';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { Leg, LegEnd, LegHandlers } from '../../../firmware/sip/leg.ts';
import type { LegRecord } from '../../../firmware/sip/session/leg-record.ts';
import { SipUserAgent } from '../../../firmware/sip/sip-user-agent.ts';
import { formatHost } from '../../../firmware/sip/syntax/uri.ts';
import { pbx, sipSettings } from './layer-world.ts';

/** Where everybody is. */
export interface Places {
  readonly caller: string;
  readonly units: readonly [string, string];
  readonly shared: string;
}

export const inIpv4: Places = { caller: '10.0.0.1', units: ['10.0.0.2', '10.0.0.3'], shared: '10.0.0.10' };
export const inIpv6: Places = { caller: 'fd00::1', units: ['fd00::2', 'fd00::3'], shared: 'fd00::10' };

interface Unit {
  readonly host: SimHost;
  readonly agent: SipUserAgent;
  /** Legs that it has, by Call-ID. */
  readonly legs: Map<string, Leg>;
}

const sip = { ...sipSettings, sessionExpiresSec: 90, minSessionExpiresSec: 90 };

/** A caller's agent with calls to the address of two units, which goes from one to the other again and again. What the partner knows of a call is what was written down at the last change that was told. */
export class Takeovers {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly caller: SipUserAgent;
  readonly units: readonly [Unit, Unit];
  /** Calls as the caller sees them. */
  readonly calls: { readonly leg: Leg; end: LegEnd | null }[] = [];
  /** How calls ended at the units, but for those that were released. */
  readonly ends: LegEnd[] = [];
  readonly #places: Places;
  readonly #records = new Map<string, LegRecord>();
  #holder = 0;

  constructor(places: Places, faults: Partial<LinkFaults>, seed: number) {
    this.#places = places;
    this.network = new SimNetwork(this.clock, new SimRandom(seed));
    this.network.faultAll(faults);
    this.caller = this.#agent(places.caller, seed + 1, null, () => ({ established() {}, mediaChanged() {}, digit() {}, ended() {} }));
    this.units = [this.#unit(places.units[0], seed + 2), this.#unit(places.units[1], seed + 3)];
  }

  async start(): Promise<void> {
    for (const agent of [this.caller, ...this.units.map((unit) => unit.agent)]) await agent.start();
    await this.#gets(this.#has);
  }

  /** `refreshing`: who keeps the session alive. */
  place(transport: 'udp' | 'tcp', refreshing: 'caller' | 'unit'): void {
    const { caller, shared } = this.#places;
    this.caller.apply({ ...sip, address: caller, sessionExpiresSec: refreshing === 'caller' ? 90 : 0 }, [this.#peer()]);
    const call = { end: null } as unknown as { leg: Leg; end: LegEnd | null };
    const media = { address: caller, rtpPort: 4000, codecs: ['PCMU'] as const };
    const leg = this.caller.place({ target: `sip:201@${formatHost(shared)};transport=${transport}`, fromNumber: '300', fromName: 'Ada', media }, {
      established() {}, mediaChanged() {}, digit() {}, ended: (end) => void (call.end = end),
    });
    this.calls.push(Object.assign(call, { leg }));
  }

  /** In good order: written down at this moment, released, and away. */
  async handsOver(): Promise<void> {
    const giver = this.#has;
    for (const leg of giver.legs.values()) this.#note(leg);
    for (const leg of giver.legs.values()) leg.release();
    await this.#loses(giver);
    await this.#other();
  }

  /** Out of the blue: the address is elsewhere, with what was told; the unit finds out later. */
  async isTakenOver(): Promise<void> {
    const loser = this.#has;
    const legs = [...loser.legs.values()];
    await this.#loses(loser);
    await this.#other();
    this.clock.after('test-finds-out', 3000, () => legs.forEach((leg) => leg.release()));
  }

  get legs(): readonly Leg[] {
    return [...this.#has.legs.values()];
  }

  get #has(): Unit {
    return this.units[this.#holder] as Unit;
  }

  async #other(): Promise<void> {
    this.#holder = 1 - this.#holder;
    const taker = this.#has;
    for (const record of this.#records.values()) {
      const leg = taker.agent.adopt(record, this.#handlers(taker, () => leg));
      if (leg !== null) taker.legs.set(record.dialog.callId, leg);
    }
    await this.#gets(taker);
  }

  async #gets({ host, agent }: Unit): Promise<void> {
    const address = { interface: 'eth0', address: this.#places.shared, prefixBits: 64 };
    const held = { ...address, prefixBits: this.#places.shared.includes(':') ? 64 : 24 };
    await host.addressHolder.add(held);
    await agent.share(held.address);
    for (let count = 0; count < 5; count++) {
      await host.addressHolder.announce(held);
      await this.clock.advance(20);
    }
  }

  async #loses({ host, agent }: Unit): Promise<void> {
    await agent.share(null);
    await host.addressHolder.remove({ interface: 'eth0', address: this.#places.shared, prefixBits: 24 });
  }

  #unit(address: string, seed: number): Unit {
    const legs = new Map<string, Leg>();
    const host = this.network.host(address);
    const unit: Unit = {
      host,
      legs,
      agent: this.#agent(address, seed, this.#places.shared, (leg) => {
        this.clock.after('test-answer', 100, () => leg.answer({ address: leg.sharedAddress ?? address, rtpPort: 10_000, codecs: ['PCMU'] }));
        legs.set(leg.facts.callId, leg);
        return this.#handlers(unit, () => leg);
      }),
    };
    return unit;
  }

  #handlers(unit: Unit, leg: () => Leg | null): LegHandlers {
    const changed = (): void => {
      const now = leg();
      if (now !== null) this.#note(now);
    };
    return {
      established: changed,
      mediaChanged: changed,
      changed,
      digit() {},
      ended: (end) => {
        const callId = leg()?.facts.callId ?? '';
        if (unit.legs.get(callId) === leg()) unit.legs.delete(callId);
        if (end.text === 'the partner carries the call on') return;
        this.#records.delete(callId);
        this.ends.push(end);
      },
    };
  }

  #note(leg: Leg): void {
    const record = leg.record();
    if (record !== null) this.#records.set(leg.facts.callId, JSON.parse(JSON.stringify(record)) as LegRecord);
  }

  #peer(): PeerSettings {
    const { caller, units, shared } = this.#places;
    return { ...pbx, addresses: [caller, ...units, shared], host: null };
  }

  #agent(address: string, seed: number, followsOn: string | null, incoming: (leg: Leg) => LegHandlers): SipUserAgent {
    const host = this.network.host(address);
    return new SipUserAgent({ clock: this.clock, random: new SimRandom(seed), datagram: host.datagram, stream: host.stream, net: host.net, log: silentLog }, {
      sip: { ...sip, address }, peers: [this.#peer()], product: 'Test/1', incoming, available: () => true, counts: () => null, mailboxes: () => [], watchAll: false, followsOn,
    });
  }
}
