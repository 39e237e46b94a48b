// A start that hangs before anything but the hardware could see it: in the first file system, after its modules are there.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { withSteps } from '../support/image/guest-agent.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { endPrograms } from '../support/peers/program.ts';
import { command, requires, skipTest } from '../support/skip.ts';

/** Of the first program: heartbeat=30. */
const biteMs = 30_000;

async function tests(): Promise<void> {
  const built = await builtImage();
  const site = new ImageSite(built, { direct: await withSteps(built, 'echo this start hangs >/dev/console\nwhile :; do /bin/busybox sleep 60; done\n') });

  test('a start that hangs in the first file system is ended by the hardware', async () => {
    site.board.powerOn();
    await site.board.console.heard(/this start hangs/, bootLimitMs);
    const fromMs = site.board.uptimeMs;
    await site.board.restarts(5 * biteMs);
    const tookMs = site.board.uptimeMs - fromMs;
    figure(`a start that hangs: the hardware restarts the machine after ${(tookMs / 1000).toFixed(1)} s`);
    assert.ok(tookMs > biteMs / 3, `${tookMs} ms: something else ended it`);
  });

  test.after(() => site.remove());
}

const missing = requires(...emulatorNeeds, command('unsquashfs', 'squashfs-tools'));
if (missing !== undefined) skipTest('a start that hangs', missing);
else await tests();
test.after(endPrograms);
test.run();
