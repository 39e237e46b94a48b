import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { movedOn } from '../../../firmware/media/moved-on.ts';
import type { SenderInfo } from '../../../firmware/media/rtcp.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { figure } from '../../support/figure.ts';
import { MediaStage } from '../../support/media/media-stage.ts';
import type { HeardPacket, RtpPhone } from '../../support/media/rtp-phone.ts';
import { RtpPhone as Phone } from '../../support/media/rtp-phone.ts';
import { sharedAddress, TwoEngines } from '../../support/media/two-engines.ts';

const voice = (ms: number, seed = 9): Uint8Array => new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);

/** The one stands, and dies; the other goes on `goneMs` later with what it was told `toldMs` before. */
async function takenOver(two: TwoEngines, phone: RtpPhone, { toldMs = 700, goneMs = 450, ptimeMs = 20 } = {}): Promise<{ before: readonly HeardPacket[]; after: () => readonly HeardPacket[] }> {
  two.start(two.one, { ptimeMs });
  phone.speak(voice(20_000));
  await two.clock.advance(3000);
  const told = await two.report(two.one);
  await two.clock.advance(toldMs);
  two.dies(two.one);
  await two.clock.advance(goneMs);
  const before = [...phone.heard];
  two.start(two.other, { ptimeMs }, movedOn(told, toldMs + goneMs, ptimeMs));
  await two.holds(two.other);
  return { before, after: () => phone.heard.slice(before.length) };
}

const gapMs = (before: readonly HeardPacket[], after: readonly HeardPacket[]): number => (after[0]?.atMs ?? NaN) - (before.at(-1)?.atMs ?? NaN);

for (const bindsAhead of [true, false]) {
  for (const ptimeMs of [20, 30]) {
    test(`the other unit goes on in the same stream, in packets of ${ptimeMs} ms, ${bindsAhead ? 'by sockets that waited for the address' : 'by sockets made when it came'}`, async () => {
      const two = await TwoEngines.make(bindsAhead);
      const phone = await two.phone();
      const { before, after } = await takenOver(two, phone, { ptimeMs });
      await two.clock.advance(2000);
      const [last, first] = [before.at(-1), after()[0]];
      if (last === undefined || first === undefined) throw new Error('one of the two was not heard');
      assert.equal(new Set(phone.heard.map(({ ssrc }) => ssrc)).size, 1);
      assert.equal(after().map(({ marker }) => marker), after().map((_, at) => at === 0));
      const gap = gapMs(before, after());
      const jump = (first.timestamp - last.timestamp) | 0;
      assert.ok(Math.abs(jump - gap * 8) <= 2 * ptimeMs * 8, `${gap} ms passed, and the timestamp moved by ${jump / 8} ms`);
      assert.is((first.sequence - last.sequence) & 0xffff, jump / (ptimeMs * 8), 'a lost packet for each that was due');
      const steps = after().slice(1).map((packet, at) => [(packet.sequence - (after()[at]?.sequence ?? 0)) & 0xffff, (packet.timestamp - (after()[at]?.timestamp ?? 0)) | 0].join());
      assert.equal([...new Set(steps)], [`1,${ptimeMs * 8}`]);
      await two.end();
    });
  }
}

test('whenever it was told and however long nobody had the address, no number comes twice', async () => {
  let worst = 0;
  for (let round = 0; round < 20; round++) {
    const two = await TwoEngines.make();
    const phone = await two.phone();
    const random = new SimRandom(round);
    const { before, after } = await takenOver(two, phone, { toldMs: random.below(1000), goneMs: random.below(500) });
    await two.clock.advance(500);
    const numbers = phone.heard.map(({ sequence }) => sequence);
    assert.is(new Set(numbers).size, numbers.length);
    const [last, first] = [before.at(-1), after()[0]];
    worst = Math.max(worst, Math.abs(((first?.timestamp ?? 0) - (last?.timestamp ?? 0)) / 8 - gapMs(before, after())));
    await two.end();
  }
  figure(`timestamp against time over a takeover: at most ${worst.toFixed(1)} ms apart in 20`);
  assert.ok(worst <= 40, `${worst} ms`);
});

test('a planned move: report, stop, start at the other', async () => {
  let most = 0;
  for (let round = 0; round < 20; round++) {
    const two = await TwoEngines.make();
    const phone = await two.phone();
    two.start(two.one);
    await two.clock.advance(1000 + round * 3);
    const told = await two.report(two.one);
    two.command(two.one, { type: 'stop', quietly: true });
    await two.gives(two.one);
    const before = [...phone.heard];
    await two.clock.advance(5);
    two.start(two.other, {}, movedOn(told, 5, 20));
    await two.holds(two.other);
    await two.clock.advance(100);
    const after = phone.heard.slice(before.length);
    most = Math.max(most, gapMs(before, after));
    assert.is(after[0]?.ssrc, before[0]?.ssrc);
    assert.ok((((after[0]?.sequence ?? 0) - (before.at(-1)?.sequence ?? 0)) & 0xffff) <= 2);
    assert.not(phone.rtcpHeard.flat().some(({ kind }) => kind === 'bye'), 'the stream has no end here');
    await two.end();
  }
  figure(`audio gap of a planned move on virtual time: at most ${most.toFixed(0)} ms in 20`);
  assert.ok(most <= 60, `${most} ms`);
});

