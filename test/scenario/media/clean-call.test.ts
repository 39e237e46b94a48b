import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convertTable, silenceCode } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage } from '../../support/media/media-stage.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';

/** Codes without a pattern and without the silence code. */
function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

for (const ptimeMs of [10, 20, 30, 40, 60]) {
  test(`a message in packets of ${ptimeMs} ms is recorded bit by bit`, async () => {
    const stage = await MediaStage.set();
    const phone = await stage.phone();
    stage.start();
    stage.record();
    const audio = voice(12_000);
    await stage.clock.advance(137);
    phone.speak(audio, { ptimeMs });
    await stage.clock.advance(12_400);
    stage.command('stop', {});
    await stage.clock.advance(1);
    const recorded = stage.recorded();
    const start = recorded.indexOf(audio.subarray(0, 1600));
    assert.ok(start >= 0 && start <= 200 * 8, `starts at ${start}`);
    sameBytes(recorded.subarray(start, start + audio.length), audio);
    assert.ok(recorded.subarray(0, start).every((code) => code === silenceCode('PCMU')));
    const [stats] = stage.of('stopped').map(({ stats }) => stats);
    assert.is(stats?.packetsReceived, 12_000 / ptimeMs);
    assert.is((stats?.packetsLost ?? 1) + (stats?.packetsLate ?? 1) + (stats?.packetsDuplicate ?? 1) + (stats?.packetsForeign ?? 1), 0);
    assert.ok((stats?.jitterMs ?? 9) < 0.5);
    const [end] = stage.of('record-ended');
    assert.is(end?.reason, 'stopped');
    assert.is(end?.lostPackets, 0);
    assert.is(end?.recordedMs, recorded.length / 8);
    await stage.end();
  });
}

test('A-law is recorded as it came, also from a peer that sends µ-law all the same', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start({ codec: 'PCMA', payloadType: 8 });
  stage.record();
  const first = voice(2000, 1);
  const second = voice(2000, 2);
  phone.speak(first, { payloadType: 8 });
  await stage.clock.advance(2000);
  phone.speak(second, { payloadType: 0 });
  await stage.clock.advance(2200);
  stage.command('stop', {});
  await stage.clock.advance(1);
  assert.ok(stage.of('chunk').every(({ codec }) => codec === 'PCMA'));
  const table = convertTable('PCMU', 'PCMA');
  const expected = Buffer.concat([first, second.map((code) => table[code] ?? 0)]);
  assert.ok(stage.recorded().includes(expected));
  await stage.end();
});

test('what we send is continuous: every 20 ms, sequence and timestamp without a gap, one marker per talkspurt', async () => {
  const prompt = voice(3000, 3);
  const stage = await MediaStage.set({ prompts: { get: (id) => (id === 'en/x' ? { ulaw: prompt } : null), ids: () => ['en/x'] } });
  assert.equal(stage.of('ready'), [{ type: 'ready', rtpPorts: [10_000], prompts: ['en/x'] }]);
  const phone = await stage.phone();
  stage.start();
  await stage.clock.advance(1000);
  stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'en/x' }], stopOnDigit: false });
  await stage.clock.advance(5000);
  const { heard } = phone;
  assert.is(heard.length, 300);
  heard.forEach((packet, n) => {
    const before = heard[n - 1];
    if (before === undefined) return;
    assert.is(packet.sequence, (before.sequence + 1) & 0xffff);
    assert.is(packet.timestamp, (before.timestamp + 160) | 0);
    assert.is(packet.atMs - before.atMs, 20);
    assert.is(packet.payload.length, 160);
    assert.is(packet.ssrc, before.ssrc);
  });
  assert.equal(heard.flatMap(({ marker }, n) => (marker ? [n] : [])), [0, 50]);
  assert.ok(Buffer.from(phone.audio()).includes(Buffer.from(prompt)), 'the prompt is heard bit by bit');
  assert.equal(stage.of('play-ended').map(({ reason, missingPrompts }) => [reason, missingPrompts]), [['done', []]]);
  stage.command('stop', {});
  await stage.clock.advance(1);
  assert.is(stage.of('stopped')[0]?.stats.packetsSent, 300);
  await stage.end();
});

