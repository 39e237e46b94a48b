import { addressBytes, inBlock, parseBlock } from '../sip/transport/address-match.ts';
import type { Conflict, Rule } from './cross-rules.ts';

const conflict = (key: string, message: string, suggestion: string): Conflict => ({ path: ['network', key], message, suggestion });

/** IPv4 only: an IPv6 gateway is often a link-local address, which is in no prefix of the unit's. */
function isNeighbour(gateway: string, address: string): boolean {
  if (address.includes(':') || gateway.includes(':')) return address.includes(':') === gateway.includes(':');
  const [bytes, network] = [addressBytes(gateway), parseBlock(address)];
  return bytes !== null && network !== null && inBlock(bytes, network);
}

/** A gateway belongs to a set address, and must be reachable from it: one that is not would cut the unit off. */
export const networkRules: readonly Rule[] = [
  ({ network }) => {
    if (network === undefined || network.gateway === null) return [];
    const { address, gateway } = network;
    if (address === null) return [conflict('gateway', 'the address comes by DHCP, which names the gateway too', 'add address, or remove gateway')];
    return isNeighbour(gateway, address) ? [] : [conflict('gateway', `${gateway} is not in the network of ${address}`, 'set a gateway in that network')];
  },
];
