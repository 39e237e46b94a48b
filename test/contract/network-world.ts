import type { DatagramBatch, DatagramNet } from '../../hal/datagram.ts';
import { DgramBatch } from '../../hal/drivers/linux/dgram-batch.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxNet } from '../../hal/drivers/linux/linux-net.ts';
import { LinuxStreamNet } from '../../hal/drivers/linux/linux-stream.ts';
import type { Net } from '../../hal/net.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../hal/sim/sim-net.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import type { StreamNet } from '../../hal/stream.ts';
import { realTime, virtualTime, type Passing } from './passing.ts';

/** One end of the network under test. */
export interface Machine {
  readonly address: string;
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly net: Net;
  batch(): Promise<DatagramBatch>;
}

/** Two ends that reach each other. */
export interface NetworkWorld {
  readonly near: Machine;
  readonly far: Machine;
  readonly passing: Passing;
  /** An address that the near end may not send to. */
  readonly forbidden: string;
}

/** Both ends are this machine: 127.0.0.1 and 127.0.0.2, or ::1. */
export function linuxWorld(ipv6 = false, batch: () => Promise<DatagramBatch> = async () => new DgramBatch()): NetworkWorld {
  const machine = (address: string): Machine => ({ address, datagram: new LinuxDatagramNet(), stream: new LinuxStreamNet(), net: new LinuxNet(), batch });
  // Broadcast is refused by the kernel unless a socket asks for it; an IPv4-mapped address by a socket for IPv6 only.
  return { near: machine(ipv6 ? '::1' : '127.0.0.1'), far: machine(ipv6 ? '::1' : '127.0.0.2'), passing: realTime, forbidden: ipv6 ? '::ffff:127.0.0.1' : '255.255.255.255' };
}

export function simWorld(ipv6 = false): NetworkWorld & { network: SimNetwork; clock: SimClock } {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(7));
  const [nearAddress, farAddress, forbidden] = ipv6 ? ['fd00::1', 'fd00::2', 'fd00::bad'] : ['10.0.0.1', '10.0.0.2', '10.0.0.99'];
  const machine = (address: string): Machine => {
    const host = network.host(address);
    return { address, datagram: host.datagram, stream: host.stream, net: host.net, batch: async () => host.batch() };
  };
  network.fault(nearAddress, forbidden, { maxDatagramBytes: -1 });
  return { near: machine(nearAddress), far: machine(farAddress), passing: virtualTime(clock), forbidden, network, clock };
}
