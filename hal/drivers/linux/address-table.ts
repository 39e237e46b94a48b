import { HalError } from '../../errors.ts';
import { addressListRequest, addressRequest, isLocalRoute, parseAddress, routeLink, routeRequest, RTM_DELADDR, RTM_GETADDR, RTM_GETROUTE, RTM_NEWADDR, type AddressEntry } from './address-message.ts';
import { fromErrno } from './errno.ts';
import { linkRequest, linkRequestByIndex, parseLink, RTM_GETLINK, type Link } from './link-message.ts';
import type { Libc } from './libc.ts';
import { NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL } from './netlink-message.ts';
import { NetlinkSocket } from './netlink-socket.ts';

const EPERM = 1;
const EACCES = 13;
const EEXIST = 17;
const ENODEV = 19;
const EADDRNOTAVAIL = 99;
/** How a route lookup says that there is no way: network or host unreachable, prohibited, black hole. */
const noRoute: ReadonlySet<number> = new Set([101, 113, EACCES, 22]);

/** The machine's interfaces and their addresses, through one netlink socket. Members throw `HalError`s that name `place`. */
export class AddressTable {
  readonly #socket: NetlinkSocket;
  readonly #place: string;

  constructor(libc: Libc, place: string) {
    this.#socket = new NetlinkSocket(libc);
    this.#place = place;
  }

  /** null = there is none of this name. */
  link(name: string): Link | null {
    const request = linkRequest(name);
    if (request === null) return null;
    const { errno, text, messages } = this.#socket.request(RTM_GETLINK, 0, ...request);
    if (errno === ENODEV) return null;
    if (errno !== 0) throw this.#refused('RTM_GETLINK', errno, text);
    return messages.map(parseLink).find((link) => link !== null) ?? null;
  }

  entries(link: Link, family: number): AddressEntry[] {
    const { errno, text, messages } = this.#socket.request(RTM_GETADDR, NLM_F_DUMP, ...addressListRequest(family, link.index));
    if (errno !== 0) throw this.#refused('RTM_GETADDR', errno, text);
    return messages.map(parseAddress).filter((entry) => entry !== null && entry.linkIndex === link.index && entry.family === family) as AddressEntry[];
  }

  /** One that is there already is fine. */
  add(entry: AddressEntry): void {
    const { errno, text } = this.#socket.request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ...addressRequest(entry));
    // A missing privilege is EPERM; this one comes from an interface without the protocol (disable_ipv6).
    if (errno === EACCES) throw new HalError('unsupported', this.#place, `IPv6 is switched off on this interface${text === '' ? '' : ` (${text})`}`);
    if (errno !== 0 && errno !== EEXIST) throw this.#refused('RTM_NEWADDR', errno, text);
  }

  /** One that is not there is fine. */
  remove(entry: AddressEntry): void {
    const { errno, text } = this.#socket.request(RTM_DELADDR, 0, ...addressRequest(entry));
    if (errno !== 0 && errno !== EADDRNOTAVAIL) throw this.#refused('RTM_DELADDR', errno, text);
  }

  /** Whether packets to it end in this machine. */
  isLocal(family: number, address: Buffer): boolean {
    const { errno, text, messages } = this.#socket.request(RTM_GETROUTE, 0, ...routeRequest(family, address));
    if (errno !== 0 && !noRoute.has(errno)) throw this.#refused('RTM_GETROUTE', errno, text);
    return messages.some(isLocalRoute);
  }

  /** Name of the interface that packets to it leave by; null = there is no way, or the interface has just gone. */
  interfaceTowards(family: number, address: Buffer): string | null {
    const { errno, text, messages } = this.#socket.request(RTM_GETROUTE, 0, ...routeRequest(family, address));
    if (errno !== 0 && !noRoute.has(errno)) throw this.#refused('RTM_GETROUTE', errno, text);
    const index = messages.map(routeLink).find((found) => found !== null) ?? null;
    if (index === null) return null;
    const found = this.#socket.request(RTM_GETLINK, 0, ...linkRequestByIndex(index));
    if (found.errno !== 0 && found.errno !== ENODEV) throw this.#refused('RTM_GETLINK', found.errno, found.text);
    return found.messages.map(parseLink).find((link) => link !== null)?.name ?? null;
  }

  close(): void {
    this.#socket.close();
  }

  #refused(call: string, errno: number, text: string): HalError {
    const hint = errno === EPERM ? 'changing addresses needs the privilege CAP_NET_ADMIN: ' : text === '' ? '' : `${text}: `;
    return fromErrno(this.#place, `${hint}${call}`, errno);
  }
}
