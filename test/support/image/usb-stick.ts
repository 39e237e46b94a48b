// A USB stick as they come, with one partition of FAT, that is plugged into the emulated board while it runs.
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EmulatedBoard } from './emulated-board.ts';
import { atMonitor, monitorWords } from './monitor.ts';
import { tool } from './tool.ts';

const sectorBytes = 512;
const startBytes = 1024 * 1024;
const partitionBytes = 127 * 1024 * 1024;
/** FAT 32 by sector numbers, which is what Windows makes. */
const fat32 = 0x0c;

/** Of the emulator: the port that it is plugged into, and how it lists what is there. */
const device = 'usb-storage,id=stick,drive=stick,bus=usb.0';
const listed = /Product QEMU USB MSD/;

export class UsbStick {
  readonly #file = path.join(mkdtempSync(path.join(tmpdir(), 'stick-')), 'stick.img');

  constructor() {
    const file = openSync(this.#file, 'w');
    ftruncateSync(file, startBytes + partitionBytes);
    writeSync(file, partitionTable(), 0, undefined, 0);
    closeSync(file);
    tool('mformat', ['-i', this.#place, '-F', '-T', String(partitionBytes / sectorBytes), '-h', '64', '-s', '32', '::']);
  }

  /** Copies a file to it, by the name that it has or another one. */
  put(file: string, name = path.basename(file)): void {
    tool('mcopy', ['-o', '-i', this.#place, file, `::${name}`]);
  }

  /** Words for QEMU, as `more` of a board: a socket to plug it into. */
  get words(): string[] {
    return [...monitorWords, '-device', 'qemu-xhci,id=usb', '-drive', `if=none,id=stick,format=raw,readonly=on,file=${this.#file}`];
  }

  async plugIn({ folder }: EmulatedBoard): Promise<void> {
    await atMonitor(folder, [`device_add ${device}`, 'info usb'], listed);
  }

  /** Without asking the unit, as people do. */
  async pull({ folder }: EmulatedBoard): Promise<void> {
    await atMonitor(folder, ['device_del stick', 'info status'], /VM status/);
  }

  remove(): void {
    rmSync(path.dirname(this.#file), { recursive: true, force: true });
  }

  get #place(): string {
    return `${this.#file}@@${startBytes}`;
  }
}

/** One partition from `startBytes` on. */
function partitionTable(): Buffer {
  const table = Buffer.alloc(sectorBytes);
  table.set([0, 0xfe, 0xff, 0xff, fat32, 0xfe, 0xff, 0xff], 446);
  table.writeUInt32LE(startBytes / sectorBytes, 446 + 8);
  table.writeUInt32LE(partitionBytes / sectorBytes, 446 + 12);
  table.writeUInt16BE(0x55aa, 510);
  return table;
}
