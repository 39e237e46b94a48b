import type { CaptureFilter, CaptureRule } from '../../hal/capture.ts';
import { parseBlock } from '../sip/transport/address-match.ts';
import type { PacketView } from './packet-view.ts';

/** Whose packets are kept. */
export type CaptureTarget =
  | { readonly kind: 'call'; readonly id: string; readonly callId: string; /** '' = not known yet. */ readonly remoteAddress: string; readonly transport: 'udp' | 'tcp'; /** null: it has no audio here. */ readonly rtpPort: number | null }
  | { readonly kind: 'peer'; readonly name: string; readonly addresses: readonly string[] }
  | { readonly kind: 'all' };

/** Where the unit and its peers are reached. */
export interface CapturePorts {
  readonly sip: number;
  /** Those of the peers. */
  readonly peerSip: readonly number[];
  /** Each port's, RTCP is one higher. */
  readonly rtp: readonly number[];
}

/** What the kernel is asked for. It is looser than what is wanted: `keeps` decides. */
export function captureFilter(target: CaptureTarget, { sip, peerSip, rtp }: CapturePorts): CaptureFilter {
  const sipPorts = [...new Set([sip, ...peerSip])].map((port) => [port, port] as const);
  const hosts = target.kind === 'peer' ? target.addresses.map(withoutHostBits) : target.kind === 'call' && target.remoteAddress !== '' ? [plainAddress(target.remoteAddress)] : [];
  const signalling = (['udp', 'tcp'] as const).filter((one) => target.kind !== 'call' || one === target.transport);
  const audio = target.kind === 'call' ? (target.rtpPort === null ? [] : [target.rtpPort]) : rtp;
  return [...signalling.map((transport): CaptureRule => ({ transport, hosts, ports: sipPorts, fragments: true })), ...audioRule(audio)];
}

/** Audio may come from anywhere. */
function audioRule(ports: readonly number[]): CaptureRule[] {
  if (ports.length === 0) return [];
  return [{ transport: 'udp', hosts: [], ports: [[Math.min(...ports), Math.max(...ports) + 1]], fragments: false }];
}

/** Without the zone of a link-local address, and IPv4 as itself: packets carry neither a zone nor a mapped address. */
const plainAddress = (text: string): string => text.replace(/%.*$/, '').replace(/^::ffff:(?=[0-9]+[.])/i, '');

/** '10.1.2.3/8' to '10.0.0.0/8': a filter takes no other. */
function withoutHostBits(text: string): string {
  const block = text.includes('/') ? parseBlock(text) : null;
  if (block === null) return text;
  const bytes = block.bytes.map((byte, at) => byte & (0xff00 >> Math.max(0, Math.min(8, block.bits - at * 8))) & 255);
  const groups = Array.from({ length: bytes.length / 2 }, (_, at) => (((bytes[2 * at] as number) << 8) | (bytes[2 * at + 1] as number)).toString(16));
  return `${bytes.length === 4 ? bytes.join('.') : groups.join(':')}/${block.bits}`;
}

/** Decides packet by packet. Of TCP all to and from a SIP port is kept, since one packet is not one message. */
export class PacketChoice {
  readonly #sip: ReadonlySet<number>;
  readonly #callId: Buffer | null;
  #audio: ReadonlySet<number> = new Set();

  constructor(target: CaptureTarget, ports: CapturePorts) {
    this.#sip = new Set([ports.sip, ...ports.peerSip]);
    this.#callId = target.kind === 'call' ? Buffer.from(target.callId) : null;
  }

  /** RTP ports whose packets, and RTCP, are kept from now on. */
  listenTo(rtpPorts: readonly number[]): void {
    this.#audio = new Set(rtpPorts.flatMap((port) => [port, port + 1]));
  }

  /** `view` null: the packet is not understood, or part of one, and is kept. */
  keeps(bytes: Uint8Array, view: PacketView | null): boolean {
    if (view === null) return true;
    if (view.transport === 'udp' && (this.#audio.has(view.sourcePort) || this.#audio.has(view.targetPort))) return true;
    if (!this.isSip(view)) return false;
    if (this.#callId === null || view.transport === 'tcp') return true;
    return Buffer.from(bytes.buffer, bytes.byteOffset + view.payloadAt, view.end - view.payloadAt).includes(this.#callId);
  }

  isSip({ sourcePort, targetPort }: PacketView): boolean {
    return this.#sip.has(sourcePort) || this.#sip.has(targetPort);
  }
}
