// Owners collect by telephone: baresip with RFC 4733 keys, and a caller whose keys are tones among the audio.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { envelope } from '../../firmware/callflow/collect/messages.ts';
import type { Phrase } from '../../firmware/callflow/phrase.ts';
import type { MessageJson } from '../../firmware/cli/messages-table.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import type { CodecName } from '../../firmware/media/media-protocol.ts';
import type { WallMs } from '../../hal/clock.ts';
import { Baresip } from '../support/peers/baresip.ts';
import { find } from '../support/peers/correlation.ts';
import { figures } from '../support/peers/figures.ts';
import { ProductVoice, spoken } from '../support/peers/product-voice.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { received } from '../support/peers/sipp-messages.ts';
import { onlyOnce, testSideBySide } from '../support/peers/side-by-side.ts';
import { callWithTones, keyTones } from '../support/peers/tone-caller.ts';
import { requires } from '../support/skip.ts';

const same = 0.98;
const counted: readonly Phrase[] = [{ say: 'collect.you-have' }, { count: 'new', of: 1 }];

interface Place {
  readonly unit: RunningUnit;
  readonly voice: ProductVoice;
}

const place = onlyOnce(async (): Promise<Place> => ({ unit: await RunningUnit.start({ mailboxes: ['201', '202', '203'] }), voice: await ProductVoice.load() }));

test.after(endPrograms);

/** Leaves a message in the mailbox, so that there is one to collect. */
async function leave(unit: RunningUnit, mailbox: string, text: string): Promise<MessageJson> {
  const phone = await Baresip.start({ number: '304' });
  const speech = await spoken(text);
  await phone.call(mailbox, unit.sipPort);
  await sleep(500);
  await phone.keys('1');
  await sleep(1200);
  await phone.say(speech);
  await sleep(speech.length / 8 + 300);
  await phone.hangUp();
  await phone.quit();
  const [message] = await unit.messagesOnce(mailbox, 1);
  assert.ok(message !== undefined, `no message for ${mailbox}`);
  return message;
}

/** What is said before a message's body. */
function announced(message: MessageJson): Phrase[] {
  const { callerNumber, interrupted, received } = message;
  return envelope({ callerNumber, interrupted, startedMs: Date.parse(received) as WallMs } as Message, 0);
}

/** Logs in, hears what there is, saves it by a key; resolves to all that was heard. */
async function collect({ unit, voice }: Place, codec: CodecName, message: MessageJson): Promise<Float64Array> {
  const { mailbox } = message;
  const phone = await Baresip.start({ codec, number: '305' });
  await phone.call('*17', unit.sipPort);
  await sleep(700);
  await phone.keys(`${mailbox}#`);
  await sleep(400);
  await phone.keys(`${unit.pin(mailbox)}#`);
  const told = voice.sound([...counted, ...announced(message)]);
  await sleep(told.length / 8 + message.durationMs + 1500);
  await phone.keys('5');
  await sleep(500);
  await phone.hangUp();
  await phone.quit();
  return phone.recording('heard');
}

async function collectsByEvents(mailbox: string, codec: CodecName): Promise<void> {
  const { unit, voice } = await place();
  const message = await leave(unit, mailbox, 'Good morning. The parcel with the red boxes is here.');
  const heard = await collect({ unit, voice }, codec, message);
  const [told, body] = [find(voice.sound(announced(message)), heard), find(await unit.audio(message.id), heard)];
  figures(`collecting over ${codec}`, { envelope: told.correlation, message: body.correlation });
  assert.ok(told.correlation > same, `envelope: ${told.correlation}`);
  assert.ok(body.correlation > same, `message: ${body.correlation}`);
  assert.ok(body.at > told.at, 'the message comes after its envelope');
  assert.equal((await unit.messages(mailbox)).map(({ state }) => state), ['saved']);
}

testSideBySide(requires('baresip', 'sipp'), {
  'an owner logs in with RFC 4733 keys over PCMU, hears envelope and message as they are stored, and saves it': () => collectsByEvents('201', 'PCMU'),
  'the same over PCMA': () => collectsByEvents('202', 'PCMA'),
  'a caller without telephone-event logs in by tones among the audio, and deletes a message': async () => {
    const { unit, voice } = await place();
    const message = await leave(unit, '203', 'This one is to be deleted.');
    const toldMs = voice.sound([...counted, ...announced(message)]).length / 8;
    const tones = keyTones([700, '203#', 600, `${unit.pin('203')}#`, toldMs + 1000, '4', 1500, '0']);
    const end = await callWithTones('*17', unit.sipPort, tones);
    assert.is(end.code, 0, end.errors.slice(-2000));
    assert.not.match(received(end.messages, 'SIP/2.0 200')[0]?.text ?? '', 'telephone-event');
    assert.match(await unit.console('show mailboxes'), /^203 +0 +0 +0 +1 /m);
  },
});

test('the unit has caught no defect and ends at SIGTERM', async () => {
  const { unit } = await place();
  assert.is(await unit.counter('defects caught'), 0);
  await unit.mustStop();
});

test.run();
