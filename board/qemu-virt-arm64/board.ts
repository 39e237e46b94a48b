import type { Board } from '../board.ts';

/** The machine's PL061, which QEMU calls by its address. Nothing holds an input, so it is low until somebody drives it. Line 3 is the machine's power button; 2 and 7 are free. */
const wired = { chip: '9030000.pl061', activeLow: false, bias: 'none' } as const;

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
  pins: [
    { use: 'alarm-in-1', line: 0, ...wired },
    { use: 'reset-button', line: 1, ...wired },
    { use: 'status-led', line: 4, ...wired },
    { use: 'message-led', line: 5, ...wired },
    { use: 'alarm-out', line: 6, ...wired },
  ],
  console: { device: '/dev/ttyAMA0', baud: 115_200 },
  appliance: true,
  dataFolder: '/data/understudy',
  configFile: '/data/etc/understudy.yaml',
  announcesPins: false,
};
