import { attribute, attributes, type NetlinkMessage, zeroTerminated } from './netlink-message.ts';

/** A network interface as rtnetlink tells it (rtnetlink(7), linux/if_link.h). */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** IFF_* of linux/if.h. */
  readonly flags: number;
  /** IF_OPER_* of linux/if.h, the states of RFC 2863. */
  readonly operState: number;
  /** ARPHRD_* of linux/if_arp.h. */
  readonly hardwareType: number;
  readonly hardwareAddress: Buffer;
}

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_OPERSTATE = 16;
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;
const IFF_LOWER_UP = 0x1_0000;
const ARPHRD_ETHER = 1;
/** not present, down, lower layer down, testing. "Unknown" is what drivers say that do not keep the state, "dormant" has its cable. */
const withoutCarrier: ReadonlySet<number> = new Set([1, 2, 3, 4]);
/** struct ifinfomsg */
const headerBytes = 16;
const nameLimitBytes = 15;

/** The rest of an RTM_GETLINK; null for what cannot be a name (IFNAMSIZ is 16 with the end mark). */
export function linkRequest(name: string): Buffer[] | null {
  const bytes = Buffer.from(`${name}\0`);
  if (name === '' || bytes.length - 1 > nameLimitBytes) return null;
  return [Buffer.alloc(headerBytes), attribute(IFLA_IFNAME, bytes)];
}

/** The same for an interface that is known by its number. */
export function linkRequestByIndex(index: number): Buffer[] {
  const header = Buffer.alloc(headerBytes);
  header.writeInt32LE(index, 4);
  return [header];
}

/** null for a message about something else. */
export function parseLink({ type, payload }: NetlinkMessage): Link | null {
  if ((type !== RTM_NEWLINK && type !== RTM_DELLINK) || payload.length < headerBytes) return null;
  const found = attributes(payload.subarray(headerBytes));
  return {
    index: payload.readInt32LE(4),
    name: zeroTerminated(found.get(IFLA_IFNAME) ?? Buffer.alloc(0)),
    flags: payload.readUInt32LE(8),
    operState: found.get(IFLA_OPERSTATE)?.[0] ?? 0,
    hardwareType: payload.readUInt16LE(2),
    hardwareAddress: Buffer.from(found.get(IFLA_ADDRESS) ?? []),
  };
}

/** A driver notices its cable before the kernel has put its queues to work: both must agree. */
export function hasCarrier({ flags, operState }: Link): boolean {
  return (flags & IFF_LOWER_UP) !== 0 && !withoutCarrier.has(operState);
}

export function isUp({ flags }: Link): boolean {
  return (flags & IFF_UP) !== 0;
}

/** Whether neighbours keep a table of hardware addresses for it: loopback and tunnels have none. */
export function hasNeighbours({ flags, hardwareType }: Link): boolean {
  return hardwareType === ARPHRD_ETHER && (flags & (IFF_LOOPBACK | IFF_NOARP)) === 0;
}
