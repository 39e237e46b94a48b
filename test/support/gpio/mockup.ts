import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CdevGpio } from '../../../hal/drivers/gpio/cdev-gpio.ts';
import type { GpioWorld } from './gpio-contract.ts';

const folder = '/sys/kernel/debug/gpio-mockup';

/** The first chip of the kernel's module gpio-mockup: its lines are driven and looked at through debugfs. */
export function mockup(): GpioWorld {
  const chip = readdirSync(folder).filter((name) => name.startsWith('gpiochip')).sort()[0] ?? 'gpiochip0';
  const file = (line: number): string => path.join(folder, chip, String(line));
  return {
    gpio: new CdevGpio(),
    chip,
    level: (line) => readFileSync(file(line), 'utf8').trim() === '1',
    drive: (line, level) => writeFileSync(file(line), level ? '1' : '0'),
    settle: () => new Promise((resolve) => setTimeout(resolve, 50)),
  };
}
