import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { correction, pollSec, retrySec } from '../../../firmware/time/correction.ts';
import { ntpAnswer, ntpQuestion } from '../../../firmware/time/sntp-packet.ts';
import { TimeKeeper } from '../../../firmware/time/time-keeper.ts';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { timeval } from '../../../hal/drivers/linux/linux-clock-setter.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimClockSetter } from '../../../hal/sim/sim-clock-setter.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

/** Seconds of NTP's era. */
const eraSec = 2_208_988_800;

interface Told {
  readonly aheadMs?: number;
  readonly change?: (packet: Buffer) => Buffer | null;
}

function answerTo(question: Uint8Array, nowMs: number, { change }: Told = {}): Buffer | null {
  const packet = Buffer.alloc(48);
  packet[0] = 0x24;
  packet[1] = 2;
  Buffer.from(question).copy(packet, 24, 40, 48);
  for (const at of [32, 40]) {
    packet.writeUInt32BE((Math.floor(nowMs / 1000) + eraSec) % 2 ** 32, at);
    packet.writeUInt32BE(Math.floor(((nowMs % 1000) / 1000) * 2 ** 32), at + 4);
  }
  return change === undefined ? packet : change(packet);
}

async function world(servers: Record<string, Told | null>, startMs?: number) {
  const clock = new SimClock(startMs);
  const trueMs = Date.UTC(2026, 5, 1) - clock.monotonic();
  const network = new SimNetwork(clock, new SimRandom(3));
  const host = network.host('10.0.0.1');
  const log = new UnitLog(clock, 'debug');
  const setter = new SimClockSetter(clock);
  const asked: string[] = [];
  for (const [address, told] of Object.entries(servers)) {
    const socket = await network.host(address).datagram.bind({ address, port: 123 });
    socket.received = (bytes, from) => {
      asked.push(address);
      const answer = told === null ? null : answerTo(bytes, trueMs + clock.monotonic() + (told.aheadMs ?? 0), told);
      if (answer !== null) socket.send(answer, from);
    };
  }
  const named = { list: Object.keys(servers) as readonly string[] };
  const keeper = new TimeKeeper({ clock, log, random: new SimRandom(4), datagram: host.datagram, net: host.net, setter, servers: async () => named.list });
  const offMs = (): number => trueMs + clock.monotonic() - clock.wall();
  return { clock, log, setter, asked, named, keeper, offMs };
}

test('time: a clock that is far off is set at once, and told to whoever keeps it over the power', async () => {
  const { clock, log, setter, keeper, offMs } = await world({ '10.0.0.2': {} });
  keeper.start();
  await clock.advance(10_000);
  assert.ok(Math.abs(offMs()) < 5, `${offMs()} ms`);
  assert.match(setter.done.join(), /^step \d+,told$/);
  assert.is(`step ${keeper.steppedMs},told`, setter.done.join());
  assert.match(log.last(10).map(({ text }) => text).join(), 'was set by 10.0.0.2: it was');
  assert.is(keeper.status().server, '10.0.0.2');
  keeper.stop();
  assert.is(clock.pending().length, 0);
});

test('time: what drifts later is slewed, and asked for ever more rarely', async () => {
  const { clock, setter, asked, keeper } = await world({ '10.0.0.2': {} });
  keeper.start();
  await clock.advance(10_000);
  clock.stepWall(-300);
  await clock.advance(64_000);
  assert.match(setter.done.join(), /^step \d+,told,slew 30\d,told$|^step \d+,told,slew 29\d,told$/);
  const before = asked.length;
  await clock.advance(4 * 3_600_000);
  assert.ok(asked.length - before < 4 * 3.6 * 3 + 12, `${asked.length - before} questions in four hours`);
  keeper.stop();
});

test('time: a server that does not answer, or does not know the time, is passed over', async () => {
  const worse = (packet: Buffer): Buffer => (packet.writeUInt8(0xe4, 0), packet);
  const { clock, setter, keeper, asked } = await world({ '10.0.0.2': null, '10.0.0.3': { change: worse }, '10.0.0.4': {} });
  keeper.start();
  await clock.advance(20_000);
  assert.is(keeper.status().server, '10.0.0.4');
  assert.is(setter.done.length, 2);
  assert.equal(asked.slice(0, 3), ['10.0.0.2', '10.0.0.3', '10.0.0.4']);
  keeper.stop();
});

