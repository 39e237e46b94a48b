import { HalError } from '../../errors.ts';
import type { Reachability } from '../../reachability.ts';
import { AddressTable } from './address-table.ts';
import { CarrierWatch } from './carrier-watch.ts';
import { EchoClient } from './echo-client.ts';
import { loadLibc, type Libc } from './libc.ts';
import { loadKoffi, type Koffi } from './native.ts';
import { AF_INET6, addressOf, toSocketAddress } from './socket-address.ts';

export class LinuxReachability implements Reachability {
  readonly #clients = new Map<number, EchoClient>();

  async answers(address: string, timeoutMs: number): Promise<boolean> {
    const [koffi, libc] = [await loadKoffi(), await loadLibc()];
    const to = echoAddress(libc, address);
    return this.#client(koffi, libc, to.readUInt16LE(0)).ask(to, timeoutMs);
  }

  async interfaceTowards(address: string): Promise<string | null> {
    const libc = await loadLibc();
    const to = echoAddress(libc, address);
    const table = new AddressTable(libc, address);
    try {
      return table.interfaceTowards(to.readUInt16LE(0), addressOf(to));
    } finally {
      table.close();
    }
  }

  async watchCarrier(interfaceName: string, changed: (up: boolean) => void): Promise<{ close(): void }> {
    const [koffi, libc] = [await loadKoffi(), await loadLibc()];
    const table = new AddressTable(libc, interfaceName);
    try {
      if (table.link(interfaceName) === null) throw new HalError('not-found', interfaceName, 'no such interface');
      const watch = new CarrierWatch(koffi, libc, table, interfaceName, changed);
      setImmediate(() => watch.start());
      return watch;
    } catch (error) {
      table.close();
      throw error;
    }
  }

  #client(koffi: Koffi, libc: Libc, family: number): EchoClient {
    const client = this.#clients.get(family) ?? new EchoClient(koffi, libc, family);
    this.#clients.set(family, client);
    return client;
  }
}

/** struct sockaddr; a link-local IPv6 address names its interface after a '%', as the way to a gateway often does (RFC 4007 section 11). */
function echoAddress(libc: Libc, text: string): Buffer {
  const [address = '', zone] = text.split('%');
  const bytes = toSocketAddress(libc, { address, port: 0 });
  if (bytes === null || (zone !== undefined && bytes.readUInt16LE(0) !== AF_INET6)) throw new HalError('unsupported', text, 'no literal IPv4 or IPv6 address');
  if (zone !== undefined) bytes.writeUInt32LE(interfaceIndex(libc, text, zone), bytes.length - 4);
  return bytes;
}

/** 0 (none) for an interface that is not there: then the kernel finds no way, which is the answer. */
function interfaceIndex(libc: Libc, place: string, zone: string): number {
  const table = new AddressTable(libc, place);
  try {
    return table.link(zone)?.index ?? 0;
  } finally {
    table.close();
  }
}
