import { existsSync } from 'node:fs';
import type { Need } from '../skip.ts';

/** The addon that packets are captured by; npm compiles it where it can. */
export const pcapAddon: Need = {
  missing: () => (existsSync('node_modules/pcap/build/Release/pcap_binding.node') ? undefined : 'the package pcap is not compiled here (Debian package libpcap-dev, then npm ci)'),
};
