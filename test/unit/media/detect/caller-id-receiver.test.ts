import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callerIdAudio, messageWaitingAudio } from '../../../../firmware/media/detect/caller-id-audio.ts';
import { encodeCall } from '../../../../firmware/media/detect/caller-id-message.ts';
import { CallerIdReceiver, callerIdVariants } from '../../../../firmware/media/detect/caller-id-receiver.ts';
import { FskModulator } from '../../../../firmware/media/detect/fsk-modulator.ts';
import { bell202, v23 } from '../../../../firmware/media/detect/fsk-tones.ts';
import { alawDecode, ulawEncode } from '../../../../hal/g711.ts';
import type { CallerId } from '../../../../hal/line.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';
import { callersIn, linear } from '../../../support/media/caller-id-ear.ts';
import { join, noise, quiet, sum, talk, tone } from '../../../support/media/signals.ts';

const ada: CallerId = { number: '01632960123', name: 'Ada Lovelace', absent: null };
const time = { month: 1, day: 2, hour: 3, minute: 4 };
const fskVariants = ['bell', 'v23'] as const;
const onHook = { seizureBits: 300, markBits: 180, endBits: 10 };

function sent(variant: 'bell' | 'v23', levelDbm0 = -13.5, message = encodeCall(ada, time), framing = onHook): Float64Array {
  const modulator = new FskModulator(variant === 'bell' ? bell202 : v23, levelDbm0);
  modulator.begin(message, framing);
  const codes = new Uint8Array(modulator.samples);
  modulator.fill(codes, 0, codes.length, ulawEncode);
  return linear(codes);
}

/** The line weakens high frequencies by `b`, or low ones: one tap of an FIR. */
const tilted = (signal: Float64Array, b: number): Float64Array => signal.map((value, n) => value + b * (signal[n - 1] ?? 0));

for (const variant of fskVariants) {
  test(`${variant}: who calls, at every offset against the frames, from -3 to -36 dBm0`, () => {
    for (const level of [-3, -13.5, -25, -36]) {
      for (const offset of [0, 1, 37, 80, 159]) assert.equal(callersIn(variant, join(new Float64Array(offset), sent(variant, level))), [ada], `${level} dBm0 at ${offset}`);
    }
  });

  test(`${variant}: noise 20 dB below, mains hum, and twist of 10 dB either way do no harm`, () => {
    const random = new SimRandom(1);
    for (let round = 0; round < 20; round++) {
      const signal = sent(variant, -25);
      assert.equal(callersIn(variant, sum(signal, noise(random, -45, signal.length / 8))), [ada], `noise, round ${round}`);
    }
    assert.equal(callersIn(variant, sum(sent(variant, -25), tone(50, -25, 1100))), [ada], 'hum');
    assert.equal(callersIn(variant, tilted(sent(variant, -20), 0.8)), [ada], 'high tones weak');
    assert.equal(callersIn(variant, tilted(sent(variant, -20), -0.8)), [ada], 'low tones weak');
  });

  test(`${variant}: ringing, a click and an alerting tone before it are passed over`, () => {
    const ringing = sum(tone(25, 2, 1000), tone(75, -20, 1000)).map((value) => Math.max(-30_000, Math.min(30_000, value)));
    const click = Float64Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? 20_000 : -20_000));
    const alert = sum(tone(2130, -20, 100), tone(2750, -20, 100));
    for (const before of [join(ringing, quiet(600)), join(click, quiet(300)), join(alert, quiet(60)), join(ringing, click, alert)]) {
      assert.equal(callersIn(variant, join(before, sent(variant), quiet(400), ringing)), [ada]);
    }
  });

  test(`${variant}: mark of 80 bits without seizure is enough; so is a sender 1 % slow`, () => {
    assert.equal(callersIn(variant, sent(variant, -20, encodeCall(ada, time), { seizureBits: 0, markBits: 80, endBits: 4 })), [ada]);
    const signal = sent(variant, -20);
    const slow = Float64Array.from({ length: Math.floor(signal.length * 1.01) }, (_, n) => {
      const at = n / 1.01;
      const share = at - Math.floor(at);
      return (signal[Math.floor(at)] ?? 0) * (1 - share) + (signal[Math.floor(at) + 1] ?? 0) * share;
    });
    assert.equal(callersIn(variant, slow), [ada]);
  });

  test(`${variant}: it is told once, and again after a reset`, () => {
    const receiver = new CallerIdReceiver(variant);
    assert.equal(callersIn(variant, join(sent(variant), quiet(200), sent(variant)), receiver), [ada]);
    receiver.reset();
    assert.equal(callersIn(variant, sent(variant), receiver), [ada]);
  });

  test(`${variant}: a broken message is counted with its reason, and the next one is read`, () => {
    const spoiled = (change: (bytes: Uint8Array) => void): Uint8Array => {
      const bytes = encodeCall(ada, time);
      change(bytes);
      return bytes;
    };
    const cut = sent(variant).subarray(0, 4500);
    for (const [fault, signal] of [
      ['checksum', sent(variant, -13, spoiled((bytes) => void (bytes[6] = 0x39)))],
      ['interrupted', join(sent(variant, -13, encodeCall(ada, time).subarray(0, 10), { ...onHook, endBits: 40 }), sent(variant, -13, encodeCall(ada, time), { seizureBits: 0, markBits: 40, endBits: 4 }).subarray(0, 1500))],
      ['unknown-type', sent(variant, -13, Uint8Array.of(0x84, 1, 1, 0x7a))],
      ['framing', join(cut, quiet(100))],
    ] as const) {
      const receiver = new CallerIdReceiver(variant);
      assert.equal(callersIn(variant, signal, receiver), [], fault);
      assert.ok(receiver.faults[fault] > 0, `${fault}: ${JSON.stringify(receiver.faults)}`);
      assert.equal(callersIn(variant, join(quiet(300), sent(variant)), receiver), [ada], `after ${fault}`);
    }
  });

  test(`${variant}: six minutes of talk and noise tell of nobody`, () => {
    const random = new SimRandom(6);
    for (let minute = 0; minute < 3; minute++) {
      assert.equal(callersIn(variant, talk(random, 60_000)), []);
      assert.equal(callersIn(variant, noise(random, -20, 60_000)), []);
    }
  });

  test(`${variant}: a lamp signal is no caller, and is as long as it must be`, () => {
    const audio = messageWaitingAudio(true, variant, 'PCMU');
    assert.equal(callersIn(variant, linear(audio)), []);
    assert.is(audio.length % 160, 0);
  });
}

test('what a phone port sends is read by what a trunk port hears, in all variants and both laws', () => {
  for (const variant of callerIdVariants) {
    for (const callerId of [ada, { number: '', name: '', absent: 'private' } as const, { number: '', name: '', absent: 'out-of-area' } as const]) {
      const expected = variant === 'dtmf' ? { ...callerId, name: '' } : callerId;
      assert.equal(callersIn(variant, linear(callerIdAudio(callerId, variant, 'PCMU', time))), [expected], variant);
    }
    const receiver = new CallerIdReceiver(variant);
    const audio = callerIdAudio(ada, variant, 'PCMA', null);
    const frame = new Uint8Array(160);
    let found: CallerId | null = null;
    for (let at = 0; at < audio.length + 160; at += 160) {
      frame.fill(0xd5);
      frame.set(audio.subarray(at, at + 160));
      found ??= receiver.hear(frame, alawDecode);
    }
    assert.is(found?.number, ada.number);
  }
});

test.run();
