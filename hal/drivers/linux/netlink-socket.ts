import { fromErrno } from './errno.ts';
import type { Libc } from './libc.ts';
import { netlinkMessage, netlinkMessages, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, verdict, type NetlinkMessage, type NetlinkVerdict } from './netlink-message.ts';

/** The kernel's answer: what it sent, and how it ended. */
export interface NetlinkAnswer extends NetlinkVerdict {
  readonly messages: readonly NetlinkMessage[];
}

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_ROUTE = 0;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const MSG_DONTWAIT = 0x40;
const EAGAIN = 11;
const addressBytes = 12;
/** The kernel never fills more in one go (NLMSG_GOODSIZE, and 32 KB for lists). */
const bufferBytes = 32 * 1024;

/**
 * A socket to the kernel's routing side (netlink(7), rtnetlink(7)). The kernel works on a request inside `sendto` and has its
 * answer ready when that returns, so that nothing here waits. (Its own lock is held by others for microseconds; a thread of
 * Node's pool, which would wait for it in our place, may stand behind a slow fdatasync.)
 */
export class NetlinkSocket {
  readonly fd: number;
  readonly #libc: Libc;
  readonly #buffer = Buffer.alloc(bufferBytes);
  #sequence = 0;

  /** `groups`: RTMGRP_* whose news it hears. Throws unsupported, too-many-open. */
  constructor(libc: Libc, groups = 0) {
    this.#libc = libc;
    this.fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (this.fd < 0) throw fromErrno('rtnetlink', 'socket', libc.errno());
    if (libc.bind(this.fd, netlinkAddress(groups), addressBytes) < 0) {
      const error = fromErrno('rtnetlink', 'bind', libc.errno());
      libc.close(this.fd);
      throw error;
    }
    // Refused by kernels before 4.12, which then give numbers without sentences.
    for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK]) libc.setsockopt(this.fd, SOL_NETLINK, option, Int32Array.of(1), 4);
  }

  /** Throws io when the kernel does not answer. */
  request(type: number, flags: number, ...parts: readonly Buffer[]): NetlinkAnswer {
    const ending = (flags & NLM_F_DUMP) === NLM_F_DUMP ? 0 : NLM_F_ACK;
    const bytes = netlinkMessage(type, flags | NLM_F_REQUEST | ending, ++this.#sequence, ...parts);
    if (this.#libc.sendto(this.fd, bytes, bytes.length, MSG_DONTWAIT, netlinkAddress(0), addressBytes) < 0) throw fromErrno('rtnetlink', 'sendto', this.#libc.errno());
    return this.#answer();
  }

  /** What has come in: null = nothing, 'lost' = more came than the buffer held (ENOBUFS), so that the state must be asked for anew. */
  receive(): NetlinkMessage[] | null | 'lost' {
    const from = netlinkAddress(0);
    const length = this.#libc.recvfrom(this.fd, this.#buffer, bufferBytes, MSG_DONTWAIT, from, Uint32Array.of(addressBytes));
    if (length >= 0) return from.readUInt32LE(4) === 0 ? netlinkMessages(this.#buffer.subarray(0, length)) : []; // port 0 is the kernel
    return this.#libc.errno() === EAGAIN ? null : 'lost';
  }

  close(): void {
    this.#libc.close(this.fd);
  }

  #answer(): NetlinkAnswer {
    const messages: NetlinkMessage[] = [];
    for (;;) {
      const some = this.receive();
      if (some === null || some === 'lost') throw fromErrno('rtnetlink', 'the kernel gave no answer', 0);
      for (const message of some) {
        if (message.sequence !== this.#sequence) continue;
        const end = verdict(message);
        if (end !== null) return { ...end, messages };
        messages.push({ ...message, payload: Buffer.from(message.payload) }); // the buffer serves the next part too
      }
    }
  }
}

/** struct sockaddr_nl */
function netlinkAddress(groups: number): Buffer {
  const bytes = Buffer.alloc(addressBytes);
  bytes.writeUInt16LE(AF_NETLINK, 0);
  bytes.writeUInt32LE(groups, 8);
  return bytes;
}
