import type { Gpio as Line } from 'onoff';
import { HalError } from '../../errors.ts';
import type { Gpio, PinRequest, Pins } from '../../gpio.ts';
import { halError } from '../linux/errno.ts';
import { sysfsNumber } from './sysfs-chips.ts';

const folder = '/sys/class/gpio';
/** sysfs does not say who has a line: at least we do not take one twice. */
const taken = new Set<number>();

/**
 * For kernels without the character device: GPIO in sysfs, through the package `onoff`. Main thread only (its addon loads once per
 * process). sysfs sets no bias, so that an input needs a resistor of its own; of edges that follow each other within a millisecond it
 * tells one; and a process that is killed leaves its outputs as they are.
 */
export class OnoffGpio implements Gpio {
  readonly name = 'onoff';

  async open(requests: readonly PinRequest[]): Promise<Pins> {
    const { Gpio: LineOf } = await import('onoff').catch((cause: unknown) => Promise.reject(new HalError('unsupported', 'onoff', cause instanceof Error ? cause.message : String(cause), cause)));
    const pins = new OnoffPins();
    try {
      for (const request of requests) {
        const { chip, line, activeLow } = request.place;
        const number = sysfsNumber(folder, chip, line);
        if (taken.has(number)) throw new HalError('busy', `${chip} line ${line}`, 'the line is taken');
        const level = activeLow ? 'high' : 'low';
        pins.add(request, number, new LineOf(number, request.direction === 'in' ? 'in' : level, request.direction === 'in' ? 'both' : 'none', { activeLow }));
      }
      pins.watch();
      return pins;
    } catch (error) {
      pins.close();
      throw halError('sysfs gpio', error);
    }
  }
}

interface OpenLine {
  readonly request: PinRequest;
  readonly number: number;
  readonly line: Line;
  asserted: boolean;
}

class OnoffPins implements Pins {
  changed: Pins['changed'] = null;
  failed: Pins['failed'] = null;
  readonly #lines = new Map<string, OpenLine>();
  #closed = false;

  add(request: PinRequest, number: number, line: Line): void {
    taken.add(number);
    this.#lines.set(request.name, { request, number, line, asserted: request.direction === 'in' && line.readSync() === 1 });
  }

  /** Throws permission-denied where the line tells no edges. */
  watch(): void {
    for (const one of this.#lines.values()) {
      if (one.request.direction === 'in') one.line.watch((error) => (error === null || error === undefined ? this.#look(one) : this.#tell(error)));
    }
  }

  asserted(name: string): boolean {
    const one = this.#line(name);
    if (one.request.direction === 'out' || this.#closed) return one.asserted;
    try {
      return one.line.readSync() === 1;
    } catch (error) {
      this.#tell(error);
      return false;
    }
  }

  set(name: string, asserted: boolean): void {
    const one = this.#line(name);
    if (one.request.direction === 'in') throw new RangeError(`${name} is an input`);
    if (this.#closed) return;
    try {
      one.line.writeSync(asserted ? 1 : 0);
      one.asserted = asserted;
    } catch (error) {
      this.#tell(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    for (const [name, { request }] of this.#lines) if (request.direction === 'out') this.set(name, false);
    this.#closed = true;
    for (const { line, number } of this.#lines.values()) {
      taken.delete(number);
      try {
        line.unexport();
      } catch {
        // The chip is gone, and the line with it.
      }
    }
  }

  /** An edge only wakes: what counts is how the line is now. */
  #look(one: OpenLine): void {
    if (this.#closed) return;
    const asserted = this.asserted(one.request.name);
    if (asserted === one.asserted) return;
    one.asserted = asserted;
    this.changed?.(one.request.name, asserted);
  }

  #tell(cause: unknown): void {
    const error = halError('sysfs gpio', cause);
    queueMicrotask(() => {
      if (!this.#closed) this.failed?.(error);
    });
  }

  #line(name: string): OpenLine {
    const one = this.#lines.get(name);
    if (one === undefined) throw new RangeError(`no pin ${name} was requested`);
    return one;
  }
}
