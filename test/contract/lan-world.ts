import type { AddressHolder } from '../../hal/address-holder.ts';
import type { DatagramNet } from '../../hal/datagram.ts';
import type { Reachability } from '../../hal/reachability.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimNetwork, type SimHost } from '../../hal/sim/sim-net.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { NamespaceLan } from '../support/namespace-lan.ts';
import { LanRemote } from './lan-remote.ts';
import { realTime, virtualTime, type Passing } from './passing.ts';

/** One machine of the LAN under test. */
export interface LanMachine {
  readonly holder: AddressHolder;
  readonly reachability: Reachability;
  readonly datagram: Pick<DatagramNet, 'bind'>;
  readonly ipv4: string;
  readonly ipv6: string;
  pull(): void;
  plug(): void;
  takeCardAway(): void;
  bringCardBack(): void;
}

/** Three machines on one switch; each has the interface `eth0` with an address of each family. */
export interface LanWorld {
  readonly left: LanMachine;
  readonly right: LanMachine;
  readonly third: LanMachine;
  readonly passing: Passing;
  stop(): Promise<void>;
}

const names = ['left', 'right', 'third'] as const;

export function simLan(): LanWorld & { network: SimNetwork; clock: SimClock; hosts: Record<(typeof names)[number], SimHost> } {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(7));
  const [left, right, third] = [1, 2, 3].map((number) => network.host(`10.9.0.${number}`, `fd00:9::${number}`)) as [SimHost, SimHost, SimHost];
  const machine = (host: SimHost): LanMachine => ({
    holder: host.addressHolder,
    reachability: host.reachability,
    datagram: host.datagram,
    ipv4: host.addresses[0] ?? '',
    ipv6: host.addresses[1] ?? '',
    pull: () => host.unplug(),
    plug: () => host.plug(),
    takeCardAway: () => host.takeInterfaceAway(),
    bringCardBack: () => host.bringInterfaceBack(),
  });
  return { left: machine(left), right: machine(right), third: machine(third), passing: virtualTime(clock), stop: async () => {}, network, clock, hosts: { left, right, third } };
}

/** Network namespaces, with the Linux drivers in a process of each. `lan.remove()` is the caller's, when its last world has stopped. */
export function linuxLan(lan: NamespaceLan = new NamespaceLan(names)): LanWorld & { lan: NamespaceLan; remotes: Record<(typeof names)[number], LanRemote> } {
  const [left, right, third] = names.map((name) => new LanRemote(lan.namespace(name))) as [LanRemote, LanRemote, LanRemote];
  const machine = ({ holder, reachability, datagram }: LanRemote, name: string): LanMachine => ({
    holder,
    reachability,
    datagram,
    ipv4: lan.ipv4(name),
    ipv6: lan.ipv6(name),
    pull: () => lan.pull(name),
    plug: () => lan.plug(name),
    takeCardAway: () => lan.takeCardAway(name),
    bringCardBack: () => lan.bringCardBack(name),
  });
  return {
    left: machine(left, 'left'),
    right: machine(right, 'right'),
    third: machine(third, 'third'),
    passing: realTime,
    stop: async () => void (await Promise.all([left.stop(), right.stop(), third.stop()])),
    lan,
    remotes: { left, right, third },
  };
}