test('the report after it is of the same source: name, counts and timestamp go on', async () => {
  const two = await TwoEngines.make();
  const phone = await two.phone();
  const { before } = await takenOver(two, phone);
  const reportsBefore = phone.rtcpHeard.length;
  const namesBefore = phone.rtcpText.map(nameIn);
  await two.clock.advance(10_000);
  const reports = phone.rtcpHeard.slice(reportsBefore).flatMap(([one]) => (one?.kind === 'report' && one.sender !== null ? [{ ssrc: one.ssrc, ...one.sender }] : []));
  assert.ok(reports.length >= 1);
  assert.equal(new Set([...namesBefore, ...phone.rtcpText.map(nameIn)]).size, 1);
  for (const { ssrc, packets, octets } of reports) {
    assert.is(ssrc, before[0]?.ssrc);
    assert.ok(packets > before.length - 40 && packets <= phone.heard.length, `${packets} of ${phone.heard.length}`);
    assert.is(octets, packets * 160);
  }
  const apart = reports.map((info) => apartMs(info, two, phone));
  assert.ok(apart.every((ms) => Math.abs(ms) <= 21), apart.join());
  await two.end();
});

test('a peer behind a NAT is answered where the first unit had heard it, before it says anything', async () => {
  const two = await TwoEngines.make();
  const phone = await two.phone(7000);
  two.start(two.one);
  phone.speak(voice(2000));
  await two.clock.advance(3000);
  const told = await two.report(two.one);
  assert.equal(told.latched, { address: '192.0.2.9', port: 7000 });
  two.dies(two.one);
  const before = phone.heard.length;
  two.start(two.other, {}, movedOn(told, 0, 20));
  await two.holds(two.other);
  await two.clock.advance(100);
  assert.ok(phone.heard.length > before);
  const stranger = await Phone.at(two.clock, two.network.host('192.0.2.66'), 7000, { address: sharedAddress, port: 10_000 });
  stranger.speak(voice(1000));
  await two.clock.advance(1500);
  assert.is(stranger.heard.length, 0, 'and nobody else can take the audio');
  await two.end();
});

test('the audio of the peer is heard by the other unit from the moment it has the address', async () => {
  const two = await TwoEngines.make();
  const phone = await two.phone();
  await takenOver(two, phone);
  two.other.engine.command({ type: 'record', port: 0, session: 1, record: { record: 1, maxMs: 60_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 500 } });
  await two.clock.advance(3000);
  two.command(two.other, { type: 'stop' });
  await two.clock.advance(10);
  const [ended] = two.other.events.filter((event) => event.type === 'record-ended');
  assert.ok((ended?.recordedMs ?? 0) >= 2900, `${ended?.recordedMs} ms`);
  await two.end();
});

test('a session at the shared address says nothing while the unit does not hold it', async () => {
  const two = await TwoEngines.make();
  const phone = await two.phone();
  two.start(two.other);
  await two.clock.advance(1000);
  assert.is(phone.heard.length, 0);
  two.start(two.one);
  await two.clock.advance(1000);
  assert.ok(phone.heard.length > 40);
  two.one.engine.command({ type: 'share', held: false });
  await two.clock.advance(1);
  const told = phone.heard.length;
  const reports = phone.rtcpHeard.length;
  await two.clock.advance(10_000);
  two.command(two.one, { type: 'stop' });
  await two.clock.advance(100);
  assert.equal([phone.heard.length, phone.rtcpHeard.length], [told, reports], 'nor does it say goodbye: the other has the stream');
  await two.end();
});

test('packets to the own address of the unit are not the call at the shared one', async () => {
  const two = await TwoEngines.make();
  const phone = await two.phone();
  const astray = await Phone.at(two.clock, two.network.host('192.0.2.66'), 4000, { address: '192.0.2.1', port: 10_000 });
  two.start(two.one, { remote: null });
  astray.speak(voice(500));
  await two.clock.advance(600);
  assert.equal([astray.heard.length, phone.heard.length], [0, 0]);
  phone.speak(voice(500));
  await two.clock.advance(600);
  assert.ok(phone.heard.length > 20);
  await two.end();
});

test('an engine that follows no address serves such a call at its own, and says so', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.engine.command({ type: 'start', port: 0, session: 1, settings: stage.settings(), shared: true });
  await stage.clock.advance(500);
  assert.ok(phone.heard.length > 20);
  assert.equal(stage.logged, ['no-shared-audio']);
  await stage.end();
});

/** The CNAME in an RTCP packet: 24 hexadecimal digits. */
const nameIn = (text: string): string => /[0-9a-f]{24}/.exec(text)?.[0] ?? 'none';

/** How far a sender report is from the packet sent last before it, in milliseconds: at most one packet time. */
function apartMs({ ntpSeconds, ntpFraction, rtpTimestamp }: SenderInfo, { clock }: TwoEngines, phone: RtpPhone): number {
  const atMs = (ntpSeconds >>> 0) * 1000 - ntpEpochMs + ((ntpFraction >>> 0) / 2 ** 32) * 1000 - (clock.wall() - clock.monotonic());
  const packet = phone.heard.filter((one) => one.atMs - wireMs <= atMs).at(-1);
  return packet === undefined ? NaN : ((rtpTimestamp - packet.timestamp) | 0) / 8 - (atMs - (packet.atMs - wireMs));
}

const ntpEpochMs = 2_208_988_800_000;
const wireMs = 0.5;

test.run();
