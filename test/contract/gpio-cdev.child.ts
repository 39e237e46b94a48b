// Runs with test/support/gpio/kernel.c loaded before the C library, and prints one JSON line: what went wrong, by name; null = nothing.
import koffi from 'koffi';
import * as assert from 'uvu/assert';
import { CdevGpio } from '../../hal/drivers/gpio/cdev-gpio.ts';
import { edgeLines, lineRequest, requests } from '../../hal/drivers/gpio/gpio-message.ts';
import { HalError } from '../../hal/errors.ts';
import type { PinRequest } from '../../hal/gpio.ts';
import { gpioContract, type GpioCase, type GpioWorld } from '../support/gpio/gpio-contract.ts';

const kernel = koffi.load(null);
const level = kernel.func('int gpio_test_level(int at)');
const used = kernel.func('int gpio_test_used(int at)');
const drive = kernel.func('void gpio_test_drive(int at, int level)');
const remove = kernel.func('void gpio_test_remove(void)');
const kernelRequest = kernel.func('void gpio_test_request(void *request)');
const number = kernel.func('unsigned int gpio_test_number(int which)');
const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const world: GpioWorld = {
  gpio: new CdevGpio(process.argv[2]),
  chip: 'test-chip',
  level: (line) => level(line) === 1,
  drive: (line, high) => drive(line, high ? 1 : 0),
  settle: wait,
};
const contact: PinRequest = { name: 'contact', direction: 'in', place: { chip: 'gpiochip0', line: 4, activeLow: false, bias: 'none' } };

const own: readonly GpioCase[] = [
  {
    name: 'ioctl numbers and sizes are those of linux/gpio.h',
    async run() {
      const ours = [requests.chipInfo, requests.getLine, requests.getValues, requests.setValues, 68, 592, 16, 48];
      assert.equal(ours.map((_, which) => number(which) as number), ours);
    },
  },
  {
    name: 'a request has the bytes that the kernel\'s own structure has',
    async run() {
      const theirs = Buffer.alloc(592);
      kernelRequest(theirs);
      const ours = lineRequest('understudy', [
        { direction: 'in', place: { line: 3, activeLow: true, bias: 'up' } },
        { direction: 'out', place: { line: 5, activeLow: false, bias: 'none' } },
        { direction: 'out', place: { line: 6, activeLow: true, bias: 'none' } },
      ], 64);
      assert.is(ours.toString('hex'), theirs.toString('hex'));
    },
  },
  {
    name: 'a chip is found by its name too, and one that is not there is refused with those that are',
    async run({ gpio }) {
      (await gpio.open([contact])).close();
      const refused = await gpio.open([{ ...contact, place: { ...contact.place, chip: 'pinctrl-bcm2711' } }]).then(() => null, (error: unknown) => error);
      assert.ok(refused instanceof HalError && refused.id === 'not-found');
      assert.match(refused.message, 'gpiochip0 (test-chip)');
    },
  },
  {
    name: 'a line that the chip has not is refused, and no descriptor is left',
    async run({ gpio }) {
      const refused = await gpio.open([{ ...contact, place: { ...contact.place, line: 8 } }]).then(() => null, (error: unknown) => error);
      assert.ok(refused instanceof HalError && refused.id === 'unsupported', String(refused));
      assert.is(used(4), 0);
    },
  },
  {
    name: 'a burst of edges, and more of them than the kernel keeps: the last state is told',
    async run({ gpio }) {
      drive(4, 0);
      const pins = await gpio.open([contact]);
      let last: boolean | null = null;
      pins.changed = (_, asserted) => void (last = asserted);
      for (let edge = 0; edge < 501; edge++) drive(4, edge % 2 === 0 ? 1 : 0);
      await wait();
      assert.is(last, true);
      pins.close();
      drive(4, 0);
    },
  },
  {
    name: 'edges are read as the kernel writes them',
    async run() {
      const bytes = Buffer.alloc(96);
      bytes.writeUInt32LE(3, 12);
      bytes.writeUInt32LE(6, 60);
      assert.equal(edgeLines(bytes), [3, 6]);
    },
  },
  {
    name: 'chip-removed: told once, and the program goes on',
    async run({ gpio }) {
      const failures: string[] = [];
      const both = await gpio.open([contact, { name: 'lamp', direction: 'out', place: { chip: 'test-chip', line: 1, activeLow: false, bias: 'none' } }]);
      both.failed = (error) => void failures.push(error.id);
      remove();
      await wait();
      assert.ok(failures.length >= 1, 'told');
      assert.is(both.asserted('contact'), false);
      const before = failures.length;
      await wait();
      assert.ok(failures.length <= before + 1, 'and no endless wake-ups');
      both.close();
    },
  },
];

const results: { name: string; fault: string | null }[] = [];
for (const { name, run } of [...gpioContract, ...own]) {
  const fault = await run(world).then(() => null, (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  results.push({ name, fault });
}
console.log(JSON.stringify(results));
// What a failed case left open would keep it alive.
process.exit();
