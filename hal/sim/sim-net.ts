/** The simulated network: what tests and simulated boards import. */
export { SimNetwork, type SimDatagram } from './sim-network.ts';
export type { SimHost } from './sim-host.ts';
export type { LinkFaults } from './sim-link.ts';
