import { SimPhone } from '../../board/sim/phone/test-phone.ts';
import type { TestCallEnd } from '../../firmware/console/parts/test-phone.ts';
import type { SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { voice } from './sim-site.ts';
import { addresses } from './two-units.ts';

/** 301 at the PBX calls the unit at that address for mailbox 201, speaks at the beep, and hangs up. `seed`: another one for each caller of a test. */
export function leaveMessage({ clock, network }: { readonly clock: SimClock; readonly network: SimNetwork }, unit: string, seconds: number, seed: number): Promise<TestCallEnd> {
  const pbx = network.host(addresses.pbx);
  const phone = new SimPhone({
    clock, random: new SimRandom(seed), datagram: pbx.datagram, stream: pbx.stream, net: pbx.net, batch: () => pbx.batch(),
    unit: () => ({ address: unit, port: 5060 }), local: () => addresses.pbx, speech: async () => voice(seconds * 1000),
  });
  return phone.call({ target: '201', from: '301', transport: 'udp', speech: { kind: 'say', text: '' }, steps: [{ kind: 'speak' }] }, () => undefined, new AbortController().signal);
}
