import type { Board } from '../board.ts';

/** The appliance in an emulated machine: QEMU's `virt` with a 64-bit ARM processor, the whole machine being the appliance. */
export const board: Board = {
  model: 'qemu-virt-arm64',
  description: "QEMU's machine virt (64-bit ARM), the whole machine being the appliance",
  maxPorts: 40,
  memoryBudgetMiB: 256,
  reboots: true,
  firmware: 'rauc',
  // The card i6300esb restarts the machine.
  watchdogMostSec: null,
  drivers: { watchdogs: ['parent-or-device'], datagramBatch: 'best', gpio: 'cdev', lines: ['dahdi', 'v253'] },
  lines: [],
  pins: [],
  console: { device: '/dev/ttyAMA0', baud: 115_200 },
  appliance: true,
  dataFolder: '/data/understudy',
  configFile: '/data/etc/understudy.yaml',
  announcesPins: false,
};
