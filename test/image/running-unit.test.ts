// A unit of the image, seen from inside (support/image/guest-agent.ts), from its pins and from its serial lines, in one start of the emulated board; then its
// runtime is made to hang, and the hardware starts the machine anew.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { GuestAgent, withAgent } from '../support/image/guest-agent.ts';
import { availableMib, listed, openPorts, processNames } from '../support/image/inside-facts.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { endPrograms } from '../support/peers/program.ts';
import { command, requires, skipTest } from '../support/skip.ts';

const leastFreeMib = 350;

function tests(): void {
  const image = builtImage();
  const site = new ImageSite(image, { direct: withAgent(image), channels: ['agent'] });
  let inside: GuestAgent;

  test('the unit starts, with the helper inside', async () => {
    site.board.powerOn();
    inside = new GuestAgent(site.board.channel('agent'));
    await inside.ready(bootLimitMs);
    await site.started();
    figure(`kernel to taking calls, without boot loaders, ${(site.board.uptimeMs / 1000).toFixed(1)} s`);
  });

  test('350 MB of 512 are free while it runs', async () => {
    const mib = await availableMib(inside);
    figure(`memory available ${mib.toFixed(0)} MiB of 512`);
    assert.ok(mib >= leastFreeMib, `${mib} MiB`);
  });

  test('nothing runs but what is allowed, and no more of it', async () => {
    const names = await processNames(inside);
    const allowed = new Map(listed('board/common/image/allowed-processes').map(([name = '', most]) => [name, Number(most)]));
    assert.equal([...new Set(names)].filter((name) => names.filter((one) => one === name).length > (allowed.get(name) ?? 0)), []);
    assert.ok(['parent', 'MainThread', 'rauc'].every((name) => names.includes(name)), names.join());
  });

  test('nothing listens to others but what is allowed', async () => {
    const open = await openPorts(inside);
    const allowed = listed('board/common/image/allowed-sockets');
    assert.ok(open.some(([kind, port]) => kind === 'udp' && port === 5060), 'SIP');
    assert.equal(open.filter(([kind, port]) => !allowed.some(([of, first, last]) => of === kind && port >= Number(first) && port <= Number(last))), []);
  });

  test.after(() => site.remove());
}

const missing = requires(...emulatorNeeds, command('unsquashfs', 'squashfs-tools'), command('sfdisk', 'fdisk'));
if (missing !== undefined) skipTest('what runs in the image', missing);
else tests();
test.after(endPrograms);
test.run();
