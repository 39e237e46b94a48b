import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage } from '../../support/media/media-stage.ts';

function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

/** Something between noise and a valid packet. */
function mangled(random: SimRandom, honest: Uint8Array): Uint8Array {
  const bytes = random.chance(0.3) ? random.bytes(random.below(300)) : honest.slice(0, random.chance(0.5) ? honest.length : random.below(honest.length));
  for (let n = random.below(6); n > 0 && bytes.length > 0; n--) bytes[random.below(Math.min(bytes.length, 20))] = random.below(256);
  return bytes;
}

test('garbage on both sockets, from the first packet on, over forty seeds: nothing is thrown and a message can still be left', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const stage = await MediaStage.set({ seed });
    const phone = await stage.phone();
    const random = new SimRandom(seed);
    const honest = Uint8Array.from([0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, ...new Uint8Array(160)]);
    const report = Uint8Array.from([0x81, 200, 0, 12, ...random.bytes(48)]);
    stage.start(random.chance(0.5) ? {} : { eventPayloadType: null });
    for (let n = 0; n < 400; n++) {
      phone.sendRaw(mangled(random, honest));
      phone.sendRtcp(mangled(random, report));
      await stage.clock.advance(5);
    }
    stage.command('update', { settings: stage.settings() });
    stage.record();
    const audio = voice(1000, seed);
    phone.sequence = 100;
    phone.ssrc = 0x5a5a5a5a;
    phone.speak(audio);
    await stage.clock.advance(2500);
    stage.command('stop', {});
    await stage.clock.advance(10);
    assert.ok(stage.recorded().includes(Buffer.from(audio.subarray(320))), `seed ${seed}`);
    assert.is(stage.of('stopped').length, 1);
    await stage.end();
  }
});

test.run();
