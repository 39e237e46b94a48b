// Caller ID, DTMF and call progress tones against libspandsp: each side reads what the other sends.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callerIdAudio, messageWaitingAudio } from '../../firmware/media/detect/caller-id-audio.ts';
import { encodeCall, encodeWaiting } from '../../firmware/media/detect/caller-id-message.ts';
import { alawDecode } from '../../hal/g711.ts';
import type { CallerId } from '../../hal/line.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { callersIn, linear } from '../support/media/caller-id-ear.ts';
import { join, noise, quiet, sum } from '../support/media/signals.ts';
import { adsi, loadSpandsp } from '../support/peers/spandsp.ts';
import { testWith } from '../support/skip.ts';

const { need, spandsp } = await loadSpandsp();
const ada: CallerId = { number: '01632960123', name: 'Ada Lovelace', absent: null };
const time = { month: 11, day: 26, hour: 9, minute: 5 };

for (const [variant, standard] of [['bell', adsi.class], ['v23', adsi.clip]] as const) {
  testWith([need], `${variant}: what spandsp sends is read, with number and name, withheld, and not known`, () => {
    const whole = spandsp().sendCallerId(standard, 0x80, [[0x01, '11260905'], [0x02, ada.number], [0x07, ada.name]]);
    assert.equal(callersIn(variant, join(quiet(200), whole, quiet(100))), [ada]);
    assert.equal(callersIn(variant, sum(whole, noise(new SimRandom(2), -40, whole.length / 8)).map((value) => value / 4)), [ada], '12 dB weaker, with noise');
    for (const [code, absent] of [['P', 'private'], ['O', 'out-of-area']] as const) {
      const audio = spandsp().sendCallerId(standard, 0x80, [[0x01, '11260905'], [0x04, code], [0x08, code]]);
      assert.equal(callersIn(variant, audio), [{ number: '', name: '', absent }]);
    }
  });

  testWith([need], `${variant}: spandsp reads who calls and whether messages wait as we send them, in both laws`, () => {
    const call = Buffer.from(encodeCall(ada, time)).subarray(0, -1);
    assert.equal(spandsp().receiveCallerId(standard, linear(callerIdAudio(ada, variant, 'PCMU', time))), [call]);
    const alaw = Float64Array.from(callerIdAudio(ada, variant, 'PCMA', time), (code) => alawDecode[code] ?? 0);
    assert.equal(spandsp().receiveCallerId(standard, alaw), [call]);
    for (const lit of [true, false]) {
      const audio = join(linear(messageWaitingAudio(lit, variant, 'PCMU')), quiet(40));
      assert.equal(spandsp().receiveCallerId(standard, audio), [Buffer.from(encodeWaiting(lit)).subarray(0, -1)]);
    }
  });
}

testWith([need], 'bell: the older single data message of spandsp is read', () => {
  const audio = spandsp().sendCallerId(adsi.class, 0x04, [[0, '11260905'], [0, '5551234']]);
  assert.equal(callersIn('bell', audio), [{ number: '5551234', name: '', absent: null }]);
});

testWith([need], 'dtmf: what spandsp sends in both forms is read, withheld too', () => {
  for (const end of ['C', '#']) {
    const audio = spandsp().sendCallerId(adsi.dtmf, end.charCodeAt(0), [[0x41, '12345678']]);
    assert.equal(callersIn('dtmf', join(audio, quiet(100))), [{ number: '12345678', name: '', absent: null }], `ended by ${end}`);
  }
  const withheld = spandsp().sendCallerId(adsi.dtmf, '#'.charCodeAt(0), [[0x44, '1']]);
  assert.equal(callersIn('dtmf', join(withheld, quiet(100))), [{ number: '', name: '', absent: 'private' }]);
});

testWith([need], 'dtmf: spandsp hears the codes of our transmission', () => {
  assert.is(spandsp().receiveDigits(linear(callerIdAudio(ada, 'dtmf', 'PCMU', null))), `D${ada.number}C`);
});

test.run();
