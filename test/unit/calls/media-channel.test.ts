import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MediaChannel } from '../../../firmware/calls/media-channel.ts';
import { beep } from '../../../firmware/callflow/phrase.ts';
import type { MediaCommand, MediaEvent, MediaStats } from '../../../firmware/media/media-protocol.ts';

const at = { port: 3, session: 7 };
const wish = { maxMs: 60_000, silenceMs: 7000, silenceDbm0: -42, stopDigits: '#', chunkMs: 500 };
const ended = (record: number, recordedMs: number): MediaEvent => ({ type: 'record-ended', ...at, record, reason: 'digit', recordedMs, trailingSilenceMs: 0, lostPackets: 0, digit: '#' });
const chunk = (record: number): MediaEvent => ({ type: 'chunk', ...at, record, sequence: 0, codec: 'PCMU', bytes: new Uint8Array(8), lostPackets: 0 });
const played: MediaEvent = { type: 'play-ended', ...at, play: 1, reason: 'done', missingPrompts: [] };
const stopped: MediaEvent = { type: 'stopped', ...at, stats: {} as MediaStats };

function made(): { channel: MediaChannel; sent: MediaCommand[]; told: string[] } {
  const [sent, told]: [MediaCommand[], string[]] = [[], []];
  const channel = new MediaChannel({ index: 3, session: 7 }, (command) => void sent.push(command), {
    digit: () => undefined, unplayable: () => undefined, silent: () => undefined,
    played: () => void told.push('played'),
    chunk: (bytes) => void told.push(`chunk ${bytes.length}`),
    recorded: ({ reason, recordedMs }) => void told.push(`recorded ${reason} ${recordedMs}`),
    stopped: () => void told.push('stopped'),
  });
  return { channel, sent, told };
}

test('what is recorded after a play goes out with it, and is the recording that is heard of from then on', () => {
  const { channel, sent, told } = made();
  channel.record(wish);
  channel.handle(ended(1, 10));
  channel.play([beep], false, wish);
  assert.equal(sent[1], { type: 'play', ...at, play: 1, items: [beep], stopOnDigit: false, then: { ...wish, record: 2 } });
  for (const event of [played, chunk(2), chunk(1), ended(2, 1000), ended(1, 1)]) channel.handle(event);
  assert.equal(told, ['recorded digit 10', 'played', 'chunk 8', 'recorded digit 1000']);
  assert.ok(channel.stopRecord());
});

test('a play by itself says nothing of a recording', () => {
  const { channel, sent } = made();
  channel.play([beep], true);
  assert.equal(sent, [{ type: 'play', ...at, play: 1, items: [beep], stopOnDigit: true }]);
});

test('the end of a recording is told also where the media thread let go before it was asked for', () => {
  const { channel, told } = made();
  channel.play([beep], false, wish);
  channel.handle(stopped);
  assert.equal(told, ['recorded stopped 0', 'stopped']);
  channel.play([beep], false, wish);
  assert.not(channel.stopRecord(), 'nobody answers any more');
});

test('it is told once where the media thread has ended it', () => {
  const { channel, told } = made();
  channel.record(wish);
  channel.handle(ended(1, 500));
  channel.handle(stopped);
  assert.equal(told, ['recorded digit 500', 'stopped']);
});

test.run();
