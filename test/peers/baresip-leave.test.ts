// Real audio both ways: baresip leaves messages, and both ends must have heard what the other said.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MessageJson } from '../../firmware/cli/messages-table.ts';
import type { CodecName } from '../../firmware/media/media-protocol.ts';
import { tone } from '../support/media/signals.ts';
import { Baresip } from '../support/peers/baresip.ts';
import { find } from '../support/peers/correlation.ts';
import { figures } from '../support/peers/figures.ts';
import { ProductVoice, spoken } from '../support/peers/product-voice.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testSideBySide } from '../support/peers/side-by-side.ts';
import { requires } from '../support/skip.ts';

/** G.711 alone costs 0.0005 at this level; a lost packet in five seconds of speech about 0.004. */
const same = 0.98;
/** So much of the greeting is heard by a caller in a hurry. */
const beforeKeyMs = 800;
/** From the key that ends the greeting to the end of the beep, generously. */
const beepMs = 1200;
/** baresip may take so long to begin, after it has said that it will. */
const apartByMs = 600;
const greeting = [{ say: 'greeting.mailbox' }, { digits: '201' }, { pauseMs: 250 }, { say: 'greeting.unavailable' }, { say: 'greeting.leave-message' }] as const;

interface Place {
  readonly unit: RunningUnit;
  readonly voice: ProductVoice;
  readonly speech: Float64Array;
  readonly afterwards: Float64Array;
}

const place = onlyOnce(async (): Promise<Place> => ({
  unit: await RunningUnit.start(),
  voice: await ProductVoice.load(),
  speech: await spoken('Hello Ada, this is about the offer. Please call me back on extension three zero one.'),
  afterwards: await spoken('Sorry, somebody was at the door. It is rather urgent.'),
}));

test.after(endPrograms);

/** Ends the greeting by a key and waits for the beep. */
async function toTheBeep(unit: RunningUnit, phone: Baresip, mailbox: string): Promise<void> {
  await phone.call(mailbox, unit.sipPort);
  await sleep(beforeKeyMs + 200);
  await phone.keys('1');
  await sleep(beepMs);
}

/** Says all of it; resolves to when it began. */
async function speak(phone: Baresip, words: Float64Array): Promise<number> {
  await phone.say(words);
  const beganMs = performance.now();
  await sleep(words.length / 8 + 300);
  return beganMs;
}

/** The only message of the mailbox, whole. */
async function messageFor(unit: RunningUnit, mailbox: string, codec: CodecName, number: string): Promise<MessageJson> {
  const [message, ...others] = await unit.messagesOnce(mailbox, 1);
  assert.ok(message !== undefined, `no message for ${mailbox}\n${unit.log.slice(-10).join('\n')}`);
  assert.is(others.length, 0);
  assert.equal([message.state, message.codec, message.callerNumber, message.interrupted, message.lostPackets], ['new', codec, number, false, 0]);
  return message;
}

testSideBySide(requires('baresip'), {
  'a caller hears the whole greeting and the beep, speaks, hangs up: each side has what the other said (PCMU)': async () => {
    const { unit, voice, speech } = await place();
    const phone = await Baresip.start();
    const expected = voice.sound(greeting);
    await phone.call('201', unit.sipPort);
    await sleep(expected.length / 8 + beepMs);
    await speak(phone, speech);
    await phone.hangUp();
    const message = await messageFor(unit, '201', 'PCMU', '301');
    await phone.quit();

    const heard = phone.recording('heard');
    const greeted = find(expected, heard);
    const beep = find(tone(1000, -10, 400), heard.subarray(greeted.at + expected.length), 8 * 400);
    const stored = find(speech, await unit.audio(message.id));
    figures('PCMU', { greeting: greeted.correlation, beep: beep.correlation, message: stored.correlation });
    assert.ok(greeted.correlation > same, `greeting: ${greeted.correlation}`);
    assert.ok(beep.correlation > same, `beep: ${beep.correlation}`);
    assert.ok(beep.at < 8 * 500, `the beep came ${beep.at / 8} ms after the greeting`);
    assert.ok(stored.correlation > same, `message: ${stored.correlation}`);
  },
  'the same in PCMA: prompts are heard and the message is kept in the law of the call': async () => {
    const { unit, voice, speech } = await place();
    const phone = await Baresip.start({ codec: 'PCMA', number: '302' });
    await toTheBeep(unit, phone, '202');
    await speak(phone, speech);
    await phone.hangUp();
    const message = await messageFor(unit, '202', 'PCMA', '302');
    await phone.quit();

    const begun = find(voice.sound(greeting).subarray(0, 8 * beforeKeyMs), phone.recording('heard'));
    const stored = find(speech, await unit.audio(message.id));
    figures('PCMA', { greeting: begun.correlation, message: stored.correlation });
    assert.ok(begun.correlation > same, `greeting: ${begun.correlation}`);
    assert.ok(stored.correlation > same, `message: ${stored.correlation}`);
  },
  'hold and resume by re-INVITE in mid-recording: both halves are in one message, without the hold between them': async () => {
    const { unit, speech, afterwards } = await place();
    const phone = await Baresip.start({ number: '303' });
    await toTheBeep(unit, phone, '203');
    const firstMs = await speak(phone, speech);
    const heldMs = Date.now();
    await phone.command('hold');
    await sleep(2000);
    await phone.command('resume');
    const holdMs = Date.now() - heldMs;
    const secondMs = await speak(phone, afterwards);
    await phone.hangUp();
    const message = await messageFor(unit, '203', 'PCMU', '303');
    await phone.quit();

    const audio = await unit.audio(message.id);
    const [first, second] = [find(speech, audio), find(afterwards, audio)];
    const [apartMs, spokenApartMs] = [(second.at - first.at) / 8, secondMs - firstMs];
    figures('hold', { first: first.correlation, second: second.correlation, 'ms apart': apartMs, 'as spoken': spokenApartMs, 'held for': holdMs });
    assert.ok(first.correlation > same && second.correlation > same, `${first.correlation} before, ${second.correlation} after`);
    // baresip holds with `sendonly` and goes on sending: that is music, and no part of the message.
    assert.ok(Math.abs(apartMs + holdMs - spokenApartMs) < apartByMs, `${apartMs} ms apart in the message and ${holdMs} ms on hold, ${spokenApartMs} ms as they were spoken`);
  },
});

test('the unit has caught no defect and ends at SIGTERM', async () => {
  const { unit } = await place();
  assert.is(await unit.counter('defects caught'), 0);
  await unit.mustStop();
});

test.run();
