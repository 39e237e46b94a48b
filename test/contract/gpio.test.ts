import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CdevGpio } from '../../hal/drivers/gpio/cdev-gpio.ts';
import type { HalError } from '../../hal/errors.ts';
import type { PinPlace } from '../../hal/gpio.ts';
import { settle } from '../../hal/sim/sim-clock.ts';
import { SimGpio } from '../../hal/sim/sim-gpio.ts';
import { gpioContract } from '../support/gpio/gpio-contract.ts';
import { command, requires, skipTest, testWith, type Need } from '../support/skip.ts';

const place = (line: number): PinPlace => ({ chip: 'sim', line, activeLow: false, bias: 'none' });

for (const { name, run } of gpioContract) {
  test(`gpio sim: ${name}`, async () => {
    const gpio = new SimGpio();
    await run({ gpio, chip: 'sim', level: (line) => gpio.level(place(line)), drive: (line, level) => gpio.drive(place(line), level), settle });
  });
}

test('gpio sim: opens and settings fail when told to', async () => {
  const gpio = new SimGpio();
  gpio.openFails = 'not-found';
  assert.is(await gpio.open([]).then(() => null, (error: HalError) => error.id), 'not-found');
  gpio.openFails = null;
  const pins = await gpio.open([{ name: 'lamp', direction: 'out', place: place(1) }]);
  const failures: string[] = [];
  pins.failed = ({ id }) => void failures.push(id);
  gpio.setFails = 'io';
  pins.set('lamp', true);
  await settle();
  assert.equal([pins.asserted('lamp'), ...failures], [false, 'io']);
});

test('gpio cdev: a machine without the chip says which it has', async () => {
  const refused = await new CdevGpio().open([{ name: 'lamp', direction: 'out', place: { ...place(1), chip: 'no-such-chip' } }]).then(() => null, (error: HalError) => error);
  assert.is(refused?.id, 'not-found');
  assert.match(refused?.message ?? '', 'gpio chip no-such-chip: this machine has: ');
});

/** Its own structures make the kernel's header the judge of our bytes. */
const gpioHeader: Need = { missing: () => (existsSync('/usr/include/linux/gpio.h') ? undefined : 'linux/gpio.h is not installed (Debian package linux-libc-dev)') };

testWith([command('cc', 'gcc'), gpioHeader], 'gpio cdev: the contract and faults, against the kernel\'s own structures', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gpio-'));
  const library = path.join(folder, 'kernel.so');
  const made = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-o', library, 'test/support/gpio/kernel.c', '-ldl'], { encoding: 'utf8' });
  assert.is(made.status, 0, made.stderr);
  writeFileSync(path.join(folder, 'gpiochip0'), '');
  const child = path.join(process.env['UNDERSTUDY_TEST_BUILD'] ?? '', 'test/contract/gpio-cdev.child.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, folder], { encoding: 'utf8', timeout: 30_000, env: { ...process.env, LD_PRELOAD: library } });
  assert.is(status, 0, stderr);
  const results = JSON.parse(stdout) as { name: string; fault: string | null }[];
  assert.ok(results.length >= gpioContract.length + 5);
  assert.equal(results.filter(({ fault }) => fault !== null), [], stderr);
});

const chips = existsSync('/dev') ? readdirSync('/dev').filter((file) => file.startsWith('gpiochip')) : [];
/** Lines of a chip that belongs to a machine are not for tests to drive: only chips made for that. */
const testChip: Need = { missing: () => (chips.length === 0 ? 'this machine has no gpio chip' : existsSync('/sys/kernel/debug/gpio-mockup') ? undefined : 'no gpio chip that is there for tests (module gpio-mockup)') };
const noChip = requires(testChip);
if (noChip !== undefined) skipTest('gpio cdev: the contract on a chip of the kernel', noChip);
else
  for (const { name, run } of gpioContract) {
    test(`gpio cdev on gpio-mockup: ${name}`, async () => {
      const { mockup } = await import('../support/gpio/mockup.ts');
      await run(mockup());
    });
  }

test.run();
