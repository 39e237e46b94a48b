import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DigitQueue, maxDigits } from '../../../firmware/media/digit-queue.ts';
import { DtmfEventSender } from '../../../firmware/media/dtmf-event-sender.ts';
import { DtmfToneSender } from '../../../firmware/media/dtmf-tone-sender.ts';
import { DtmfDetector } from '../../../firmware/media/dtmf-detector.ts';
import { ulawDecode, ulawEncode, ulawSilence } from '../../../hal/g711.ts';

interface Step {
  readonly step: string;
  readonly bytes: number[];
  readonly start: number;
}

function steps(queue: DigitQueue, sender = new DtmfEventSender()): Step[] {
  const out = new Uint8Array(4);
  const made: Step[] = [];
  for (let timestamp = 1000; sender.busy || !queue.empty; timestamp += 160) {
    const step = sender.step(queue, timestamp, out, 0);
    made.push({ step, bytes: step === 'gap' ? [] : [...out], start: sender.start });
  }
  return made;
}

test('an event grows by 20 ms a step and ends with three E packets of the same duration', () => {
  const queue = new DigitQueue();
  queue.add('#', 80, 100);
  const made = steps(queue);
  assert.equal(made.map(({ step }) => step), ['first', 'event', 'event', 'event', 'event', 'event', 'gap', 'gap', 'gap']);
  assert.equal(made.slice(0, 6).map(({ bytes }) => bytes), [
    [11, 10, 0, 160], [11, 10, 1, 64], [11, 10, 1, 224], [11, 0x8a, 2, 128], [11, 0x8a, 2, 128], [11, 0x8a, 2, 128],
  ]);
  assert.ok(made.every(({ start }) => start === 1000));
});

test('the gap is long enough for the repeated ends, and the next digit has a start of its own', () => {
  const queue = new DigitQueue();
  queue.add('12', 40, 0);
  const made = steps(queue);
  assert.equal(made.map(({ step }) => step), ['first', 'event', 'event', 'event', 'first', 'event', 'event', 'event']);
  assert.is(made[4]?.start, 1000 + 4 * 160);
  assert.is(made[4]?.bytes[0], 2);
});

test('the queue takes digits only, at most 64, and brings times into range', () => {
  const queue = new DigitQueue();
  queue.add('1x 2', 0, 99_999);
  assert.equal(queue.take(), { digit: '1', toneMs: 40, gapMs: 10_000 });
  assert.is(queue.take()?.digit, '2');
  queue.add('5'.repeat(200), 100, 100);
  queue.add('6', 100, 100);
  let count = 0;
  while (queue.take() !== null) count++;
  assert.is(count, maxDigits);
});

test('tones are exact to the sample and are heard by the detector', () => {
  const queue = new DigitQueue();
  queue.add('0123456789*#ABCD', 70, 50);
  const sender = new DtmfToneSender();
  const detector = new DtmfDetector();
  const frame = new Uint8Array(160);
  let heard = '';
  let samples = 0;
  for (let count = 160; count === 160; ) {
    count = sender.fill(queue, frame, 0, 160, ulawEncode, ulawSilence);
    samples += count;
    frame.fill(ulawSilence, count);
    heard += detector.hear(frame, 160, ulawDecode);
  }
  assert.is(heard, '0123456789*#ABCD');
  assert.is(samples, 16 * 120 * 8);
  assert.not(sender.busy);
});

test.run();
