// The board of an image in QEMU, by software emulation: power on, what it says on its serial line, power cut. A restart that the machine asks for, and one
// by its watchdog, end the emulator (-no-reboot): switching it on again is quicker than a warm start, and as a power cycle is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from '../peers/program.ts';
import type { BoardLan } from './board-lan.ts';
import { copyOnWrite } from './disk.ts';
import { SerialLine } from './serial-line.ts';

/** The longest that one life of a machine may last. */
const lifeLimitMs = 540_000;

export interface BoardChoices {
  /** Made by `npm run image`; never written to. */
  readonly image: string;
  /** U-Boot. */
  readonly firmware: string;
  readonly lan?: BoardLan;
}

/** Never another accelerator: /dev/kvm may be there and not work. One processor: two are slower here. */
const machine = ['-M', 'virt', '-accel', 'tcg,thread=multi', '-cpu', 'cortex-a53', '-smp', '1', '-m', '512', '-display', 'none', '-nodefaults', '-no-reboot'];

export class EmulatedBoard {
  /** Of the machine's own: disk, sockets. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'board-'));
  readonly disk: string;
  readonly #choices: BoardChoices;
  #program: Program | null = null;
  #console: SerialLine | null = null;
  #poweredOnMs = 0;
  #lives = 0;

  constructor(choices: BoardChoices) {
    this.#choices = choices;
    this.disk = copyOnWrite(choices.image, path.join(this.folder, 'disk.qcow2'));
  }

  /** The serial line of this life. */
  get console(): SerialLine {
    if (this.#console === null) throw new Error('the machine was never switched on');
    return this.#console;
  }

  #socket(name: string): string {
    return path.join(this.folder, `${name}-${this.#lives}.sock`);
  }

  get isOn(): boolean {
    return this.#program !== null && !this.#program.over;
  }

  /** Milliseconds since the power was switched on. */
  get uptimeMs(): number {
    return performance.now() - this.#poweredOnMs;
  }

  powerOn(): void {
    if (this.isOn) throw new Error('the machine is on');
    this.#lives++;
    this.#poweredOnMs = performance.now();
    const [file = '', ...words] = [...(this.#choices.lan?.within ?? []), 'qemu-system-aarch64', ...machine, ...this.#words()];
    this.#program = new Program(file, words, { limitMs: lifeLimitMs });
    this.#console = new SerialLine(this.#socket('console'));
    const line = this.#console;
    void this.#program.ended.catch(() => undefined).then(() => line.close());
  }

  /** The power is cut: what the emulated machine had not told its disk is lost. */
  async cut(): Promise<void> {
    if (this.#program === null) return;
    this.#program.signal('SIGKILL');
    await this.#program.ended;
  }

  /** For `test.after`. */
  async remove(): Promise<void> {
    await this.cut();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #words(): string[] {
    const { lan, firmware } = this.#choices;
    return [
      '-chardev', `socket,id=console,path=${this.#socket('console')},server=on,wait=on`, '-serial', 'chardev:console',
      '-bios', firmware,
      '-drive', `file=${this.disk},format=qcow2,if=virtio,cache=writeback`,
      '-device', 'i6300esb', '-action', 'watchdog=reset', '-device', 'virtio-rng-pci',
      ...(lan?.words ?? []),
    ];
  }
}
