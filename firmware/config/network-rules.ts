import type { Conflict, Rule } from './cross-rules.ts';

const conflict = (key: string, message: string, suggestion: string): Conflict => ({ path: ['network', key], message, suggestion });

const bitsOf = (address: string): number => address.split('.').reduce((bits, octet) => bits * 256 + Number(octet), 0);

/** IPv4 only: an IPv6 gateway is often a link-local address, which is in no prefix of the unit's. */
function isNeighbour(gateway: string, address: string): boolean {
  const [own = '', length = '0'] = address.split('/');
  if (own.includes(':') || gateway.includes(':')) return own.includes(':') === gateway.includes(':');
  const size = 2 ** (32 - Number(length));
  return Math.floor(bitsOf(own) / size) === Math.floor(bitsOf(gateway) / size);
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
