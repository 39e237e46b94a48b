import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { LinkFaults } from '../../../hal/sim/sim-net.ts';
import { MediaStage, phoneAddress, unitAddress } from '../../support/media/media-stage.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';

function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

/** One call that leaves `audio` as a message over a faulty link. */
async function message(audio: Uint8Array, faults: Partial<LinkFaults>, options: { seed?: number; ppm?: number } = {}): Promise<MediaStage> {
  const stage = await MediaStage.set({ seed: options.seed ?? 1 });
  const phone = await stage.phone();
  stage.network.fault(phoneAddress, unitAddress, faults);
  stage.start();
  stage.record();
  phone.speak(audio, { ppm: options.ppm ?? 0 });
  await stage.clock.advance(audio.length / 8 + 500);
  stage.command('stop', {});
  await stage.clock.advance(10);
  await stage.end();
  return stage;
}

/** How many of the packets of `audio` are in the recording, in order and unchanged. */
function packetsFound(recorded: Buffer, audio: Uint8Array): number {
  let found = 0;
  let from = 0;
  for (let at = 0; at + 160 <= audio.length; at += 160) {
    const place = recorded.indexOf(audio.subarray(at, at + 160), from);
    if (place < 0) continue;
    found++;
    from = place + 160;
  }
  return found;
}

test('20 % loss: what came is recorded in its place, what did not is made up and counted', async () => {
  const audio = voice(30_000);
  const stage = await message(audio, { loss: 0.2 });
  const recorded = stage.recorded();
  const stats = stage.of('stopped')[0]?.stats;
  const received = stats?.packetsReceived ?? 0;
  assert.ok(received > 1100 && received < 1300, String(received));
  assert.ok(Math.abs((stats?.packetsLost ?? 0) + received - 1500) <= 5);
  assert.is(stats?.packetsLate, 0);
  assert.is(packetsFound(recorded, audio), received);
  assert.is(stage.of('record-ended')[0]?.lostPackets, stats?.packetsLost);
  assert.is(stage.of('chunk').reduce((sum, { lostPackets }) => sum + lostPackets, 0), stats?.packetsLost);
  const first = recorded.indexOf(audio.subarray(audio.length - 3200, audio.length - 2400)) - recorded.indexOf(audio.subarray(1600, 1760));
  if (first > 0) assert.ok(Math.abs(first - (audio.length - 3200 - 1600)) <= 320, 'the timeline neither shrinks nor grows');
});

test('duplicates change nothing but a counter', async () => {
  const audio = voice(10_000);
  const stage = await message(audio, { duplicate: 0.5 });
  assert.ok(stage.recorded().includes(Buffer.from(audio)));
  const stats = stage.of('stopped')[0]?.stats;
  assert.ok((stats?.packetsDuplicate ?? 0) > 200);
  assert.is(stats?.packetsLost, 0);
});

test('packets that overtake each other by 30 ms change nothing', async () => {
  const audio = voice(10_000);
  const stage = await message(audio, { reorder: 0.3, reorderByMs: 30 });
  const recorded = stage.recorded();
  const start = recorded.indexOf(audio.subarray(1600, 2400));
  assert.ok(start > 0);
  sameBytes(recorded.subarray(start, start + audio.length - 1600), audio.subarray(1600));
  assert.is(stage.of('stopped')[0]?.stats.packetsLost, 0);
});

test('jitter of 80 ms: all but a few packets are recorded', async () => {
  const audio = voice(30_000);
  const stage = await message(audio, { jitterMs: 80 });
  assert.ok(packetsFound(stage.recorded(), audio) >= 1490, String(packetsFound(stage.recorded(), audio)));
  assert.ok((stage.of('stopped')[0]?.stats.jitterMs ?? 0) > 3);
});

test('loss, duplicates, reordering and jitter together, from twenty seeds: everything that came in time is there', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const audio = voice(8000, seed);
    const stage = await message(audio, { loss: 0.1, duplicate: 0.1, reorder: 0.1, jitterMs: 30 }, { seed });
    const stats = stage.of('stopped')[0]?.stats;
    const distinct = (stats?.packetsReceived ?? 0) - (stats?.packetsDuplicate ?? 0);
    const found = packetsFound(stage.recorded(), audio);
    assert.ok(found >= distinct - (stats?.packetsLate ?? 0) - 5, `seed ${seed}: ${found} of ${distinct}, late ${stats?.packetsLate}`);
    assert.ok((stats?.packetsLate ?? 99) <= 12, `seed ${seed}: late ${stats?.packetsLate}`);
  }
});

