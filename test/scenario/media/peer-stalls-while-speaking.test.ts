import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage, phoneAddress, unitAddress } from '../../support/media/media-stage.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';

/** Event number of # (RFC 4733 3.2). */
const pound = 11;
const audio = new SimRandom(9).bytes(8000 * 8).map((byte) => byte % 100);

/** A phone says all of `audio`; every second, its packets stand still for `stallMs` and then come all at once. */
async function stalling(stallMs: number): Promise<MediaStage> {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  phone.speak(audio);
  for (let second = 0; second < 8; second++) {
    await stage.clock.advance(1000 - stallMs);
    for (let leftMs = stallMs; leftMs > 0; leftMs -= 20) {
      stage.network.fault(phoneAddress, unitAddress, { delayMs: leftMs });
      await stage.clock.advance(20);
    }
    stage.network.fault(phoneAddress, unitAddress, { delayMs: 0.5 });
  }
  await stage.clock.advance(40); // what is under way
  return stage;
}

async function hungUp(stage: MediaStage): Promise<Buffer> {
  stage.command('stop-record', {});
  stage.command('stop', {});
  await stage.clock.advance(10);
  await stage.end();
  return stage.recorded();
}

for (const stallMs of [60, 100, 200, 400, 600]) {
  test(`a busy phone whose packets come ${stallMs} ms late each second leaves what it said, sample by sample`, async () => {
    const recorded = await hungUp(await stalling(stallMs));
    sameBytes(recorded.subarray(recorded.indexOf(audio.subarray(0, 800))).subarray(0, audio.length), audio, 'the message');
  });
}

test('a caller who hangs up with the last word: what waits in the buffer is in the message', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  phone.speak(audio);
  await stage.clock.advance(2001);
  const recorded = await hungUp(stage);
  const end = recorded.indexOf(audio.subarray(16_000 - 160, 16_000));
  assert.ok(end > 0, 'the last packet that came is there');
});

test('a key that ends the message takes nothing from the words before it', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  phone.speak(audio.subarray(0, 16_000));
  await stage.clock.advance(2000);
  phone.press(pound);
  await stage.clock.advance(300);
  const recorded = await hungUp(stage);
  assert.ok(recorded.indexOf(audio.subarray(16_000 - 160, 16_000)) > 0);
  assert.is(stage.of('record-ended')[0]?.reason, 'digit');
});

test.run();
