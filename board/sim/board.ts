import type { Board } from '../board.ts';

/** The whole product on a laptop, without root: real network, simulated hardware, a test phone in the console. */
export const board: Board = {
  model: 'sim',
  description: 'simulated board with a test phone, for a laptop or a test',
  maxPorts: 250,
  memoryBudgetMiB: 256,
  drivers: { watchdog: 'none', datagramBatch: 'best' },
  dataFolder: './data',
  configFile: './data/understudy.yaml',
  announcesPins: true,
};
