import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage } from '../../support/media/media-stage.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';

function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

for (const direction of ['recvonly', 'inactive'] as const) {
  test(`${direction}: no RTP leaves, RTCP does; after resume the timestamp has moved on and the prompt continues where it stood`, async () => {
    const prompt = voice(3000);
    const stage = await MediaStage.set({ prompts: { get: () => ({ ulaw: prompt }), ids: () => ['x'] } });
    const phone = await stage.phone();
    stage.start();
    stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'x' }], stopOnDigit: false });
    await stage.clock.advance(1005);
    stage.command('update', { settings: stage.settings({ direction }) });
    const before = phone.heard.length;
    await stage.clock.advance(12_000);
    assert.is(phone.heard.length, before);
    assert.ok(phone.rtcpHeard.length >= 1);
    stage.command('update', { settings: stage.settings() });
    await stage.clock.advance(4000);
    const resumed = phone.heard[before];
    assert.ok(resumed?.marker);
    assert.is(resumed?.sequence, ((phone.heard[before - 1]?.sequence ?? 0) + 1) & 0xffff);
    assert.is(((resumed?.timestamp ?? 0) - (phone.heard[before - 1]?.timestamp ?? 0)) | 0, Math.round(((resumed?.atMs ?? 0) - (phone.heard[before - 1]?.atMs ?? 0)) * 8));
    const played = Buffer.concat(phone.heard.map(({ payload }) => payload));
    assert.ok(played.includes(Buffer.from(prompt)), 'nothing of the prompt was lost to the hold');
    await stage.end();
  });
}

test('hold in mid-recording: what came before and after is there, the hold is not, and it is no silence', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record({ silenceMs: 3000 });
  const before = voice(2000, 1);
  const during = voice(5000, 2);
  const after = voice(2000, 3);
  phone.speak(before);
  await stage.clock.advance(2060);
  stage.command('update', { settings: stage.settings({ direction: 'inactive' }) });
  phone.speak(during); // from a peer that does not keep quiet
  await stage.clock.advance(10_000);
  assert.is(stage.of('record-ended').length, 0);
  stage.command('update', { settings: stage.settings() });
  phone.timestamp = (phone.timestamp + 40_000) | 0;
  phone.speak(after);
  await stage.clock.advance(2300);
  stage.command('stop', {});
  await stage.clock.advance(10);
  const recorded = stage.recorded();
  assert.ok(recorded.includes(Buffer.from(before)));
  assert.ok(recorded.includes(Buffer.from(after)));
  assert.not(recorded.includes(Buffer.from(during.subarray(8000, 9000))));
  assert.ok(recorded.length / 8 < 4600, `${recorded.length / 8} ms`);
  assert.equal(stage.of('record-ended').map(({ lostPackets }) => lostPackets), [0], 'what was sent during the hold is not lost');
  assert.equal(stage.of('stopped').map(({ stats }) => stats.packetsLost), [0]);
  await stage.end();
});

test('a change of law in mid-call: both ways go on in the new one', async () => {
  const prompt = voice(4000);
  const stage = await MediaStage.set({ prompts: { get: () => ({ ulaw: prompt }), ids: () => ['x'] } });
  const phone = await stage.phone();
  stage.start();
  stage.record();
  stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'x' }], stopOnDigit: false });
  const first = voice(1000, 1);
  const second = voice(1000, 2);
  phone.speak(first);
  await stage.clock.advance(1100);
  stage.command('update', { settings: stage.settings({ codec: 'PCMA', payloadType: 8 }) });
  phone.speak(second, { payloadType: 8 });
  await stage.clock.advance(1200);
  stage.command('stop', {});
  await stage.clock.advance(10);
  const byCodec = (codec: string): Buffer => Buffer.concat(stage.of('chunk').filter((chunk) => chunk.codec === codec).map(({ bytes }) => bytes));
  assert.ok(byCodec('PCMU').includes(Buffer.from(first)));
  assert.ok(byCodec('PCMA').includes(Buffer.from(second)));
  const switched = phone.heard.findIndex(({ payloadType }) => payloadType === 8);
  assert.ok(switched >= 54 && switched <= 56);
  assert.ok(phone.heard.slice(switched).every(({ payloadType }) => payloadType === 8));
  await stage.end();
});

test('streams are played from blocks that control supplies, over the whole engine', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  const stored = voice(20_000, 5);
  stage.command('play', { play: 4, items: [{ kind: 'stream', stream: 2, codec: 'PCMU', bytes: stored.length }], stopOnDigit: false });
  let answered = 0;
  for (let ms = 0; ms < 20_500; ms += 10) {
    await stage.clock.advance(10);
    const wants = stage.of('want');
    for (; answered < wants.length; answered++) {
      const { play, stream, offset, bytes } = wants[answered] ?? assert.unreachable() ?? { play: 0, stream: 0, offset: 0, bytes: 0 };
      stage.command('block', { play, stream, offset, bytes: stored.slice(offset, offset + bytes) });
    }
  }
  const heard = Buffer.from(phone.audio());
  const start = heard.indexOf(stored.subarray(0, 800));
  assert.ok(start >= 0 && start <= 320);
  sameBytes(heard.subarray(start, start + stored.length), stored);
  assert.is(stage.of('play-ended')[0]?.reason, 'done');
  await stage.end();
});

test.run();
