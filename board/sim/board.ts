import type { Board } from '../board.ts';
import { simulatedLinePorts } from './lines/line-ports.ts';
import { simulatedPins } from './pins.ts';

/** The whole product on a laptop, without root: real network, simulated hardware, a test phone in the console. */
export const board: Board = {
  model: 'sim',
  description: 'simulated board with a test phone, for a laptop or a test',
  maxPorts: 250,
  memoryBudgetMiB: 256,
  reboots: false,
  watchdogMostSec: null,
  drivers: { watchdogs: ['systemd-if-there'], datagramBatch: 'best', gpio: 'sim', lines: ['sim', 'dahdi', 'v253'] },
  lines: simulatedLinePorts,
  pins: simulatedPins,
  console: null,
  dataFolder: './data',
  configFile: './data/understudy.yaml',
  announcesPins: true,
};
