import { test } from 'uvu';
import { requires, skipTest } from '../support/skip.ts';
import { datagramContract } from './datagram-contract.ts';
import { ipv6Loopback } from './ipv6.ts';
import { linuxWorld, simWorld } from './network-world.ts';

datagramContract('linux', () => linuxWorld());
datagramContract('sim', () => simWorld());
datagramContract('sim IPv6', () => simWorld(true));

const noIpv6 = requires(ipv6Loopback);
if (noIpv6 === undefined) datagramContract('linux IPv6', () => linuxWorld(true));
else skipTest('datagram linux IPv6', noIpv6);

test.run();
