import type { Board } from '../board.ts';
import { wiredPins } from './header.ts';

/** The appliance: a Raspberry Pi Compute Module 4 on the maker's IO board, whose PCI Express slot takes an analog card. */
export const board: Board = {
  model: 'rpi-cm4',
  description: 'Raspberry Pi Compute Module 4 on its IO board, the whole machine being the appliance',
  maxPorts: 40,
  memoryBudgetMiB: 256,
  reboots: true,
  firmware: 'rauc',
  // The chip's own watchdog (bcm2835_wdt) restarts the machine; systemd, where it supervises, the program.
  watchdogMostSec: 15,
  drivers: { watchdogs: ['systemd-if-there', 'parent-or-device'], datagramBatch: 'best', gpio: 'cdev', lines: ['dahdi', 'v253'] },
  lines: [],
  pins: wiredPins,
  // The small UART of the processor, at pins 8 and 10 of the header.
  console: { device: '/dev/ttyS1', baud: 115_200 },
  appliance: true,
  dataFolder: '/data/understudy',
  configFile: '/data/etc/understudy.yaml',
  announcesPins: false,
};
