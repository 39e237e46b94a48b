// vgetty is an answering machine that was not written here: what it can do with the emulated modem, our drivers can rely on.
import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Departure } from '../support/modem/exchange.ts';
import { coded, knownSamples, placeOf } from '../support/modem/known-samples.ts';
import { type MgettyFormat, MgettyHouse, mgettyNeeds, samplesOf, voiceFile } from '../support/modem/mgetty-house.ts';
import { type OpenedModem, openModem } from '../support/modem/open-modem.ts';
import { endPrograms, type Program, sleep } from '../support/peers/program.ts';
import { testSideBySide } from '../support/peers/side-by-side.ts';
import { requires } from '../support/skip.ts';

const startMs = 40_000;
const stepMs = 30_000;

interface Answering extends OpenedModem {
  readonly house: MgettyHouse;
  readonly vgetty: Program;
  readonly greeting: Int16Array;
  until(what: string, condition: () => boolean, limitMs?: number): Promise<void>;
}

/** vgetty waits for calls at a modem; what it leaves running ends with the test. */
async function answering(format: MgettyFormat, body: (all: Answering) => Promise<void>): Promise<void> {
  const house = new MgettyHouse(format);
  const greeting = knownSamples(format, 16_000, 1);
  writeFileSync(house.file('messages/standard.rmd'), voiceFile(format, coded(format, greeting)));
  const opened = await openModem();
  const vgetty = house.vgetty(opened.device);
  const until = async (what: string, condition: () => boolean, limitMs = stepMs): Promise<void> => {
    for (const began = Date.now(); !condition(); await sleep(20)) {
      if (vgetty.over || Date.now() - began > limitMs) throw new Error(`${what}: did not come to pass\ncommands: ${opened.modem.commands.join(' ')}\n${vgetty.tail()}\n${house.log}`);
    }
  };
  try {
    await until('vgetty waits for calls', () => house.log.trimEnd().endsWith('waiting...'), startMs);
    // A ring that is there before it looks is taken for the answer to a command later.
    await sleep(300);
    await body({ ...opened, house, vgetty, greeting, until });
  } finally {
    await vgetty.stop();
    opened.unplug();
  }
}

const caller = { number: '5551234', name: 'ALICE', absent: null };
const ringing = { callerId: caller, onMs: 600, offMs: 1900, bursts: 6 };

/** Rings until vgetty has answered, greeted and begun to record what is said. */
async function leave({ exchange, modem, until, greeting }: Answering, speech: Int16Array): Promise<void> {
  exchange.ring(ringing);
  await until('it answers', () => exchange.state === 'up');
  await until('it records', () => modem.mode === 'receive');
  assert.ok(placeOf(exchange.heard, greeting) >= 0, 'the greeting is heard sample by sample');
  exchange.speak(speech);
  await until('all is said', () => exchange.silent);
  await sleep(200);
}

async function hangUp({ exchange, until }: Answering, how: Departure): Promise<void> {
  exchange.hangUp(how);
  await until('it hangs up', () => exchange.state === 'idle');
}

function oneCall(format: MgettyFormat, how: Departure = 'busy') {
  return () =>
    answering(format, async (all) => {
      const speech = knownSamples(format, 16_000, 2);
      await leave(all, speech);
      await hangUp(all, how);
      const [message] = all.house.messages;
      assert.ok(message !== undefined, 'a message is stored');
      assert.ok(samplesOf(message).includes(Buffer.from(coded(format, speech))), 'it holds what was said, sample by sample');
      assert.is(all.modem.voice.underrun, 0);
      assert.is(all.modem.voice.overrun, 0);
      assert.ok(all.modem.commands.includes('+VTS=[933,,50]'), 'it beeped');
      assert.match(all.house.log, /NMBR = 5551234/);
      assert.match(all.house.log, /NAME = ALICE/);
    });
}

testSideBySide(requires(...mgettyNeeds), {
  'vgetty answers, greets, beeps, records and hangs up on busy: 8-bit linear': oneCall('u8'),
  'vgetty answers, greets, beeps, records and hangs up on busy: mu-law': oneCall('mu'),
  'vgetty answers, greets, beeps, records and hangs up on busy: 16-bit linear': oneCall('s16'),
  'vgetty hangs up on dial tone: signed 8-bit linear': oneCall('s8', 'dial-tone'),
  'vgetty takes keys in the midst of a message, runs its program for them and ends the call by class 0': () =>
    answering('a', async (all) => {
      await leave(all, knownSamples('a', 4000, 3));
      all.exchange.press('*17#');
      await all.until('it hangs up by itself', () => all.exchange.state === 'idle');
      assert.is(String(all.house.read('keys')), '17\n');
      assert.ok(all.modem.commands.lastIndexOf('+FCLASS=0') > all.modem.commands.lastIndexOf('+VRX'), all.modem.commands.slice(-20).join(' '));
      assert.not.ok(all.modem.commands.slice(all.modem.commands.lastIndexOf('+VRX')).includes('+VLS=0'), 'class 0 alone puts it on-hook');
    }),
});

test.after(() => endPrograms());
test.run();
