import { readFile, writeFile } from 'node:fs/promises';
import type { AddressHolder, InterfaceAddress } from '../../address-holder.ts';
import { HalError } from '../../errors.ts';
import { isSecondary, isUsable, sharedAddress, type AddressEntry } from './address-message.ts';
import { AddressTable } from './address-table.ts';
import { halError } from './errno.ts';
import { loadLibc, type Libc } from './libc.ts';
import { hasNeighbours, isUp, type Link } from './link-message.ts';
import { announceByAdvertisement, announceByArp } from './neighbour-announcer.ts';
import { AF_INET, AF_INET6, toAddressBytes } from './socket-address.ts';

/** The kernel puts an IPv6 address without doubt to use from a work queue: normally within a millisecond. */
const usableLimitMs = 1000;
const lookAgainMs = 1;

/** What one call works on. */
interface Scene {
  readonly libc: Libc;
  readonly table: AddressTable;
  readonly family: number;
  readonly address: Buffer;
  readonly prefixBits: number;
  readonly name: string;
  /** For messages: address and interface. */
  readonly place: string;
}

/** Addresses through rtnetlink, announcements through sockets of their own; opened for a call and closed with it. */
export class LinuxAddressHolder implements AddressHolder {
  add(wanted: InterfaceAddress): Promise<void> {
    return scene(wanted, async (here) => {
      const link = linkOf(here);
      const there = entriesOf(here, link);
      const usable = there.filter(isUsable);
      if (usable.length === 0) {
        for (const doubtful of there) here.table.remove(doubtful);
        here.table.add(sharedAddress(here.family, here.address, here.prefixBits, link.index));
      }
      if (isUp(link)) await putToUse(here);
    });
  }

  announce(held: InterfaceAddress): Promise<void> {
    return scene(held, async (here) => {
      const link = linkOf(here);
      if (entriesOf(here, link).length === 0) throw new HalError('address-unavailable', here.place, 'it is not held, so the neighbours are not told');
      if (!hasNeighbours(link)) return;
      if (!isUp(link)) throw new HalError('unreachable', here.place, 'the interface is down');
      const announce = here.family === AF_INET6 ? announceByAdvertisement : announceByArp;
      announce(here.libc, link, here.address, here.place);
    });
  }

  /** With whatever prefix it stands there: what counts is that this machine no longer answers to it. */
  remove(unwanted: InterfaceAddress): Promise<void> {
    return scene(unwanted, async (here) => {
      const link = here.table.link(here.name);
      if (link === null) return;
      for (const entry of entriesOf(here, link)) {
        await keepOthers(here, link, entry);
        here.table.remove(entry);
      }
    });
  }

  held(asked: InterfaceAddress): Promise<boolean> {
    return scene(asked, async (here) => {
      const link = here.table.link(here.name);
      return link !== null && entriesOf(here, link).length > 0;
    });
  }
}

async function scene<T>({ interface: name, address: text, prefixBits }: InterfaceAddress, act: (here: Scene) => Promise<T>): Promise<T> {
  const place = `${text}/${prefixBits} on ${name}`;
  const libc = await loadLibc();
  const address = toAddressBytes(libc, text);
  if (address === null) throw new HalError('unsupported', place, 'no literal IPv4 or IPv6 address');
  if (!Number.isInteger(prefixBits) || prefixBits < 0 || prefixBits > address.length * 8) throw new HalError('unsupported', place, `a prefix has 0 to ${address.length * 8} bits here`);
  const table = new AddressTable(libc, place);
  try {
    return await act({ libc, table, family: address.length === 4 ? AF_INET : AF_INET6, address, prefixBits, name, place });
  } finally {
    table.close();
  }
}

function linkOf({ table, name, place }: Scene): Link {
  const link = table.link(name);
  if (link === null) throw new HalError('not-found', place, 'no such interface');
  return link;
}

function entriesOf({ table, family, address }: Scene, link: Link): AddressEntry[] {
  return table.entries(link, family).filter((entry) => entry.address.equals(address));
}

async function putToUse({ table, family, address, place }: Scene): Promise<void> {
  const deadline = performance.now() + usableLimitMs;
  while (!table.isLocal(family, address)) {
    if (performance.now() > deadline) throw new HalError('timed-out', place, `the kernel had not put it to use after ${usableLimitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

/**
 * The first IPv4 address of a network on an interface takes the later ones along when it goes, and with the last of them every
 * route of the interface, unless the kernel is told to promote them (Documentation/networking/ip-sysctl.rst, promote_secondaries).
 * A shared address that was there before the unit's own would so take the unit off the network.
 */
async function keepOthers({ table, name, place }: Scene, link: Link, going: AddressEntry): Promise<void> {
  if (going.family !== AF_INET || isSecondary(going) || !table.entries(link, AF_INET).some(isSecondary)) return;
  const setting = `/proc/sys/net/ipv4/conf/${name}/promote_secondaries`;
  try {
    if ((await readFile(setting, 'latin1')).trim() !== '1') await writeFile(setting, '1');
  } catch (cause) {
    const { id, message } = halError(setting, cause);
    throw new HalError(id, place, `other addresses would go with it, because promote_secondaries cannot be set: ${message}`, cause);
  }
}