test('a network that stands still for 600 ms and then delivers all: nothing is lost', async () => {
  const audio = voice(10_000);
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  phone.speak(audio);
  await stage.clock.advance(4000);
  stage.network.fault(phoneAddress, unitAddress, { delayMs: 600 });
  await stage.clock.advance(10);
  for (let delayMs = 600; delayMs > 0; delayMs -= 20) {
    stage.network.fault(phoneAddress, unitAddress, { delayMs });
    await stage.clock.advance(20);
  }
  stage.network.fault(phoneAddress, unitAddress, { delayMs: 0.5 });
  await stage.clock.advance(8000);
  stage.command('stop', {});
  await stage.clock.advance(10);
  const recorded = stage.recorded();
  sameBytes(recorded.subarray(recorded.indexOf(audio.subarray(0, 800))).subarray(0, audio.length), audio, 'the message');
  assert.is(stage.of('stopped')[0]?.stats.packetsLate, 0);
  await stage.end();
});

for (const ppm of [200, -200]) {
  test(`a phone whose clock is ${ppm} ppm off for five minutes: the message is what was said, sample by sample`, async () => {
    const talk = voice(2000);
    const audio = new Uint8Array(300_000 * 8).fill(0xff);
    for (let at = 0; at < audio.length; at += 24_000) audio.set(talk.subarray(0, 16_000), at); // 2 s of speech, 1 s of pause
    const stage = await message(audio, {}, { ppm });
    const recorded = stage.recorded();
    const stats = stage.of('stopped')[0]?.stats;
    assert.is((stats?.packetsLost ?? 1) + (stats?.packetsLate ?? 1), 0);
    sameBytes(recorded.subarray(recorded.length - audio.length), audio, 'the message');
  });
}

test('a new SSRC in mid-call is followed at the price of one packet', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  const first = voice(3000, 1);
  const second = voice(3000, 2);
  phone.speak(first);
  await stage.clock.advance(3000);
  phone.ssrc = 0x77777777;
  phone.sequence = 12;
  phone.timestamp = 4711;
  phone.speak(second);
  await stage.clock.advance(3200);
  stage.command('stop', {});
  await stage.clock.advance(10);
  assert.ok(stage.recorded().includes(Buffer.from(first)));
  assert.ok(stage.recorded().includes(Buffer.from(second.subarray(160))));
  await stage.end();
});

test('single packets under other SSRCs, as an attacker or a confused mixer sends them, are passed over', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  const audio = voice(4000);
  phone.speak(audio);
  for (let n = 0; n < 30; n++) {
    await stage.clock.advance(97);
    const { ssrc, sequence, timestamp } = phone;
    Object.assign(phone, { ssrc: n, sequence: n * 999, timestamp: n * 55_555 });
    phone.sendPacket(new Uint8Array(160).fill(1), 0, false);
    Object.assign(phone, { ssrc, sequence, timestamp });
  }
  await stage.clock.advance(1500);
  stage.command('stop', {});
  await stage.clock.advance(10);
  assert.ok(stage.recorded().includes(Buffer.from(audio)));
  assert.is(stage.of('stopped')[0]?.stats.packetsForeign, 30);
  await stage.end();
});

test('a storm of 20,000 packets a second from elsewhere and of garbage from the peer does not touch the recording', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  const stranger = await stage.phone(5000, '192.0.2.66');
  stage.start();
  stage.record();
  const audio = voice(1000);
  phone.speak(audio);
  await stage.clock.advance(150); // pinned
  const random = new SimRandom(66);
  for (let n = 0; n < 850; n++) {
    for (let each = 0; each < 10; each++) {
      stranger.sendPacket(new Uint8Array(160).fill(7), 0, true);
      phone.sendRaw(random.bytes(random.below(40)));
    }
    await stage.clock.advance(1);
  }
  await stage.clock.advance(300);
  stage.command('stop', {});
  await stage.clock.advance(10);
  assert.ok(stage.recorded().includes(Buffer.from(audio)));
  const stats = stage.of('stopped')[0]?.stats;
  assert.ok((stats?.packetsForeign ?? 0) >= 8500, String(stats?.packetsForeign));
  assert.ok((stats?.packetsUnusable ?? 0) >= 8000, String(stats?.packetsUnusable));
  await stage.end();
});

test.run();
