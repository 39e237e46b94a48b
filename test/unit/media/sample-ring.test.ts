import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copyCodes } from '../../../firmware/media/copy-codes.ts';
import { SampleRing } from '../../../firmware/media/sample-ring.ts';
import { convertTable, ulawSilence, ulawToAlaw } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const same = convertTable('PCMU', 'PCMU');
const speech = new SimRandom(3).bytes(1000);

test('codes are copied whatever their number, place and table, and nothing beside them is touched', () => {
  for (const table of [same, ulawToAlaw]) {
    for (let count = 0; count < 12; count++) {
      for (const [fromAt, toAt] of [[0, 0], [3, 1], [5, 12]] as const) {
        const to = new Uint8Array(30).fill(7);
        copyCodes(speech, fromAt, to, toAt, count, table);
        const wanted = Array.from(to, (_, at) => (at >= toAt && at < toAt + count ? table[speech[fromAt + at - toAt] as number] : 7));
        assert.equal([...to], wanted, `${count} from ${fromAt} to ${toAt}`);
      }
    }
  }
});

test('sample ring: what is put in is played, wherever it lies, over the end of the ring too', () => {
  for (const place of [0, 1, 2, 160, 863, 864, 900, 1023, -160, -1]) {
    const ring = new SampleRing(1024);
    ring.begin('PCMU');
    ring.put(place, speech, 12, 0, 160, null);
    const frame = new Uint8Array(160);
    ring.play(place, frame);
    assert.equal([...frame], [...speech.subarray(12, 172)], `at ${place}`);
    ring.play(place, frame);
    assert.not.equal([...frame], [...speech.subarray(12, 172)], 'it is there once');
  }
});

test('sample ring: one sample that is missing is made up, the others are played', () => {
  const ring = new SampleRing(1024);
  ring.begin('PCMU');
  ring.put(0, speech, 0, 0, 80, null);
  ring.put(0, speech, 0, 81, 160, null);
  const frame = new Uint8Array(160);
  ring.play(0, frame);
  assert.equal([...frame].filter((code, at) => code !== speech[at]).length <= 1, true);
  assert.is(frame[80], ulawSilence, 'nothing before it to repeat');
});

test('sample ring: what nobody heard is behind it like what somebody heard, and the gaps after it are filled alike', () => {
  const random = new SimRandom(9);
  const [heard, skipped] = [new SampleRing(1024), new SampleRing(1024)];
  const [one, other] = [new Uint8Array(160), new Uint8Array(160)];
  for (const ring of [heard, skipped]) ring.begin('PCMU');
  let compared = 0;
  for (let frame = 0; frame < 5000; frame++) {
    const place = frame * 160;
    const from = random.below(3) === 0 ? random.below(160) : 0;
    const ahead = random.below(4) === 0 ? 864 - random.below(3) * 80 : 0; // as far as it may lie: over the spots of the frame before
    for (const ring of [heard, skipped]) {
      ring.put(place, speech, frame % 500, from, 160, null);
      if (ahead > 0) ring.put(place + ahead, speech, 3, 0, 160, null);
    }
    if (frame % 7 === 0) for (const ring of [heard, skipped]) ring.makeUp(one);
    heard.play(place, one);
    if (random.below(2) === 0) skipped.skip(place);
    else {
      skipped.play(place, other);
      assert.equal(other, one, `frame ${frame}`);
      compared++;
    }
  }
  assert.ok(compared > 2000);
});

test.run();
