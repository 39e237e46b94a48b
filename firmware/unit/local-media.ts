import type { Port } from '../calls/port-pool.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Our address as seen from a host, a name or an address. Errors: HalError not-found, unreachable, timed-out. */
export async function addressTowards({ parts: { net }, settings, sources }: WholeUnit, host: string): Promise<string> {
  const [remote = host] = await net.resolve(host);
  return settings.sip.publicAddress ?? (await sources.towards(remote));
}

/** Where the media thread receives for this port. */
export const rtpPortOf = ({ media }: WholeUnit, port: Port): number => media.rtpPorts[port.index] as number;
