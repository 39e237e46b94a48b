import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FaxCallingTone } from '../../../../firmware/media/detect/fax-calling-tone.ts';
import { decodeTable, encodeTable } from '../../../../hal/g711.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';

const encode = encodeTable('PCMU');

/** How often the tone is told in the samples, which silence follows. */
function told(samples: (at: number) => number, ms: number): number {
  const tone = new FaxCallingTone();
  let count = 0;
  for (let at = 0; at < (ms + 200) * 8; at += 160) {
    const frame = Uint8Array.from({ length: 160 }, (_, n) => encode[Math.round(at + n < ms * 8 ? samples(at + n) : 0) + 32_768] as number);
    if (tone.hear(frame, decodeTable('PCMU'))) count += 1;
  }
  return count;
}

const sine = (hz: number, level: number) => (at: number): number => level * Math.sin((2 * Math.PI * hz * at) / 8000);

test('a fax machine that calls is heard, within what T.30 allows', () => {
  for (const hz of [1062, 1100, 1138]) for (const ms of [425, 500, 575]) assert.is(told(sine(hz, 4000), ms), 1, `${hz} Hz, ${ms} ms`);
  assert.is(told((at) => ((at / 8) % 3500 < 500 ? sine(1100, 3000)(at) : 0), 7600), 3, 'each of three tones');
});

test('what is no calling tone is not: too short, too long, other tones, keys, noise, silence', () => {
  const random = new SimRandom(3);
  for (const ms of [200, 300, 900, 3000]) assert.is(told(sine(1100, 4000), ms), 0, `${ms} ms`);
  for (const hz of [440, 1004, 1209, 2100]) assert.is(told(sine(hz, 4000), 500), 0, `${hz} Hz`);
  assert.is(told((at) => sine(770, 4000)(at) + sine(1209, 4000)(at), 500), 0, 'a key');
  assert.is(told(() => random.below(8000) - 4000, 500), 0, 'noise');
  assert.is(told(sine(1100, 20), 500), 0, 'far too faint');
});

test.run();
