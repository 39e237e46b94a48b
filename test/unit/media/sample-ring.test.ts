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

test.run();
