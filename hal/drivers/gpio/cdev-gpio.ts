import { closeSync, openSync, readdirSync } from 'node:fs';
import { HalError } from '../../errors.ts';
import type { Gpio, PinRequest, Pins } from '../../gpio.ts';
import { fromErrno, halError } from '../linux/errno.ts';
import { loadLibc, type Libc } from '../linux/libc.ts';
import { loadKoffi } from '../linux/native.ts';
import { asWords, ChipLines } from './chip-lines.ts';
import { emptyChipInfo, readChipInfo, requests as ioctls } from './gpio-message.ts';

interface PinAt {
  readonly lines: ChipLines;
  readonly index: number;
  readonly direction: 'in' | 'out';
}

/** The kernel's character devices (/dev/gpiochipN), version 2 of their interface: Linux 5.10 and newer, with or without sysfs. */
export class CdevGpio implements Gpio {
  readonly name = 'cdev';
  readonly #folder: string;

  constructor(folder = '/dev') {
    this.#folder = folder;
  }

  async open(requests: readonly PinRequest[]): Promise<Pins> {
    const koffi = await loadKoffi();
    const libc = await loadLibc();
    const chips: ChipLines[] = [];
    try {
      const places = new Map<string, PinAt>();
      for (const [chip, pins] of byChip(requests)) {
        const fd = this.#openChip(libc, chip);
        try {
          const lines = new ChipLines(koffi, libc, fd, chip, pins);
          chips.push(lines);
          pins.forEach(({ name, direction }, index) => places.set(name, { lines, index, direction }));
        } finally {
          closeSync(fd);
        }
      }
      const open = new CdevPins(chips, places);
      for (const lines of chips) lines.watch((name, asserted) => open.changed?.(name, asserted), (error) => open.failed?.(error));
      return open;
    } catch (error) {
      for (const lines of chips) lines.close();
      throw error;
    }
  }

  /** By the label, or by the name. Throws not-found, naming the chips there are. */
  #openChip(libc: Libc, wanted: string): number {
    const seen: string[] = [];
    for (const file of this.#files()) {
      const fd = openChip(`${this.#folder}/${file}`);
      const info = emptyChipInfo();
      const known = libc.ioctl(fd, ioctls.chipInfo, asWords(info)) >= 0;
      const { name, label } = known ? readChipInfo(info) : { name: '', label: '' };
      if (known && (label === wanted || name === wanted)) return fd;
      const error = known ? null : fromErrno(file, 'GPIO_GET_CHIPINFO', libc.errno());
      closeSync(fd);
      seen.push(error === null ? `${name} (${label})` : error.message);
    }
    throw new HalError('not-found', `gpio chip ${wanted}`, `this machine has: ${seen.join(', ') || 'none'}`);
  }

  #files(): string[] {
    try {
      return readdirSync(this.#folder).filter((file) => file.startsWith('gpiochip')).sort();
    } catch (cause) {
      throw halError(this.#folder, cause);
    }
  }
}

function openChip(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (cause) {
    throw halError(path, cause);
  }
}

function byChip(requests: readonly PinRequest[]): Map<string, PinRequest[]> {
  const chips = new Map<string, PinRequest[]>();
  for (const request of requests) chips.set(request.place.chip, [...(chips.get(request.place.chip) ?? []), request]);
  return chips;
}

class CdevPins implements Pins {
  changed: Pins['changed'] = null;
  failed: Pins['failed'] = null;
  readonly #chips: readonly ChipLines[];
  readonly #places: ReadonlyMap<string, PinAt>;
  #closed = false;

  constructor(chips: readonly ChipLines[], places: ReadonlyMap<string, PinAt>) {
    this.#chips = chips;
    this.#places = places;
  }

  asserted(name: string): boolean {
    const { lines, index } = this.#place(name);
    if (this.#closed) return false;
    try {
      return lines.asserted(index);
    } catch (error) {
      this.#tell(error as HalError);
      return false;
    }
  }

  set(name: string, asserted: boolean): void {
    const { lines, index, direction } = this.#place(name);
    if (direction === 'in') throw new RangeError(`${name} is an input`);
    if (this.#closed) return;
    try {
      lines.set(index, asserted);
    } catch (error) {
      this.#tell(error as HalError);
    }
  }

  /** A line that is let go of may keep its level: it is set back first. */
  close(): void {
    if (this.#closed) return;
    for (const [name, { direction }] of this.#places) if (direction === 'out') this.set(name, false);
    this.#closed = true;
    for (const lines of this.#chips) lines.close();
  }

  #tell(error: HalError): void {
    queueMicrotask(() => {
      if (!this.#closed) this.failed?.(error);
    });
  }

  #place(name: string): PinAt {
    const place = this.#places.get(name);
    if (place === undefined) throw new RangeError(`no pin ${name} was requested`);
    return place;
  }
}