for (const ptimeMs of [10, 30, 40, 60]) {
  test(`we send in packets of ${ptimeMs} ms when asked to`, async () => {
    const stage = await MediaStage.set();
    const phone = await stage.phone();
    stage.start({ ptimeMs });
    await stage.clock.advance(6005);
    assert.is(phone.heard.length, 6000 / ptimeMs);
    assert.ok(phone.heard.every(({ payload }) => payload.length === ptimeMs * 8));
    assert.ok(phone.heard.every(({ timestamp }, n) => ((timestamp - (phone.heard[0]?.timestamp ?? 0)) | 0) === n * ptimeMs * 8));
    await stage.end();
  });
}

test('a new session has another SSRC, sequence number and timestamp', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  for (let session = 1; session <= 5; session++) {
    stage.start({}, session);
    await stage.clock.advance(40);
    stage.command('stop', {}, session);
    await stage.clock.advance(10);
  }
  const firsts = phone.heard.filter(({ marker }) => marker);
  assert.is(firsts.length, 5);
  for (const field of ['ssrc', 'sequence', 'timestamp'] as const) assert.is(new Set(firsts.map((packet) => packet[field])).size, 5, field);
  await stage.end();
});

test('late commands of an ended session, unknown ports and repeated starts harm nobody', async () => {
  const stage = await MediaStage.set();
  await stage.phone();
  stage.start({}, 5);
  stage.start({}, 5);
  stage.start({}, 4);
  stage.command('stop', {}, 4);
  stage.command('stop-record', {}, 6);
  stage.engine.command({ type: 'stop', port: 7, session: 5 });
  await stage.clock.advance(100);
  assert.is(stage.of('stopped').length, 0);
  assert.equal(stage.logged, ['no-such-media-port']);
  stage.start({}, 6);
  await stage.clock.advance(10);
  assert.equal(stage.of('stopped').map(({ session }) => session), [5], 'a newer session ends the older');
  await stage.end();
  assert.equal(stage.of('stopped').map(({ session }) => session), [5, 6]);
  const told = stage.events.length;
  stage.start({}, 7);
  stage.engine.command({ type: 'shut-down' });
  await stage.clock.advance(10_000);
  assert.is(stage.events.length, told, 'closed is closed');
});

test('events that a command causes come after it has returned, in order', async () => {
  const stage = await MediaStage.set();
  await stage.phone();
  stage.start();
  stage.record();
  stage.command('play', { play: 1, items: [{ kind: 'silence', ms: 1000 }], stopOnDigit: false });
  await stage.clock.advance(100);
  const before = stage.events.length;
  stage.command('stop', {});
  assert.is(stage.events.length, before);
  await stage.clock.advance(0);
  assert.equal(stage.events.slice(before).map(({ type }) => type), ['chunk', 'record-ended', 'play-ended', 'stopped']);
  await stage.end();
});

test('shut-down ends every session in good order', async () => {
  const stage = await MediaStage.set({ ports: 3 });
  const phone = await stage.phone();
  for (let port = 0; port < 3; port++) stage.start({}, 1, port);
  await stage.clock.advance(100);
  stage.engine.command({ type: 'shut-down' });
  await stage.clock.advance(5);
  assert.equal(stage.of('stopped').map(({ port }) => port), [0, 1, 2]);
  assert.is(phone.rtcpHeard.flat().filter(({ kind }) => kind === 'bye').length, 3);
  await stage.end();
});

test('without a session the pacer sleeps; health is told every 5 s', async () => {
  const stage = await MediaStage.set();
  await stage.phone();
  assert.equal(stage.clock.pending().map(({ name }) => name).sort(), ['loop lag', 'media health']);
  stage.start();
  await stage.clock.advance(5000);
  assert.is(stage.of('health')[0]?.activeSessions, 1);
  stage.command('stop', {});
  await stage.clock.advance(10_000);
  assert.equal(stage.clock.pending().map(({ name }) => name).sort(), ['loop lag', 'media health']);
  assert.equal(stage.of('health').map(({ activeSessions }) => activeSessions), [1, 0, 0]);
  await stage.end();
});

test('ports act spread over the packet time', async () => {
  const stage = await MediaStage.set({ ports: 4 });
  const phones = await Promise.all([0, 1, 2, 3].map((port) => stage.phone(4000 + port * 2, undefined, 10_000 + port * 2)));
  phones.forEach((phone, port) => stage.start({ remote: phone.address }, 1, port));
  await stage.clock.advance(1000);
  const phases = phones.map(({ heard }) => Math.floor((heard[5]?.atMs ?? 0) / 10) % 2);
  assert.is(phases.filter((phase) => phase === 0).length, 2);
  await stage.end();
});

test.run();
