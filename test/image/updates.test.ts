// A unit is updated, goes back when it is told to and when it must, and refuses what it should: the starts of one board.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { boardName, builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { configuredImage, factoryVersion } from '../support/image/configured-image.ts';
import { brokenProgram, otherVersion, slotIn, SmallBundles, tampered, truncated } from '../support/image/further-bundles.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { SlotDisk } from '../support/image/slot-disk.ts';
import { steps } from '../support/image/steps.ts';
import type { UnitConsole } from '../support/image/unit-console.ts';
import { ending, installs, marked, provedLimitMs } from '../support/image/unit-updates.ts';
import { WebFolder } from '../support/image/web-folder.ts';
import { endPrograms } from '../support/peers/program.ts';
import { requires, skipTest } from '../support/skip.ts';

const [before, next, broken] = [factoryVersion, '0.2.0', '0.3.0'] as const;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function tests(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'updates-'));
  const built = await builtImage();
  let site: ImageSite;
  let pages: WebFolder;
  let person: UnitConsole;
  const step = steps();
  const place = (name: string): string => path.join(folder, name);

  /** Up to the prompt. Resolves to the slots that the boot loader has tried. */
  async function start(): Promise<string[]> {
    const slots: string[] = [];
    site.board.powerOn();
    for (;;) {
      slots.push(/slot (A|B)/.exec(await site.board.console.heard(/boot: slot (A|B)/, bootLimitMs))?.[1] ?? '');
      const said = await site.board.console.heard(/: press Enter|cannot be read/, bootLimitMs);
      if (!said.endsWith('read')) break;
    }
    person = await site.console();
    return slots;
  }

  /** A command after which the machine restarts. */
  async function restarts(command: string): Promise<void> {
    site.board.console.send(`${command}\r`);
    await site.board.restarts(provedLimitMs);
  }

  async function hasAll(): Promise<void> {
    const said = await person.type('show messages 201');
    assert.match(said, /\b301\b[^\n]*\bnew\b/, `settings or a message are gone: ${said}`);
  }

  step('a good bundle from the web is installed beside the service, and the machine restarts', async () => {
    site = new ImageSite(await configuredImage(built));
    pages = new WebFolder(site.lan, folder);
    copyFileSync((await otherVersion(built, next)).bundle, place('next.raucb'));
    await start();
    await site.leaves('201', 3);
    await marked(person, 'A', before);
    const began = performance.now();
    await installs(person, pages.url('next.raucb'));
    figure(`good update: fetched, checked and installed in ${seconds(performance.now() - began)}`);
    await restarts('update now');
  });

  step('it is tried, answers its own call and is marked good; settings and messages are there', async () => {
    assert.equal(await start(), ['B']);
    await marked(person, 'B', next);
    assert.match(await person.type('show version'), /^version +0\.2\.0\b[^]*^updated +from 0\.1\.0/m);
    await hasAll();
  });

  step('update back: the version before runs again', async () => {
    await restarts('update back');
    assert.equal(await start(), ['A']);
    await marked(person, 'A', before);
    await hasAll();
  });

  step('bundles that must not be installed are refused with the reason, and slots and boot loader are as before', async () => {
    const small = new SmallBundles(folder);
    const good = await small.make('good.raucb', {});
    const cases: readonly (readonly [string, RegExp])[] = [
      [await small.make('foreign.raucb', { foreign: true }), /not signed by anybody whom this unit trusts/],
      [tampered(good, place('tampered.raucb')), /not what was signed/],
      [truncated(good, place('truncated.raucb')), /cut off/],
      [await small.make('other-board.raucb', { compatible: 'understudy-rpi-cm4' }), /made for understudy-rpi-cm4, and this unit is understudy-qemu-virt-arm64/],
      [await small.make('too-old.raucb', { version: '0.0.9' }), /version 0\.0\.9 is older than 0\.1\.0/],
    ];
    for (const [file, reason] of cases) {
      const end = await ending(person, pages.url(file));
      assert.match(end, reason);
      assert.match(end, /refused, nothing was changed/);
    }
    await site.board.cut();
    const disk = await SlotDisk.of(site.board.disk, boardName);
    assert.equal(disk.bootState(), { ORDER: 'A B', A_OK: '1', A_TRY: '0', A_PROVEN: '1', B_OK: '1', B_TRY: '0', B_PROVEN: '1' });
    assert.is(disk.slotSum('A'), (await SlotDisk.of(built.image, boardName)).slotSum('A'), 'slot A was written to');
    const whole = slotIn(place('next.raucb'));
    assert.is(disk.slotSum('B', whole.bytes), whole.sha256, 'slot B was written to');
    figure(`${cases.length} bundles refused, nothing changed`);
  });

  step('a slot that cannot be read: the other one is started', async () => {
    (await SlotDisk.of(site.board.disk, boardName)).ruin('A');
    const tried = await start();
    assert.is(tried.at(-1), 'B');
    assert.ok(tried.length > 1 && tried.slice(0, -1).every((slot) => slot === 'A'), `slots tried: ${tried.join(' ')}`);
    await marked(person, 'B', next);
    await hasAll();
  });

  step('a firmware whose program ends when it is called goes back by itself, which is told with its reason', async () => {
    copyFileSync((await otherVersion(built, broken, brokenProgram((await otherVersion(built, next)).program))).bundle, place('broken.raucb'));
    await installs(person, pages.url('broken.raucb'));
    await restarts('update now');
    site.board.powerOn();
    await site.board.console.heard(/boot: slot A/, bootLimitMs);
    await site.board.restarts(2 * provedLimitMs);
    assert.equal(await start(), ['B']);
    const told = await marked(person, 'B', next);
    assert.match(told, /0\.3\.0 +rolled back +the program ended 3 times while it was tried/);
    assert.match(await person.type('show log 15'), /alert[^\n]*0\.3\.0 was tried, and version 0\.2\.0 is back/i);
    await hasAll();
  });

  test.after(async () => {
    await pages?.stop();
    await site?.remove();
    rmSync(folder, { recursive: true, force: true });
  });
}

const missing = requires(...emulatorNeeds);
if (missing !== undefined) skipTest('updates of the emulated board', missing);
else await tests();
test.after(endPrograms);
test.run();
