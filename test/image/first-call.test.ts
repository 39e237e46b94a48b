// One boot of a blank unit and one of a configured one: from power-on to an answered call, a message left and collected over the network, the console by its serial line.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { dumpEnd, dumpWords, soundFrom } from '../support/image/lan-dump.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { patience } from '../support/image/unit-console.ts';
import { endPrograms } from '../support/peers/program.ts';
import { shareHeard, speech } from '../support/peers/spoken.ts';
import { requires, skipTest } from '../support/skip.ts';

/** From the power-on of a blank unit to the first call that a configured one answers, with a power cut between; a technician types more slowly. */
const commissionedMs = patience * 300_000;
const spokenSec = 5;
/** Packets that came too late on a busy machine are made up for; a broken path loses far more. */
const leastShare = 0.95;
/** What there is, and who called when, is told first; a slow board tells it slowly. */
const listenMs = 24_000;
const storedLimitMs = patience * 30_000;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function tests(): Promise<void> {
  const site = new ImageSite(await builtImage(), { more: dumpWords });
  let blankMs = 0;
  let pins: ReadonlyMap<string, string> = new Map();

  test('a blank unit starts, and its console is at the serial line', async () => {
    site.board.powerOn();
    blankMs = Date.now();
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
    figure(`from a blank unit's power-on to that call, configured and with its power cut between, ${seconds(answeredMs - blankMs)}`);
    assert.ok(answeredMs - blankMs <= commissionedMs, `${seconds(answeredMs - blankMs)}`);
  });

  const hasMessage = async (state: RegExp): Promise<void> => (await site.console()).hasMessage('201', state, storedLimitMs);

  test('a caller leaves a message by SIP, and it is there', async () => {
    await site.leaves('201', spokenSec);
    await hasMessage(/\b301\b[^\n]*\b0:0[5-9]\b[^\n]*\bnew\b/);
  });

  test('the owner collects it by SIP, with keys in RTP, and hears every word; then it is an old one', async () => {
    const began = dumpEnd(site.board);
    await site.collects('201', pins.get('201') ?? '', patience * listenMs);
    const share = shareHeard(speech(201, spokenSec * 1000), soundFrom(site.board, site.lan.board, began));
    figure(`${Math.round(share * 100)} % of the words of a message are heard again`);
    assert.ok(share >= leastShare, `${Math.round(share * 100)} % of the words are heard`);
    await hasMessage(/\b301\b[^\n]*\bold\b/);
  });

  test.after(() => site.remove());
}

const missing = requires(...emulatorNeeds);
if (missing !== undefined) skipTest('the image boots in an emulated board', missing);
else await tests();
test.after(endPrograms);
test.run();
