import * as assert from 'uvu/assert';
import { HalError } from '../../../hal/errors.ts';
import type { Gpio, PinPlace, PinRequest } from '../../../hal/gpio.ts';

/** A driver, and the other side of its lines, in levels. */
export interface GpioWorld {
  readonly gpio: Gpio;
  readonly chip: string;
  level(line: number): boolean;
  drive(line: number, level: boolean): void;
  /** Time for what the drive causes to arrive. */
  settle(): Promise<void>;
}

export interface GpioCase {
  readonly name: string;
  run(world: GpioWorld): Promise<void>;
}

const pin = (chip: string, name: string, direction: 'in' | 'out', line: number, part: Partial<PinPlace> = {}): PinRequest => ({ name, direction, place: { chip, line, activeLow: false, bias: 'none', ...part } });

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'not refused',
    (error: unknown) => (error instanceof HalError ? error.id : String(error)),
  );
}

/** What every driver of pins does. */
export const gpioContract: readonly GpioCase[] = [
  {
    name: 'outputs begin not asserted and follow, in both polarities',
    async run({ gpio, chip, level }) {
      const pins = await gpio.open([pin(chip, 'lamp', 'out', 1), pin(chip, 'relay', 'out', 2, { activeLow: true })]);
      assert.equal([pins.asserted('lamp'), pins.asserted('relay'), level(1), level(2)], [false, false, false, true]);
      pins.set('lamp', true);
      pins.set('relay', true);
      assert.equal([pins.asserted('lamp'), pins.asserted('relay'), level(1), level(2)], [true, true, true, false]);
      pins.set('lamp', false);
      assert.equal([pins.asserted('lamp'), pins.asserted('relay'), level(1), level(2)], [false, true, false, false]);
      pins.close();
    },
  },
  {
    name: 'closing sets outputs back and frees the lines',
    async run({ gpio, chip, level }) {
      const requests = [pin(chip, 'lamp', 'out', 1), pin(chip, 'relay', 'out', 2, { activeLow: true })];
      const pins = await gpio.open(requests);
      pins.set('lamp', true);
      pins.set('relay', true);
      pins.close();
      pins.close();
      pins.set('lamp', true);
      assert.equal([level(1), level(2)], [false, true]);
      (await gpio.open(requests)).close();
    },
  },
  {
    name: 'inputs tell what they are and each change once, in both polarities',
    async run({ gpio, chip, drive, settle }) {
      const told: string[] = [];
      drive(3, true);
      drive(4, false);
      const pins = await gpio.open([pin(chip, 'button', 'in', 3, { activeLow: true, bias: 'up' }), pin(chip, 'contact', 'in', 4)]);
      pins.changed = (name, asserted) => void told.push(`${name} ${asserted} ${pins.asserted(name)}`);
      await settle();
      assert.equal([pins.asserted('button'), pins.asserted('contact'), told.length], [false, false, 0]);
      drive(3, false);
      await settle();
      drive(4, true);
      await settle();
      drive(4, true);
      await settle();
      drive(3, true);
      await settle();
      assert.equal(told, ['button true true', 'contact true true', 'button false false']);
      pins.close();
      drive(3, false);
      await settle();
      assert.is(told.length, 3, 'nothing is told after closing');
      drive(3, true);
    },
  },
  {
    name: 'a line that somebody has is refused, and nothing else is held for it',
    async run({ gpio, chip }) {
      const pins = await gpio.open([pin(chip, 'lamp', 'out', 1)]);
      assert.is(await refusal(gpio.open([pin(chip, 'other', 'out', 5), pin(chip, 'lamp', 'out', 1)])), 'busy');
      (await gpio.open([pin(chip, 'other', 'out', 5)])).close();
      pins.close();
    },
  },
  {
    name: 'names that were not requested, and setting an input, are defects of the caller',
    async run({ gpio, chip }) {
      const pins = await gpio.open([pin(chip, 'contact', 'in', 4)]);
      assert.throws(() => pins.asserted('nonesuch'), (error: unknown) => error instanceof RangeError);
      assert.throws(() => pins.set('nonesuch', true), (error: unknown) => error instanceof RangeError);
      assert.throws(() => pins.set('contact', true), (error: unknown) => error instanceof RangeError);
      pins.close();
    },
  },
];
