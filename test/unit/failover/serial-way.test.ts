import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { beatBytes } from '../../../firmware/failover/beat.ts';
import { cobsBytes, cobsBytesOf, cobsFrame, CobsReader } from '../../../firmware/failover/cobs.ts';
import { serialBeatMs, serialEvery } from '../../../firmware/failover/serial-pace.ts';
import { SerialWay } from '../../../firmware/failover/serial-way.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimSerialCable } from '../../../hal/sim/sim-serial.ts';

test('frames have no zero but their last byte, and give back what was put in', () => {
  const random = new SimRandom(1);
  const samples = [new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(0, 0), Uint8Array.of(1), new Uint8Array(300).fill(7), new Uint8Array(254).fill(7), new Uint8Array(255), Uint8Array.of(1, 0, 2)];
  for (let count = 0; count < 500; count++) samples.push(random.bytes(random.below(600)).map((byte) => (byte < 60 ? 0 : byte)));
  for (const bytes of samples) {
    const frame = cobsFrame(bytes);
    assert.is(frame.indexOf(0), frame.length - 1);
    assert.ok(frame.length <= cobsBytes(bytes.length));
    assert.equal([...(cobsBytesOf(frame.subarray(0, -1)) ?? [])], [...bytes]);
  }
  // The examples of Wikipedia's article, which are the paper's.
  assert.equal([...cobsFrame(Uint8Array.of(0x11, 0x22, 0, 0x33))], [3, 0x11, 0x22, 2, 0x33, 0]);
  assert.equal([...cobsFrame(Uint8Array.of(0, 0))], [1, 1, 1, 0]);
});

test('a reader finds frames in torn pieces and behind noise; what is too long or broken is none', () => {
  const found: (number[] | null)[] = [];
  const reader = new CobsReader(4, (bytes) => void found.push(bytes === null ? null : [...bytes]));
  const stream = [...cobsFrame(Uint8Array.of(1, 0, 2)), 0, 9, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, ...cobsFrame(Uint8Array.of(0, 0, 0, 4))];
  for (const byte of stream) reader.read(Uint8Array.of(byte));
  assert.equal(found, [[1, 0, 2], null, null, [0, 0, 0, 4]]);
  const random = new SimRandom(2);
  for (let count = 0; count < 2000; count++) reader.read(random.bytes(random.below(40)));
});

test('how many beats a line takes', () => {
  assert.is(Math.round(serialBeatMs(115_200) * 10), 57);
  assert.equal([115_200, 57_600, 38_400, 19_200, 9600].map((baud) => serialEvery(baud, 25)), [1, 1, 2, 3, 6]);
  assert.equal([10, 25, 100].map((beatMs) => serialEvery(38_400, beatMs)), [4, 2, 1]);
});

function two(baud = 115_200) {
  const clock = new SimClock();
  const cable = new SimSerialCable(clock, new SimRandom(3));
  const end = (which: 'a' | 'b') => {
    const seen = { frames: [] as (number | null)[], there: [] as boolean[], deaf: [] as string[], listening: 0 };
    const way = new SerialWay(clock, cable[which], { device: '/dev/ttyS1', baud }, 25, {
      listening: () => void seen.listening++,
      received: (bytes) => void seen.frames.push(bytes === null ? null : (bytes[0] as number)),
      there: (there) => void seen.there.push(there),
      deaf: (error) => void seen.deaf.push(String(error)),
    });
    return { way, seen };
  };
  return { clock, cable, a: end('a'), b: end('b') };
}

const beat = (first: number): Uint8Array => new Uint8Array(beatBytes).fill(1).fill(first, 0, 1);

async function beats({ clock, a }: ReturnType<typeof two>, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    a.way.send(beat(at % 200), false);
    await clock.advance(25);
  }
}

test('each beat comes at 115,200 bit/s, each sixth at 9,600, and news at once', async () => {
  for (const [baud, expected] of [[115_200, 60], [9600, 10]] as const) {
    const world = two(baud);
    for (const { way } of [world.a, world.b]) way.open();
    await settle();
    await beats(world, 60);
    await world.clock.advance(100);
    assert.is(world.b.seen.frames.filter((frame) => frame !== null).length, expected, `${baud}`);
    for (let count = 0; count < 10; count++) world.a.way.send(beat(222), true);
    await world.clock.advance(500);
    const urgent = world.b.seen.frames.filter((frame) => frame === 222).length;
    assert.ok(urgent >= 3 && urgent <= 5, `${urgent}`);
    for (const { way } of [world.a, world.b]) way.close();
    assert.equal(world.clock.pending(), []);
  }
});

test('noise: what is no frame is told as such, and frames come again when it is over', async () => {
  const world = two();
  for (const { way } of [world.a, world.b]) way.open();
  await settle();
  world.cable.fault('a', { noise: 0.2, loss: 0.05 });
  await beats(world, 100);
  assert.ok(world.b.seen.frames.filter((frame) => frame === null).length > 5);
  world.cable.fault('a', { noise: 0, loss: 0 });
  const before = world.b.seen.frames.length;
  await beats(world, 100);
  assert.ok(world.b.seen.frames.slice(before).filter((frame) => frame !== null).length >= 99);
});

test('unplugged and plugged: told once, tried each second, heard again', async () => {
  const world = two();
  for (const { way } of [world.a, world.b]) way.open();
  await settle();
  world.cable.unplug('b');
  await world.clock.advance(5500);
  assert.equal([world.b.seen.there, world.b.seen.deaf.length], [[true, false, false, false, false, false, false].slice(0, world.b.seen.there.length), 2]);
  world.cable.plug('b');
  await world.clock.advance(1000);
  assert.is(world.b.seen.there.at(-1), true);
  await beats(world, 10);
  assert.is(world.b.seen.frames.length, 10);
});

test('another program has the line: told with its reason, and taken when it is free', async () => {
  const world = two();
  const other = await world.cable.b.open('/dev/ttyS1', { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' });
  world.b.way.open();
  await world.clock.advance(3500);
  assert.equal(world.b.seen.deaf, ['HalError: /dev/ttyS1: another program has it']);
  await other.close();
  await world.clock.advance(1000);
  assert.is(world.b.seen.listening, 1);
});

test.run();
