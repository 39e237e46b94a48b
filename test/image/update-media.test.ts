// Updates without a network, on one board in two starts: by ZMODEM over the serial line, and from a USB stick.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { factoryVersion } from '../support/image/configured-image.ts';
import { otherVersion, SmallBundles } from '../support/image/further-bundles.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { steps } from '../support/image/steps.ts';
import type { UnitConsole } from '../support/image/unit-console.ts';
import { patience } from '../support/image/unit-console.ts';
import { ending, marked, provedLimitMs } from '../support/image/unit-updates.ts';
import { UsbStick } from '../support/image/usb-stick.ts';
import { endPrograms, until } from '../support/peers/program.ts';
import { command, requires, skipTest } from '../support/skip.ts';

const [before, next] = [factoryVersion, '0.2.0'] as const;
const transferLimitMs = patience * 120_000;
/** From the plug to the file system, and from the bundle to its verdict. */
const soonMs = patience * 60_000;
const none = /not begun: no stick with a file NAME\.raucb is plugged in/;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function tests(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'update-media-'));
  const small = new SmallBundles(folder);
  const built = await builtImage();
  const stick = new UsbStick();
  const site = new ImageSite(built, { more: stick.words });
  let person: UnitConsole;
  const step = steps();

  /** What is said of `update usb` once it is something else than that there is no stick, or once it is that. */
  async function ofStick(there: boolean): Promise<string> {
    let said = '';
    await until(`the stick ${there ? 'in' : 'out of'} the unit`, soonMs, async () => none.test((said = await person.type('update usb --later'))) !== there);
    return said;
  }

  step('a bundle of a version that is too old comes by ZMODEM over the serial line: refused with the reason, nothing is changed', async () => {
    stick.put((await otherVersion(built, next)).bundle, 'understudy-0.2.0.raucb');
    site.board.powerOn();
    await site.started();
    await site.configure(['201']);
    person = await site.console();
    await marked(person, 'A', before);
    const old = await small.make('too-old.raucb', { version: '0.0.9' });
    const began = performance.now();
    const said = await person.sends('receive firmware', old, transferLimitMs);
    figure(`ZMODEM over the serial line of the board: ${(statSync(old).size / 1024).toFixed(0)} KiB in ${seconds(performance.now() - began)}`);
    assert.match(said, /^too-old\.raucb, [^\n]*: it is checked, and installed beside calls; show update tells$/m);
    let told = '';
    await until('the verdict', soonMs, async () => /0\.0\.9 +refused/.test((told = await person.type('show update'))));
    assert.match(told, /0\.0\.9 +refused, nothing was changed +version 0\.0\.9 is older than 0\.1\.0/);
    assert.match(told, /slot A +version 0\.1\.0, runs, good/);
  });

  step('a USB stick is plugged in while the unit runs: its bundle is installed, and the machine restarts into it', async () => {
    assert.match(await person.type('update usb --later'), none);
    await stick.plugIn(site.board);
    const began = performance.now();
    assert.match(await ofStick(true), /it is checked, and installed beside calls/);
    await until('the end of the installation', provedLimitMs, async () => /update +installed, waits for the restart/.test(await person.type('show update')));
    figure(`update from a stick: found, checked and installed in ${seconds(performance.now() - began)}`);
    site.board.console.send('update now\r');
    await site.board.restarts(provedLimitMs);
  });

  step('the new version answers its own call and is marked good; settings are there', async () => {
    stick.put(await small.make('foreign.raucb', { foreign: true }));
    site.board.powerOn();
    await stick.plugIn(site.board);
    await site.board.console.heard(/boot: slot B/, bootLimitMs);
    await site.started();
    person = await site.console();
    await marked(person, 'B', next);
    assert.match(await person.type('show version'), /^version +0\.2\.0\b[^]*^updated +from 0\.1\.0/m);
    assert.match(await person.type('show mailboxes'), /\b201\b/);
  });

  step('a stick that was there at the start: with two bundles one has to be named, a foreign one is refused; pulled, it is gone', async () => {
    assert.match(await ofStick(true), /not begun: there are several; name one: \/run\/media\/\S+\/foreign\.raucb, \/run\/media\/\S+\/understudy-0\.2\.0\.raucb/);
    const [place = ''] = /\/run\/media\/\S+foreign\.raucb/.exec(await person.type('update usb')) ?? [];
    assert.match(await ending(person, place), /refused, nothing was changed: it is not signed by anybody whom this unit trusts/);
    await stick.pull(site.board);
    await ofStick(false);
  });

  test.after(async () => {
    await site.remove();
    stick.remove();
    rmSync(folder, { recursive: true, force: true });
  });
}

const missing = requires(...emulatorNeeds, command('sz', 'lrzsz'), command('mformat', 'mtools'));
if (missing !== undefined) skipTest('updates by cable and stick of the emulated board', missing);
else await tests();
test.after(endPrograms);
test.run();