test('time: without a server it is told once that the clock is the machine\'s own, and one that DHCP names later is found', async () => {
  const { clock, log, named, keeper } = await world({ '10.0.0.2': {} });
  named.list = [];
  keeper.start();
  await clock.advance(1_800_000);
  assert.is(log.last(100).filter(({ event }) => event === 'time-untold').length, 1);
  named.list = ['10.0.0.2'];
  await clock.advance(1_100_000);
  assert.is(keeper.status().server, '10.0.0.2');
  keeper.stop();
});

test('time: servers that somebody sets are asked at once, also while others are asked, and if they do not answer as soon as at the start', async () => {
  const { clock, named, asked, keeper } = await world({ '10.0.0.2': {}, '10.0.0.3': null });
  keeper.askAnew();
  named.list = [];
  keeper.start();
  await clock.advance(1_800_000);
  named.list = ['10.0.0.3'];
  keeper.askAnew();
  await clock.advance(1000);
  named.list = ['10.0.0.2'];
  keeper.askAnew();
  await clock.advance(1500);
  assert.is(keeper.status().server, '10.0.0.2');
  assert.equal(asked.slice(0, 2), ['10.0.0.3', '10.0.0.2']);
  named.list = ['10.0.0.3'];
  keeper.askAnew();
  const before = asked.length;
  await clock.advance(11_000);
  assert.is(asked.length - before, 2, 'at once, and 8 s after there was no answer');
  named.list = ['10.0.0.2'];
  keeper.askAnew();
  const times: number[] = [];
  for (const ms of [3000, 17_000, 40_000, 64_000]) {
    const from = asked.length;
    await clock.advance(ms);
    times.push(asked.slice(from).filter((server) => server === '10.0.0.2').length);
  }
  const questions = times[0] as number;
  assert.equal(times, [questions, 2 * questions, 0, questions], 'at once, twice soon after, since the way to it may be a new one by then, and then seldom');
  assert.ok(questions > 0);
  keeper.stop();
  await clock.advance(10_000);
  assert.is(clock.pending().length, 0);
});

test('time: a machine that may not set its clock is told once, and goes on', async () => {
  const { clock, log, setter, keeper } = await world({ '10.0.0.2': {} });
  setter.fails = 'permission-denied';
  keeper.start();
  await clock.advance(600_000);
  assert.is(log.last(100).filter(({ event }) => event === 'clock-not-set').length, 1);
  keeper.stop();
});

test('time: answers that are none', () => {
  const nonce = Buffer.from('01234567');
  const good = answerTo(ntpQuestion(nonce), Date.UTC(2026, 5, 1)) as Buffer;
  const changed = (at: number, value: number): Buffer => {
    const packet = Buffer.from(good);
    packet[at] = value;
    return packet;
  };
  assert.is(ntpAnswer(good, nonce)?.sentMs, Date.UTC(2026, 5, 1));
  const bad: readonly (readonly [string, Buffer])[] = [
    ['short', good.subarray(0, 47)], ['a question', changed(0, 0x23)], ['not synchronised', changed(0, 0xe4)], ['kiss of death', changed(1, 0)], ['stratum 16', changed(1, 16)], ['another nonce', changed(24, 0)], ['far from the source', changed(5, 4)],
  ];
  for (const [name, packet] of bad) assert.is(ntpAnswer(packet, nonce), null, name);
});

test('time: the era that begins in 2036', () => {
  const nonce = Buffer.from('01234567');
  const then = Date.UTC(2040, 0, 1);
  assert.is(ntpAnswer(answerTo(ntpQuestion(nonce), then) as Buffer, nonce)?.sentMs, then);
});

test('time: step, slew, nothing; and how often', () => {
  const kind = (offsetMs: number, isFirst: boolean): string => correction(offsetMs, isFirst).kind;
  assert.equal([kind(1, true), kind(-100, true), kind(-128, true), kind(999, false), kind(-1000, false)], ['none', 'slew', 'step', 'slew', 'step']);
  assert.equal([1, 2, 3, 9].map(pollSec), [64, 256, 1024, 1024]);
  assert.equal([1, 2, 8, 99].map(retrySec), [8, 16, 1024, 1024]);
});

test('time: seconds and microseconds of the kernel, the latter never negative', () => {
  assert.equal([...timeval(1500)], [1n, 500_000n]);
  assert.equal([...timeval(-1)], [-1n, 999_000n]);
  assert.equal([...timeval(-1000)], [-1n, 0n]);
});

test.run();
