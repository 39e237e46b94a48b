// A card of the test's machine in a VLAN of the board's bridge, as `ip link add type vlan` makes it, on kernels that have no VLANs too: a small program
// takes the tag off what comes and puts it on what goes.
//
//   eth0 <-- frames with tag 7 -- packet socket | tap "lan7" -- frames without --> the machine's own network
import { existsSync } from 'node:fs';
import { Program } from '../peers/program.ts';
import type { Need } from '../skip.ts';
import { device } from '../skip.ts';

const python = '/usr/bin/python3';
const startLimitMs = 10_000;
const lifeMs = 600_000;

export const taggedPortNeeds: readonly (Need | string)[] = [{ missing: () => (existsSync(python) ? undefined : `${python} is not installed (Debian package python3)`) }, device('/dev/net/tun')];

/**
 * Both ends tell with each frame whether its checksum is still to be made (struct virtio_net_hdr, 10 octets): what an emulated card sends has none yet. The kernel has taken the tag
 * out of the frame by then, and tells it beside it (PACKET_AUXDATA of packet(7)); the card has the address of eth0, so that eth0 takes what is meant for it.
 */
const script = `
import fcntl, os, select, socket, struct, subprocess, sys
tag, name, address = int(sys.argv[1]), sys.argv[2], sys.argv[3]
SOL_PACKET, PACKET_AUXDATA, PACKET_VNET_HDR, PACKET_OUTGOING, TAG_VALID, HEADER = 263, 8, 15, 4, 0x10, 10
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(('eth0', 3))
wire.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
wire.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
tap = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tap, 0x400454ca, struct.pack('16sH22x', name.encode(), 0x5002))
for words in (['address', open('/sys/class/net/eth0/address').read().strip()], ['up']): subprocess.run(['ip', 'link', 'set', name, *words], check=True)
subprocess.run(['ip', 'address', 'add', address, 'dev', name], check=True)
print('ready', flush=True)
while True:
    ready, _, _ = select.select([wire, tap], [], [])
    if wire in ready:
        frame, facts, _, sender = wire.recvmsg(65600, 256)
        for level, kind, data in facts:
            if (level, kind) != (SOL_PACKET, PACKET_AUXDATA) or sender[2] == PACKET_OUTGOING: continue
            status, _, _, _, _, tci, _ = struct.unpack('IIIHHHH', data[:20])
            if status & TAG_VALID and tci & 0xfff == tag: os.write(tap, frame)
    if tap in ready:
        frame = os.read(tap, 65600)
        wire.send(bytes(HEADER) + frame[HEADER:HEADER + 12] + struct.pack('!HH', 0x8100, tag) + frame[HEADER + 12:])
`;

export class TaggedPort {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** In a network namespace with a card eth0; `address` with its prefix length. Errors: what the program said. */
  static async open(namespace: string, vlan: number, address: string): Promise<TaggedPort> {
    const program = new Program('ip', ['netns', 'exec', namespace, python, '-c', script, String(vlan), `lan${vlan}`, address], { limitMs: lifeMs });
    await program.until('the card of the VLAN', ({ stdout }) => stdout.includes('ready'), startLimitMs);
    return new TaggedPort(program);
  }

  stop(): Promise<unknown> {
    return this.#program.stop();
  }
}
