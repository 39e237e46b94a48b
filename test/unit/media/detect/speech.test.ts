// Talk-off: real words, spoken by the voices of the project, hold no digit, no tone and no caller.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { synthesise } from '../../../../board/voices/say.ts';
import { CallerIdReceiver } from '../../../../firmware/media/detect/caller-id-receiver.ts';
import { ToneDetector } from '../../../../firmware/media/detect/tone-detector.ts';
import { DtmfDetector } from '../../../../firmware/media/dtmf-detector.ts';
import { ulawDecode } from '../../../../hal/g711.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';
import { figure } from '../../../support/figure.ts';
import { talk, ulaw } from '../../../support/media/signals.ts';
import { zoneNamed } from '../../../support/media/tone-ear.ts';

const sentences = [
  'The ship was due at four, but fog lay over the harbour until the evening, and nobody on the pier could see her lights.',
  'Please call me back about the offer; we need seven, eight or nine of the larger boxes, and two of the smaller ones.',
  'Whoever owns the grey bicycle in the yard should move it, since the removal people arrive at a quarter past ten.',
  'We heard a woodpecker, a wheel that squeaked, and children singing under the railway bridge in the rain.',
  'My mother grew beans, leeks and onions, while my uncle played the oboe to his cows every Sunday afternoon.',
  'If you are free on Tuesday, we could go through the figures and choose a room for the meeting in June.',
];

/** Some minutes of speech as µ-law, at 0.8 to 1.3 of the speed and pitch: the same words by other throats. */
async function spokenMinutes(): Promise<Uint8Array> {
  const parts: Float64Array[] = [];
  for (const voice of ['slt', 'awb'] as const) {
    const samples = Float64Array.from(await synthesise(sentences.join(' '), { voice }));
    for (const pace of [0.8, 0.9, 1, 1.15, 1.3]) parts.push(paced(samples, pace));
  }
  return Buffer.concat(parts.map(ulaw));
}

function paced(samples: Float64Array, pace: number): Float64Array {
  return Float64Array.from({ length: Math.floor(samples.length / pace) }, (_, n) => {
    const at = n * pace;
    const share = at - Math.floor(at);
    return (samples[Math.floor(at)] ?? 0) * (1 - share) + (samples[Math.floor(at) + 1] ?? 0) * share;
  });
}

const frames = (codes: Uint8Array): Uint8Array[] => Array.from({ length: Math.floor(codes.length / 160) }, (_, n) => codes.subarray(n * 160, n * 160 + 160));

const speech = frames(await spokenMinutes());
const minutes = speech.length / 3000;

test('minutes of speech hold no digit', () => {
  assert.ok(minutes > 4, `${minutes} minutes`);
  for (const gain of [1, 4]) {
    const detector = new DtmfDetector();
    const louder = speech.map((frame) => (gain === 1 ? frame : ulaw(Float64Array.from(frame, (code) => (ulawDecode[code] ?? 0) * gain))));
    assert.is(louder.map((frame) => detector.hear(frame, 160, ulawDecode)).join(''), '', `gain ${gain}`);
  }
  figure(`talk-off: no digit in ${minutes.toFixed(1)} minutes of speech, at two levels`);
});

test('minutes of speech hold no tone', () => {
  for (const zone of ['us', 'uk', 'de', 'fr', 'jp', 'au', 'in']) {
    const detector = new ToneDetector(zoneNamed(zone));
    assert.equal(speech.filter((frame) => detector.hear(frame, ulawDecode)).length, 0, zone);
  }
});

test('minutes of speech tell of no caller', () => {
  for (const variant of ['bell', 'v23', 'dtmf'] as const) {
    const receiver = new CallerIdReceiver(variant);
    assert.equal(speech.filter((frame) => receiver.hear(frame, ulawDecode) !== null).length, 0, variant);
  }
});

test('a channel takes a small share of a core', () => {
  const busy = frames(ulaw(talk(new SimRandom(3), 60_000)));
  const costs = [
    ['tones', ((detector) => (frame: Uint8Array) => detector.hear(frame, ulawDecode))(new ToneDetector(zoneNamed('us')))],
    ['caller ID', ((receiver) => (frame: Uint8Array) => receiver.hear(frame, ulawDecode))(new CallerIdReceiver('bell'))],
    ['DTMF', ((detector) => (frame: Uint8Array) => detector.hear(frame, 160, ulawDecode))(new DtmfDetector())],
  ] as const;
  const shares = costs.map(([name, hear]) => {
    busy.forEach(hear);
    const before = process.cpuUsage();
    busy.forEach(hear);
    const used = process.cpuUsage(before);
    const msPerSecond = (used.user + used.system) / 1000 / 60;
    assert.ok(msPerSecond < 30, `${name}: ${msPerSecond} ms a second`);
    return `${name} ${msPerSecond.toFixed(2)} ms`;
  });
  figure(`CPU a channel and second of talk: ${shares.join(', ')}`);
});

test.run();
