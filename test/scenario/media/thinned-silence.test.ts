import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage } from '../../support/media/media-stage.ts';

const prompt = new SimRandom(9).bytes(3000 * 8).map((byte) => byte % 100);
const prompts = { get: () => ({ ulaw: prompt }), ids: () => ['x'] };
const play = { play: 1, items: [{ kind: 'prompt' as const, id: 'x' }], stopOnDigit: false };

test('while a caller is recorded a second of silence goes out whole, then a packet every 200 ms, on time and numbered without a gap', async () => {
  const stage = await MediaStage.set({ silentPacketMs: 200 });
  const phone = await stage.phone();
  stage.start();
  stage.record();
  await stage.clock.advance(5000);
  const packets = phone.heard;
  const gaps = packets.slice(1).map(({ atMs }, at) => Math.round(atMs - (packets[at]?.atMs ?? 0)));
  assert.equal(gaps.slice(0, 48), Array(48).fill(20));
  assert.equal(gaps.slice(50).filter((gap) => gap !== 200), []);
  assert.is(packets.length, 50 + 20);
  packets.slice(1).forEach(({ sequence, timestamp, atMs, marker }, at) => {
    const before = packets[at];
    assert.is(sequence, ((before?.sequence ?? 0) + 1) & 0xffff);
    assert.is((timestamp - (before?.timestamp ?? 0)) | 0, Math.round(atMs - (before?.atMs ?? 0)) * 8);
    assert.is(marker, atMs - (before?.atMs ?? 0) > 20, 'the marker follows a pause');
  });
  await stage.end();
});

test('what is played in mid-silence begins with the next packet, marked, and is whole', async () => {
  const stage = await MediaStage.set({ silentPacketMs: 1000, prompts });
  const phone = await stage.phone();
  stage.start();
  stage.record();
  await stage.clock.advance(2345);
  const before = phone.heard.length;
  stage.command('play', play);
  await stage.clock.advance(3500);
  const first = phone.heard[before];
  assert.ok(first?.marker);
  assert.ok((first?.atMs ?? 0) <= 2345 + 25, `at ${first?.atMs}`);
  assert.ok(Buffer.concat(phone.heard.slice(before).map(({ payload }) => payload)).includes(Buffer.from(prompt)));
  await stage.end();
});

test('digits in mid-silence are sent whole, as events and as tones', async () => {
  for (const eventPayloadType of [101, null]) {
    const stage = await MediaStage.set({ silentPacketMs: 1000 });
    const phone = await stage.phone();
    stage.start({ eventPayloadType });
    stage.record();
    await stage.clock.advance(3000);
    const before = phone.heard.length;
    stage.command('send-digits', { digits: '1', toneMs: 100, gapMs: 100 });
    await stage.clock.advance(400);
    assert.ok(phone.heard.length - before >= 8, `${phone.heard.length - before} packets`);
    await stage.end();
  }
});

for (const ptimeMs of [10, 30, 60]) {
  test(`packets of ${ptimeMs} ms are thinned to the next one after 200 ms, and reports count what left`, async () => {
    const stage = await MediaStage.set({ silentPacketMs: 200 });
    const phone = await stage.phone();
    stage.start({ ptimeMs });
    stage.record();
    await stage.clock.advance(12_000);
    const late = phone.heard.filter(({ atMs }) => atMs > 2000);
    const gaps = late.slice(1).map(({ atMs }, at) => Math.round(atMs - (late[at]?.atMs ?? 0)));
    assert.equal([...new Set(gaps)], [Math.ceil(200 / ptimeMs) * ptimeMs]);
    stage.command('stop', {});
    await stage.clock.advance(10);
    assert.is(stage.of('stopped')[0]?.stats.packetsSent, phone.heard.length);
    await stage.end();
  });
}

test('when the recording ends all silence is sent again, and where nothing is recorded', async () => {
  const stage = await MediaStage.set({ silentPacketMs: 200 });
  const phone = await stage.phone();
  stage.start();
  await stage.clock.advance(3000);
  assert.ok(phone.heard.length >= 149, `${phone.heard.length}`);
  stage.record();
  await stage.clock.advance(3000);
  stage.command('stop-record', {});
  const before = phone.heard.length;
  await stage.clock.advance(1000);
  assert.ok(phone.heard.length - before >= 49, `${phone.heard.length - before}`);
  await stage.end();
});

test('unless it is set all silence is sent', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  await stage.clock.advance(5000);
  assert.ok(phone.heard.length >= 249, `${phone.heard.length}`);
  await stage.end();
});

test.run();
