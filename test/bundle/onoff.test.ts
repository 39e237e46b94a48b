// A board that exists only here chooses pins through sysfs: its file carries the addon of onoff, and no other board's does.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mounting, requires, skipTest, testWith, type Need } from '../support/skip.ts';
import { ProjectCopy } from './project-copy.ts';

/** Opens two outputs, sets them, closes them, and says what the other side has seen; then asks for what is not there. */
const entry = `
import { readFileSync } from 'node:fs';
import { registerOnoff } from '../../hal/drivers/gpio/register-onoff.ts';
import { driverSet } from '../../hal/driver-set.ts';

const file = (name: string): string => readFileSync('/sys/class/gpio/' + name, 'utf8').trim();
const pin = (name: string, line: number, activeLow: boolean, chip = 'pinctrl-old') => ({ name, direction: 'out' as const, place: { chip, line, activeLow, bias: 'none' as const } });

async function main(): Promise<void> {
  if (process.argv[2] !== 'pins') return console.log('0.1.0 unknown old');
  const drivers = driverSet();
  registerOnoff(drivers);
  const gpio = drivers.gpio.make('onoff', undefined);
  const pins = await gpio.open([pin('lamp', 1, false), pin('relay', 2, true)]);
  const lines: unknown[] = [['directions', file('gpio513/direction'), file('gpio514/direction'), file('gpio513/active_low'), file('gpio514/active_low')]];
  pins.set('lamp', true);
  pins.set('relay', true);
  lines.push(['set', file('gpio513/value'), file('gpio514/value'), pins.asserted('lamp'), pins.asserted('relay')]);
  lines.push(['twice', await gpio.open([pin('lamp', 1, false)]).catch((error) => error.id)]);
  pins.close();
  lines.push(['closed', file('gpio513/value'), file('gpio514/value'), file('unexport')]);
  lines.push(['no line', await gpio.open([pin('lamp', 9, false)]).catch((error) => error.message)]);
  lines.push(['no chip', await gpio.open([pin('lamp', 1, false, 'other')]).catch((error) => error.message)]);
  console.log(JSON.stringify(lines));
}

void main();
`;

const onoff: Need = { missing: () => (existsSync('node_modules/epoll/build/Release/epoll.node') ? undefined : 'onoff is not installed: its addon could not be compiled here') };
const missing = requires(onoff);
const copy = missing === undefined ? new ProjectCopy("console.log('0.1.0 unknown');\n") : null;
test.after(() => copy?.remove());

/** A tree in the place of the kernel's; what is written stays as text. */
const tree = `
set -e
mount -t tmpfs none /sys/class
cd /sys/class; mkdir -p gpio/gpiochip512 gpio/gpio513 gpio/gpio514; cd gpio
echo pinctrl-old > gpiochip512/label; echo 512 > gpiochip512/base; echo 8 > gpiochip512/ngpio
for line in gpio513 gpio514; do for name in direction value edge active_low; do echo 0 > $line/$name; done; done
touch export unexport
exec "$0" "$1" pins
`;

testWith([onoff, mounting], 'pins through sysfs, from the built file alone', () => {
  copy?.write('board/old/entry.ts', entry);
  const built = copy?.build('old');
  assert.is(built?.status, 0, built?.output);
  const file = path.join(copy?.alone('old') ?? '', 'understudy.cjs');
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', tree, process.execPath, file], { encoding: 'utf8', timeout: 30_000 });
  assert.equal(JSON.parse(stdout === '' ? stderr : stdout), [
    ['directions', 'low', 'high', '0', '1'],
    ['set', '1', '1', true, true],
    ['twice', 'busy'],
    ['closed', '0', '0', '514'],
    ['no line', 'gpio chip pinctrl-old: it has 8 lines, and none 9'],
    ['no chip', 'gpio chip other: this machine has: gpiochip512 (pinctrl-old)'],
  ], stderr);
});

testWith([onoff], 'boards that do not choose it carry nothing of it', () => {
  const built = copy?.build('linux');
  assert.is(built?.status, 0, built?.output);
  assert.not(readFileSync(path.join(copy?.root ?? '', 'dist/linux/understudy.cjs'), 'utf8').includes('epoll linux'));
});

skipTest('gpio onoff: inputs and their edges', existsSync('/sys/class/gpio') ? 'no gpio chip in sysfs that is there for tests (module gpio-mockup)' : 'this kernel has no GPIO in sysfs');

test.run();
