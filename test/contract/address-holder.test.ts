import { test } from 'uvu';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { requires, root, skipTest } from '../support/skip.ts';
import { addressHolderContract } from './address-holder-contract.ts';
import { ipv6Loopback } from './ipv6.ts';
import { linuxLan, simLan } from './lan-world.ts';

for (const family of ['IPv4', 'IPv6'] as const) addressHolderContract('sim', family, simLan);

const noNamespaces = requires(root, networkNamespaces);
if (noNamespaces === undefined) {
  const world = linuxLan();
  test.after(async () => {
    await world.stop();
    world.lan.remove();
  });
  addressHolderContract('linux', 'IPv4', () => world);
  const noIpv6 = requires(ipv6Loopback);
  if (noIpv6 === undefined) addressHolderContract('linux', 'IPv6', () => world);
  else skipTest('address holder linux IPv6', noIpv6);
} else skipTest('address holder linux', noNamespaces);

test.run();
