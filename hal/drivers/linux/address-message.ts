import { attribute, attributes, type NetlinkMessage } from './netlink-message.ts';
import { AF_INET6 } from './socket-address.ts';

/** An address on an interface as rtnetlink tells it (rtnetlink(7), linux/if_addr.h). */
export interface AddressEntry {
  /** AF_INET or AF_INET6. */
  readonly family: number;
  readonly prefixBits: number;
  /** IFA_F_*. */
  readonly flags: number;
  readonly linkIndex: number;
  readonly address: Buffer;
}

export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_F_SECONDARY = 0x1;
const IFA_F_NODAD = 0x2;
const IFA_F_DADFAILED = 0x8;
const IFA_F_TENTATIVE = 0x40;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTN_LOCAL = 2;
/** struct ifaddrmsg, struct rtmsg */
const headerBytes = 8;
const routeHeaderBytes = 12;
const forEver = 0xffff_ffff;

/** The rest of an RTM_NEWADDR or RTM_DELADDR. */
export function addressRequest(entry: AddressEntry): Buffer[] {
  const parts = [addressHeader(entry.family, entry.prefixBits, entry.linkIndex), attribute(IFA_LOCAL, entry.address), attribute(IFA_ADDRESS, entry.address)];
  return entry.family === AF_INET6 ? [...parts, attribute(IFA_FLAGS, number(entry.flags)), attribute(IFA_CACHEINFO, notPreferred)] : parts;
}

/** The rest of an RTM_GETADDR for all addresses of a family; old kernels ignore the index, so that the answer is to be sifted. */
export function addressListRequest(family: number, linkIndex: number): Buffer[] {
  return [addressHeader(family, 0, linkIndex)];
}

/**
 * How a shared address is added: without asking first whether another machine has it (RFC 4862 section 5.4). That takes a second, and
 * the one that has it may be a dead unit's network card; who may hold it is decided before, by the pair.
 */
export function sharedAddress(family: number, address: Buffer, prefixBits: number, linkIndex: number): AddressEntry {
  return { family, prefixBits, flags: family === AF_INET6 ? IFA_F_NODAD : 0, linkIndex, address };
}

/** null for a message about something else. */
export function parseAddress({ type, payload }: NetlinkMessage): AddressEntry | null {
  if (type !== RTM_NEWADDR || payload.length < headerBytes) return null;
  const found = attributes(payload.subarray(headerBytes));
  const address = found.get(IFA_LOCAL) ?? found.get(IFA_ADDRESS); // IFA_ADDRESS is the far end of a point-to-point link
  if (address === undefined) return null;
  const flags = found.get(IFA_FLAGS)?.readUInt32LE(0) ?? payload.readUInt8(2);
  return { family: payload.readUInt8(0), prefixBits: payload.readUInt8(1), flags, linkIndex: payload.readUInt32LE(4), address: Buffer.from(address) };
}

/** The rest of an RTM_GETROUTE: which way would a packet to it go. */
export function routeRequest(family: number, address: Buffer): Buffer[] {
  const header = Buffer.alloc(routeHeaderBytes);
  header.writeUInt8(family, 0);
  header.writeUInt8(address.length * 8, 1);
  return [header, attribute(RTA_DST, address)];
}

/** The interface that the way found leaves by; null for a message about something else. */
export function routeLink({ type, payload }: NetlinkMessage): number | null {
  if (type !== RTM_NEWROUTE || payload.length < routeHeaderBytes) return null;
  return attributes(payload.subarray(routeHeaderBytes)).get(RTA_OIF)?.readUInt32LE(0) ?? null;
}

/** Whether the way found ends in this machine. */
export function isLocalRoute({ type, payload }: NetlinkMessage): boolean {
  return type === RTM_NEWROUTE && payload.length >= routeHeaderBytes && payload.readUInt8(7) === RTN_LOCAL;
}

/** An IPv6 address whose uniqueness is in doubt receives nothing. */
export function isUsable({ family, flags }: AddressEntry): boolean {
  return family !== AF_INET6 || (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) === 0;
}

/** IPv4: another address of the same network came first, and this one goes when that one does. */
export function isSecondary({ flags }: AddressEntry): boolean {
  return (flags & IFA_F_SECONDARY) !== 0;
}

/** struct ifa_cacheinfo: valid for ever, preferred for no time, so that the unit's own calls do not leave from an address that may move (RFC 6724 section 5, rule 3). */
const notPreferred = Buffer.concat([number(0), number(forEver), number(0), number(0)]);

function addressHeader(family: number, prefixBits: number, linkIndex: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(family, 0);
  header.writeUInt8(prefixBits, 1);
  header.writeUInt32LE(linkIndex, 4);
  return header;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}
