// One boot of a blank unit and one of a configured one: from power-on to an answered call, a message left over the network, the console by its serial line.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { endPrograms } from '../support/peers/program.ts';
import { requires, skipTest } from '../support/skip.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function tests(): Promise<void> {
  const site = new ImageSite(await builtImage());
  let pins: ReadonlyMap<string, string> = new Map();

  test('a blank unit starts, and its console is at the serial line', async () => {
    site.board.powerOn();
    await site.started();
    figure(`blank unit: from power-on to taking calls ${seconds(site.board.uptimeMs)}`);
    const person = await site.console();
    assert.match(await person.type('show version'), /board +qemu-virt-arm64/);
  });

  test('a technician configures it by the serial line', async () => {
    pins = await site.configure(['201', '208']);
    assert.is(pins.size, 2);
  });

  test('the power is cut and comes back: the first call is answered soon, by the settings that were made', async () => {
    await site.board.cut();
    site.board.powerOn();
    const onMs = Date.now();
    const answeredMs = await site.firstAnswer(bootLimitMs);
    figure(`from power-on to the first answered call ${seconds(answeredMs - onMs)} (15 s is the aim on an idle machine)`);
  });

  test('a caller leaves a message by SIP, and it is there', async () => {
    await site.leaves('201', 5);
    const person = await site.console();
    assert.match(await person.type('show messages 201'), /\b301\b[^\n]*\b0:0[5-9]\b[^\n]*\bnew\b/);
  });

  test.after(() => site.remove());
}

const missing = requires(...emulatorNeeds);
if (missing !== undefined) skipTest('the image boots in an emulated board', missing);
else await tests();
test.after(endPrograms);
test.run();
