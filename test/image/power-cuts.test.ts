// The power is cut at random moments of starts, and of lives in which a firmware is installed while callers leave messages: the unit always starts again,
// by one version or the other, and no message is lost. UNDERSTUDY_CUT_SEED repeats the moments of a run; UNDERSTUDY_CUTS says how many there are.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { configuredImage, configuredMailboxes as mailboxes } from '../support/image/configured-image.ts';
import { otherVersion } from '../support/image/further-bundles.ts';
import { ImageSite } from '../support/image/site.ts';
import type { UnitConsole } from '../support/image/unit-console.ts';
import { patience } from '../support/image/unit-console.ts';
import { begins, proved } from '../support/image/unit-updates.ts';
import { WebFolder } from '../support/image/web-folder.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { requires, skipTest } from '../support/skip.ts';

const seed = Number(process.env['UNDERSTUDY_CUT_SEED'] ?? Date.now() % 1_000_000);
const cuts = Number(process.env['UNDERSTUDY_CUTS'] ?? 20);
/** Of so many lives that work one has an update beside its callers. */
const updateEvery = 2;
/** Of so many cuts one is in a life that works; the others are in starts, which are quicker: two in a row, as many as a slot may lose that has proved itself. */
const workEvery = 3;
const spokenSeconds = 2;
/** What an update takes to be fetched, checked and installed on an idle machine (`updates` tells it). */
const installMs = patience * 65_000;

async function tests(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuts-'));
  const built = await builtImage();
  let site: ImageSite;
  let pages: WebFolder;
  const random = new SimRandom(seed);
  /** Messages by mailbox whose callers have hung up in good order. */
  const delivered = new Map<string, number>(mailboxes.map((number) => [number, 0]));
  const done = { starting: 0, working: 0, written: 0, messages: 0 };
  let lastOutcome = '';
  const bundle = path.join(folder, 'next.raucb');
  let startMs = 0;

  /** Up to the prompt, whichever slot it takes. */
  async function start(): Promise<UnitConsole> {
    site.board.powerOn();
    await site.started();
    startMs = site.board.uptimeMs;
    return site.console();
  }

  async function countsOf(person: UnitConsole, number: string): Promise<void> {
    const said = await person.type(`show messages ${number}`);
    const there = [...said.matchAll(/\b301\b/g)].length;
    const least = delivered.get(number) ?? 0;
    assert.ok(there >= least, `${number}: ${least} callers have left a message, and ${there} are there (seed ${seed}, after ${done.starting + done.working} cuts)\n${said}`);
  }

  /** One caller after another until the power is cut. */
  async function callers(number: string, life: { over: boolean }): Promise<void> {
    while (!life.over) {
      const caller = await site.leaving(number, spokenSeconds);
      const end = await Promise.race([caller.ended, untilOver(life)]);
      if (end === null) return void (await caller.stop());
      if (end.successful !== 1) continue;
      delivered.set(number, (delivered.get(number) ?? 0) + 1);
      done.messages++;
    }
  }

  async function untilOver(life: { over: boolean }): Promise<null> {
    while (!life.over) await sleep(50);
    return null;
  }

  /** What is counted of a life that works: whether the cut before came while a slot was written. */
  async function lookBack(person: UnitConsole): Promise<void> {
    const [row = ''] = (await person.type('show update')).split(/^TIME.*\n/m).slice(1).join('').split('\n');
    if (row !== lastOutcome && /while it was being written/.test(row)) done.written++;
    lastOutcome = row;
  }

  /** Callers leave messages, and a firmware is installed (`updates`), until the power is cut, at a moment within the time that this takes. The version has proved itself before. */
  async function workingLife(number: string, updates: boolean): Promise<void> {
    const person = await start();
    await countsOf(person, number);
    await lookBack(person);
    const life = { over: false };
    const calling = callers(number, life);
    await (updates ? begins(person, pages.url(bundle)) : proved(person));
    await sleep(random.below(updates ? installMs : spokenSeconds * 5000));
    await site.board.cut();
    life.over = true;
    await calling;
    done.working++;
  }

  /** The power is cut on the way to the first call. */
  async function startingLife(): Promise<void> {
    site.board.powerOn();
    await sleep(random.below(Math.round(startMs)));
    await site.board.cut();
    done.starting++;
  }

  test(`${cuts} power cuts (seed ${seed}): it always starts, and no message is lost`, async () => {
    site = new ImageSite(await configuredImage(built));
    pages = new WebFolder(site.lan, folder);
    copyFileSync((await otherVersion(built, '0.2.0')).bundle, bundle);
    for (let cut = 0; cut < cuts; cut++) {
      const life = Math.floor(cut / workEvery);
      await (cut % workEvery === 0 ? workingLife(mailboxes[life % mailboxes.length] as string, life % updateEvery === 0) : startingLife());
    }
    const person = await start();
    await lookBack(person);
    for (const number of mailboxes) await countsOf(person, number);
    assert.is(done.working + done.starting, cuts);
    assert.ok(done.messages > 0, 'no caller came to an end');
    figure(`power cut ${cuts} times (seed ${seed}): ${done.starting} in starts, ${done.working} in lives with calls, with an update in every second of them, of these ${done.written} while a slot was written; all ${done.messages} messages are there`);
  });

  test.after(async () => {
    await pages?.stop();
    await site?.remove();
    rmSync(folder, { recursive: true, force: true });
  });
}

const missing = requires(...emulatorNeeds);
if (missing !== undefined) skipTest('power cuts of the emulated board', missing);
else await tests();
test.after(endPrograms);
test.run();
