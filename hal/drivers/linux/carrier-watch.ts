import type { AddressTable } from './address-table.ts';
import { EpollSet } from './epoll-set.ts';
import type { Libc } from './libc.ts';
import { hasCarrier, parseLink, RTM_DELLINK, type Link } from './link-message.ts';
import type { Koffi } from './native.ts';
import type { NetlinkMessage } from './netlink-message.ts';
import { NetlinkSocket } from './netlink-socket.ts';

const RTMGRP_LINK = 1;
/** Datagrams taken per wake-up; the rest wakes again. */
const datagramsPerTurn = 32;

/**
 * Hears of every change of the machine's interfaces and tells those of one interface's carrier. The kernel gathers changes that follow
 * each other within a second (net/core/link_watch.c): the first is told at once, a cable that flutters once a second.
 */
export class CarrierWatch {
  readonly #name: string;
  readonly #changed: (up: boolean) => void;
  readonly #table: AddressTable;
  readonly #news: NetlinkSocket;
  readonly #set: EpollSet;
  #index: number | null = null;
  #told: boolean | null = null;
  #closed = false;

  /** Throws too-many-open. `table` is closed with the watch. */
  constructor(koffi: Koffi, libc: Libc, table: AddressTable, name: string, changed: (up: boolean) => void) {
    this.#name = name;
    this.#changed = changed;
    this.#table = table;
    this.#news = new NetlinkSocket(libc, RTMGRP_LINK);
    try {
      this.#set = EpollSet.ofOne(koffi, libc, this.#news.fd, () => this.#hear());
    } catch (error) {
      this.#news.close();
      throw error;
    }
  }

  /** Tells how it is now; news that came before is told after. */
  start(): void {
    this.#lookUp();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#set.close();
    this.#news.close();
    this.#table.close();
  }

  #hear(): void {
    for (let count = 0; count < datagramsPerTurn && !this.#closed; count++) {
      const messages = this.#news.receive();
      if (messages === null) return;
      if (messages === 'lost') this.#lookUp();
      else for (const message of messages) this.#take(message);
    }
  }

  #lookUp(): void {
    if (this.#closed) return;
    const link = this.#link();
    this.#index = link?.index ?? null;
    this.#tell(link !== null && hasCarrier(link));
  }

  /** An interface that the kernel will not tell of carries nothing for us. */
  #link(): Link | null {
    try {
      return this.#table.link(this.#name);
    } catch {
      return null;
    }
  }

  /** An interface that was renamed away is gone, and one that is given the name is it. */
  #take(message: NetlinkMessage): void {
    const link = parseLink(message);
    if (link === null) return;
    if (link.name === this.#name && message.type !== RTM_DELLINK) {
      this.#index = link.index;
      this.#tell(hasCarrier(link));
    } else if (link.index === this.#index) {
      this.#index = null;
      this.#tell(false);
    }
  }

  #tell(up: boolean): void {
    if (this.#closed || this.#told === up) return;
    this.#told = up;
    this.#changed(up);
  }
}
