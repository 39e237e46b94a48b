import type { CaptureFilter, CaptureRule, OpenCapture, PacketCapture } from '../capture.ts';
import { linkTypes } from '../capture.ts';
import type { Endpoint } from '../datagram.ts';
import { HalError } from '../errors.ts';
import { isIpv6 } from './sim-address.ts';
import type { SimHost } from './sim-host.ts';
import type { SimNetwork } from './sim-network.ts';

const udp = 17;
const udpHeadBytes = 8;

/** Sees the datagrams of one host, as raw IP packets without checksums; hosts of a rule are single addresses. What goes over TCP is not seen. */
export class SimCapture implements PacketCapture {
  /** The next `open` fails with it. */
  refusal: HalError | null = null;
  /** A capture that closes still hands over what comes within this time. */
  drainMs = 0;
  /** Captures that are open. */
  opened = 0;
  readonly #network: SimNetwork;
  readonly #host: SimHost;
  #ends: (() => void)[] = [];

  constructor(network: SimNetwork, host: SimHost) {
    this.#network = network;
    this.#host = host;
  }

  async open(filter: CaptureFilter): Promise<OpenCapture> {
    if (this.refusal !== null) throw this.refusal;
    const { clock, taps } = this.#network;
    const tap = (at: SimHost, from: Endpoint, to: Endpoint, bytes: Uint8Array): void => {
      if (at !== this.#host || !filter.some((rule) => fits(rule, from, to))) return;
      const packet = packetOf(from, to, bytes);
      const wallMs = clock.wall();
      capture.packet?.({ seconds: Math.floor(wallMs / 1000), nanoseconds: Math.floor((wallMs % 1000) * 1e6), bytes: packet, length: packet.length });
      packet.fill(0xa5); // whoever keeps it finds out
    };
    const close = async (): Promise<void> => {
      if (this.drainMs > 0) await new Promise<void>((resolve) => void clock.after('capture drain', this.drainMs, resolve));
      if (taps.delete(tap)) this.opened -= 1;
    };
    const capture: OpenCapture = { linkType: linkTypes.rawIp, packet: null, failed: null, dropped: () => 0, close };
    taps.add(tap);
    this.opened += 1;
    this.#ends.push(() => taps.delete(tap) && ((this.opened -= 1), capture.failed?.(new HalError('io', 'packet capture', 'the kernel gives no more packets'))));
    return capture;
  }

  /** Every capture ends by itself. */
  fail(): void {
    for (const end of this.#ends.splice(0)) end();
  }
}

function fits({ transport, hosts, ports }: CaptureRule, from: Endpoint, to: Endpoint): boolean {
  const host = hosts.length === 0 || hosts.includes(from.address) || hosts.includes(to.address);
  const port = ports.some(([first, last]) => [from, to].some((end) => end.port >= first && end.port <= last));
  return transport === 'udp' && host && port;
}

/** RFC 791 or RFC 8200, then RFC 768. */
function packetOf(from: Endpoint, to: Endpoint, bytes: Uint8Array): Uint8Array {
  const v6 = isIpv6(from.address);
  const ipBytes = v6 ? 40 : 20;
  const packet = new Uint8Array(ipBytes + udpHeadBytes + bytes.length);
  const view = new DataView(packet.buffer);
  packet[0] = v6 ? 0x60 : 0x45;
  view.setUint16(v6 ? 4 : 2, packet.length - (v6 ? ipBytes : 0));
  packet[v6 ? 6 : 9] = udp;
  packet[v6 ? 7 : 8] = 64;
  if (!v6) for (const [at, { address }] of [[12, from], [16, to]] as const) packet.set(address.split('.').map(Number), at);
  view.setUint16(ipBytes, from.port);
  view.setUint16(ipBytes + 2, to.port);
  view.setUint16(ipBytes + 4, udpHeadBytes + bytes.length);
  packet.set(bytes, ipBytes + udpHeadBytes);
  return packet;
}
