// The board of an image in QEMU, by software emulation: power on, what it says on its serial line, power cut. A restart that the machine asks for,
// and one by its watchdog, end the emulator (-no-reboot): `powerOn` again is quicker than a warm start and as a power cycle is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from '../peers/program.ts';
import type { BoardLan } from './board-lan.ts';
import { copyOnWrite } from './disk.ts';
import { SerialLine } from './serial-line.ts';
import { patience } from './unit-console.ts';

/** The longest that one life of a machine may last. */
const lifeLimitMs = 540_000 * patience;

export interface DirectBoot {
  readonly kernel: string;
  readonly initrd: string;
  readonly words: string;
}

export interface BoardChoices {
  /** Made by `npm run image`; never written to. */
  readonly image: string;
  /** U-Boot. */
  readonly firmware: string;
  readonly lan?: BoardLan;
  /** The kernel straight away, without the chain of boot loaders. */
  readonly direct?: DirectBoot;
  /** More words for QEMU. */
  readonly more?: readonly string[];
  /** Ports beside the console, by name: a virtio-serial port /dev/vport*pN in the order given, from 1. */
  readonly channels?: readonly string[];
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
  #channels = new Map<string, SerialLine>();
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

  channel(name: string): SerialLine {
    const line = this.#channels.get(name);
    if (line === undefined) throw new Error(`the machine has no channel ${name}`);
    return line;
  }

  #socket(name: string): string {
    return path.join(this.folder, `${name}-${this.#lives}.sock`);
  }

  /** Milliseconds since the power was switched on. */
  get uptimeMs(): number {
    return performance.now() - this.#poweredOnMs;
  }

  powerOn(): void {
    if (this.#program?.over === false) throw new Error('the machine is on');
    this.#lives++;
    this.#poweredOnMs = performance.now();
    const [file = '', ...words] = [...(this.#choices.lan?.within ?? []), 'qemu-system-aarch64', ...machine, ...this.#words()];
    this.#program = new Program(file, words, { limitMs: lifeLimitMs });
    this.#console = new SerialLine(this.#socket('console'));
    this.#channels = new Map((this.#choices.channels ?? []).map((name) => [name, new SerialLine(this.#socket(name))]));
    const [program, lines] = [this.#program, [this.#console, ...this.#channels.values()]];
    void program.ended.catch(() => undefined).then(() => lines.forEach((line) => line.close()));
  }

  /** The power is cut: what the emulated machine had not told its disk is lost. */
  async cut(): Promise<void> {
    if (this.#program === null) return;
    this.#program.signal('SIGKILL');
    await this.#program.ended;
  }

  /** The machine restarts by itself, or its watchdog does it: the emulator ends. Errors: not within `limitMs`, with the last words. */
  async restarts(limitMs: number): Promise<void> {
    const program = this.#program;
    if (program === null) throw new Error('the machine was never switched on');
    await program.until('the restart of the machine', ({ over }) => over, limitMs).catch((error: unknown) => Promise.reject(new Error(`${String(error)}\n${this.console.tail()}`)));
  }

  /** For `test.after`. */
  async remove(): Promise<void> {
    await this.cut();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #words(): string[] {
    const { lan, direct, firmware, channels = [], more = [] } = this.#choices;
    return [
      '-chardev', `socket,id=console,path=${this.#socket('console')},server=on,wait=on`, '-serial', 'chardev:console',
      ...(direct === undefined ? ['-bios', firmware] : ['-kernel', direct.kernel, '-initrd', direct.initrd, '-append', direct.words]),
      '-drive', `file=${this.disk},format=qcow2,if=virtio,cache=writeback`,
      '-device', 'i6300esb', '-action', 'watchdog=reset', '-device', 'virtio-rng-pci',
      ...(lan?.words ?? []),
      ...(channels.length === 0 ? [] : ['-device', 'virtio-serial-pci']),
      ...channels.flatMap((name) => ['-chardev', `socket,id=${name},path=${this.#socket(name)},server=on,wait=off`, '-device', `virtserialport,chardev=${name},name=${name}`]),
      ...more.map((word) => word.replaceAll('@folder@', this.folder)),
    ];
  }
}
