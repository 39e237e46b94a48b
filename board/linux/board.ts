import type { Board } from '../board.ts';

/** Any Linux machine: a server, a virtual machine, a small board with a distribution of its own. */
export const board: Board = {
  model: 'linux',
  description: 'any Linux machine, supervised by systemd',
  maxPorts: 250,
  memoryBudgetMiB: 256,
  reboots: false,
  watchdogMostSec: null,
  drivers: { watchdogs: ['systemd'], datagramBatch: 'best', gpio: 'cdev', lines: ['dahdi', 'v253'] },
  lines: [],
  pins: [],
  console: null,
  dataFolder: '/var/lib/understudy',
  configFile: '/etc/understudy/understudy.yaml',
  announcesPins: false,
};
