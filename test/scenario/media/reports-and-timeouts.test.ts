import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeReport } from '../../../firmware/media/rtcp.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage, phoneAddress, unitAddress } from '../../support/media/media-stage.ts';
import { RtpPhone } from '../../support/media/rtp-phone.ts';

function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

test('both ends measure the round trip and each other\'s losses', async () => {
  const stage = await MediaStage.set({ ports: 1 });
  const phone = await stage.phone();
  stage.network.faultBoth(phoneAddress, unitAddress, { delayMs: 40 });
  stage.network.fault(phoneAddress, unitAddress, { loss: 0.1 });
  stage.start();
  phone.speak(voice(30_000));
  let answered = 0;
  for (let at = 0; at < 30_000; at += 100) {
    await stage.clock.advance(100);
    const report = phone.rtcpHeard.at(-1)?.[0];
    if (phone.rtcpHeard.length === answered || report?.kind !== 'report' || report.sender === null) continue;
    answered = phone.rtcpHeard.length;
    const lastReport = (report.sender.ntpSeconds << 16) | (report.sender.ntpFraction >>> 16);
    const bytes = new Uint8Array(64);
    await stage.clock.advance(500); // the delay the phone tells; at most 100 ms more passed unnoticed before
    const block = { ssrc: report.ssrc, fractionLost: 0, cumulativeLost: 0, highestSequence: 0, jitter: 0, lastReport, delay: Math.round(0.5 * 65_536) };
    phone.sendRtcp(bytes.subarray(0, writeReport(bytes, 0, phone.ssrc, null, block)));
  }
  stage.command('stop', {});
  await stage.clock.advance(100);
  const stats = stage.of('stopped')[0]?.stats;
  assert.ok((stats?.roundTripMs ?? 0) >= 79 && (stats?.roundTripMs ?? 0) <= 181, String(stats?.roundTripMs));
  const reports = phone.rtcpHeard.flat().flatMap((packet) => (packet.kind === 'report' ? packet.blocks : []));
  assert.ok(reports.length >= 4);
  assert.ok(reports.every(({ ssrc }) => ssrc === phone.ssrc));
  const fractions = reports.slice(1).map(({ fractionLost }) => fractionLost / 256);
  assert.ok(fractions.reduce((sum, one) => sum + one, 0) / fractions.length > 0.05);
  assert.ok(Math.abs((reports.at(-1)?.cumulativeLost ?? 0) - (stats?.packetsLost ?? -99)) < 60);
  assert.equal(phone.rtcpHeard.at(-1)?.map(({ kind }) => kind), ['report', 'bye']);
  await stage.end();
});

test('RTCP goes where SDP says, then where the peer\'s RTCP comes from; strangers cannot divert it', async () => {
  const stage = await MediaStage.set();
  const announced = await stage.phone(4000);
  const elsewhere = await RtpPhone.at(stage.clock, stage.network.host(phoneAddress), 7000, { address: unitAddress, port: 10_000 });
  const stranger = await RtpPhone.at(stage.clock, stage.network.host('192.0.2.66'), 7000, { address: unitAddress, port: 10_000 });
  stage.start({ remoteRtcp: { address: phoneAddress, port: 7001 } });
  announced.speak(voice(60_000));
  await stage.clock.advance(8000);
  assert.ok(elsewhere.rtcpHeard.length >= 1 && announced.rtcpHeard.length === 0);
  const bytes = new Uint8Array(32);
  const length = writeReport(bytes, 0, 5, null, null);
  stranger.sendRtcp(bytes.subarray(0, length));
  await stage.clock.advance(10_000);
  assert.is(stranger.rtcpHeard.length, 0);
  const before = elsewhere.rtcpHeard.length;
  announced.sendRtcp(bytes.subarray(0, length));
  await stage.clock.advance(10_000);
  assert.ok(announced.rtcpHeard.length >= 1);
  assert.is(elsewhere.rtcpHeard.length, before);
  await stage.end();
});

test('no RTP for 30 s is told, then every 30 s; a packet starts it anew', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  phone.speak(voice(1000));
  await stage.clock.advance(91_500);
  assert.equal(stage.of('rtp-timeout').map(({ silentMs }) => Math.round(silentMs / 1000)), [30, 60, 90]);
  phone.speak(voice(100));
  await stage.clock.advance(60_500);
  assert.equal(stage.of('rtp-timeout').map(({ silentMs }) => Math.round(silentMs / 1000)), [30, 60, 90, 30, 60]);
  await stage.end();
});

test('on hold silence is expected; after it the time begins anew; 0 = never told', async () => {
  const stage = await MediaStage.set({ rtpTimeoutMs: 5000 });
  await stage.phone();
  stage.start({ direction: 'sendonly' });
  await stage.clock.advance(60_000);
  assert.is(stage.of('rtp-timeout').length, 0);
  stage.command('update', { settings: stage.settings() });
  await stage.clock.advance(4900);
  assert.is(stage.of('rtp-timeout').length, 0);
  await stage.clock.advance(200);
  const silentMs = stage.of('rtp-timeout')[0]?.silentMs ?? 0;
  assert.ok(silentMs >= 5000 && silentMs <= 5020, String(silentMs));
  await stage.end();
  const never = await MediaStage.set({ rtpTimeoutMs: 0 });
  never.start();
  await never.clock.advance(120_000);
  assert.is(never.of('rtp-timeout').length, 0);
  await never.end();
});

test('comfort noise and empty packets keep the call alive and are silence', async () => {
  const stage = await MediaStage.set({ rtpTimeoutMs: 5000 });
  const phone = await stage.phone();
  stage.start();
  stage.record();
  for (let n = 0; n < 20; n++) {
    phone.sendPacket(n % 2 === 0 ? Uint8Array.of(60) : new Uint8Array(0), n % 2 === 0 ? 13 : 0, false);
    await stage.clock.advance(1000);
  }
  assert.is(stage.of('rtp-timeout').length, 0);
  assert.ok(stage.recorded().every((code) => code === 0xff));
  await stage.end();
});

test.run();
