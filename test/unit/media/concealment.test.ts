import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Concealment } from '../../../firmware/media/concealment.ts';
import { encodeTable, silenceCode } from '../../../hal/g711.ts';
import { frameLevel } from '../../support/media/signals.ts';

function loud(codec: 'PCMU' | 'PCMA'): Uint8Array {
  const encode = encodeTable(codec);
  return Uint8Array.from({ length: 160 }, (_, n) => encode[Math.round(10_000 * Math.sin(n / 3)) + 32_768] ?? 0);
}

function madeUp(concealment: Concealment): Uint8Array {
  const frame = Uint8Array.from({ length: 160 }, (_, at) => concealment.sample(at));
  concealment.played(frame, 160);
  return frame;
}

for (const codec of ['PCMU', 'PCMA'] as const) {
  test(`${codec}: a gap repeats the last frame, 3 dB less each time, and is silent after 60 ms`, () => {
    const concealment = new Concealment();
    concealment.begin(codec);
    concealment.played(loud(codec), 0);
    const before = frameLevel(codec, loud(codec), 0, 160);
    for (let n = 1; n <= 3; n++) {
      const level = frameLevel(codec, madeUp(concealment), 0, 160);
      assert.ok(Math.abs(level - (before - 3 * n)) < 0.3, `frame ${n}: ${level}, before ${before}`);
    }
    assert.ok(madeUp(concealment).every((code) => code === silenceCode(codec)));
  });

  test(`${codec}: nothing heard yet, or what was heard forgotten, is silence`, () => {
    const concealment = new Concealment();
    concealment.begin(codec);
    assert.is(concealment.sample(7), silenceCode(codec));
    concealment.played(loud(codec), 0);
    concealment.forget();
    assert.is(concealment.sample(7), silenceCode(codec));
  });
}

test.run();
