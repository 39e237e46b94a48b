import { networkInterfaces } from 'node:os';
import type { Need } from '../support/skip.ts';

/** ::1 on this machine. */
export const ipv6Loopback: Need = {
  missing: () => (Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1')) ? undefined : 'IPv6 is switched off (no ::1)'),
};
