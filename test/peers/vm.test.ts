// vm of mgetty-voice calls out through the emulated modem, plays, records, sends and takes keys, and speaks both ways at once.
import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coded, knownSamples, placeOf } from '../support/modem/known-samples.ts';
import { MgettyHouse, mgettyNeeds, samplesOf, voiceFile } from '../support/modem/mgetty-house.ts';
import { type OpenedModem, openModem } from '../support/modem/open-modem.ts';
import { endPrograms, type Program, sleep } from '../support/peers/program.ts';
import { testSideBySide } from '../support/peers/side-by-side.ts';
import { requires } from '../support/skip.ts';

const stepMs = 30_000;

interface Calling extends OpenedModem {
  readonly house: MgettyHouse;
  readonly device: string;
  until(what: string, program: Program, condition: () => boolean): Promise<void>;
}

async function calling(body: (all: Calling) => Promise<void>, patient = false): Promise<void> {
  const house = new MgettyHouse('u8');
  const opened = await openModem({ patient });
  const until = async (what: string, program: Program, condition: () => boolean): Promise<void> => {
    for (const began = Date.now(); !condition(); await sleep(20)) {
      if (program.over || Date.now() - began > stepMs) throw new Error(`${what}: did not come to pass\ncommands: ${opened.modem.commands.join(' ')}\n${program.tail()}\n${house.log}`);
    }
  };
  try {
    await body({ ...opened, house, until });
  } finally {
    opened.unplug();
  }
}

/** What vm is told, a line at a time; each answer that is not the expected one ends the script with its own line number. */
const script = `#!/bin/sh
told() { read -r line <&$VOICE_INPUT; echo "$line" >> /var/spool/voice/answers; }
want() { told; [ "$line" = "$1" ] || { echo "wanted $1" >> /var/spool/voice/answers; exit 3; }; }
tell() { echo "$1" >&$VOICE_OUTPUT; kill -PIPE $VOICE_PID; }
want 'HELLO SHELL'
tell 'HELLO VOICE PROGRAM'; want READY
tell 'ENABLE EVENTS'; want READY
tell 'DEVICE DIALUP_LINE'; want READY
tell 'DIAL 5559876'; want DIALING; want READY
tell 'PLAY /var/spool/voice/said.rmd'; want PLAYING; want READY
tell 'DTMF 12#'; want DTMFING; want READY
tell 'WAIT 20'; want WAITING; want RECEIVED_DTMF; want 7
tell STOP; want READY
tell 'RECORD /var/spool/voice/heard.rmd'; want RECORDING
want BUSY_TONE
tell STOP; want READY
tell GOODBYE; want 'GOODBYE SHELL'
`;

async function shellCall({ house, exchange, modem, device, until }: Calling): Promise<void> {
  const [said, heard] = [knownSamples('u8', 12_000, 6), knownSamples('u8', 12_000, 7)];
  writeFileSync(house.file('said.rmd'), voiceFile('u8', coded('u8', said)));
  house.script('call.sh', script);
  const vm = house.vm('shell', '-l', device.replace('/dev/', ''), '-S', '/bin/sh', '/var/spool/voice/call.sh');
  await until('it dials', vm, () => exchange.dialled === '5559876');
  exchange.answer();
  await until('it sends keys', vm, () => exchange.keys === '12#');
  assert.ok(placeOf(exchange.heard, said) >= 0, 'what it plays is heard sample by sample');
  await sleep(500);
  exchange.press('7');
  await until('it records', vm, () => modem.mode === 'receive');
  exchange.speak(heard);
  await until('all is said', vm, () => exchange.silent);
  exchange.hangUp('busy');
  await vm.ended;
  // Its exit code proves nothing: a byte on its way when it puts the modem back is a wrong answer to it.
  assert.match(String(house.read('answers')), 'GOODBYE SHELL');
  assert.is(exchange.state, 'idle');
  assert.ok(samplesOf(house.read('heard.rmd')).includes(Buffer.from(coded('u8', heard))), 'what was said is recorded sample by sample');
  assert.equal([modem.voice.underrun, modem.voice.overrun], [0, 0]);
}

/** vm sends a byte for each that comes, and ends by DLE ^ as soon as its file is at its end: what is then on its way is lost, and it takes that for a wrong answer.
 * The line is patient, since vm's pace is that of a busy machine. */
async function duplexCall({ house, exchange, modem, device, until }: Calling): Promise<void> {
  const [said, spoken] = [knownSamples('u8', 24_000, 8), knownSamples('u8', 60_000, 9)];
  writeFileSync(house.file('said.rmd'), voiceFile('u8', coded('u8', said)));
  exchange.source = (at) => spoken[at] ?? 0;
  exchange.hasDialTone = false;
  const vm = house.vm('duplex', '-t', '-l', device.replace('/dev/', ''), house.file('said.rmd'), house.file('heard.rmd'));
  await until('it speaks both ways', vm, () => modem.mode === 'duplex');
  await vm.ended;
  assert.is(modem.mode, 'command');
  assert.is(exchange.state, 'idle');
  assert.ok(placeOf(exchange.heard, said.subarray(0, 20_000)) >= 0, 'what it plays is heard sample by sample');
  const recorded = samplesOf(house.read('heard.rmd'));
  assert.ok(recorded.length > 20_000, `${recorded.length}`);
  assert.ok(Buffer.from(coded('u8', spoken)).includes(recorded.subarray(0, 20_000)), 'what was said is recorded sample by sample');
  assert.is(modem.voice.overrun, 0);
}

testSideBySide(requires(...mgettyNeeds), {
  'vm shell dials, plays, sends keys, takes a key and records until busy': () => calling(shellCall),
  'vm duplex plays and records at once': () => calling(duplexCall, true),
});

test.after(() => endPrograms());
test.run();
