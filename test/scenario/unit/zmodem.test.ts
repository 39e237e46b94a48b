// Files over a bad line: our sender and our receiver on virtual time, with every octet at risk.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawChannel } from '../../../firmware/console/zmodem/raw-channel.ts';
import { receiveFiles, sendFile } from '../../../firmware/console/zmodem/zmodem-transfer.ts';
import { plainSerial } from '../../../hal/serial.ts';
import type { SerialPort } from '../../../hal/serial.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimSerialCable } from '../../../hal/sim/sim-serial.ts';
import { Outbox, serialOutbox } from '../../../firmware/console/outbox.ts';

const device = '/dev/ttyS1';

function channelOf(port: SerialPort, clock: SimClock): RawChannel {
  const out = new Outbox({ write: (bytes) => port.write(bytes), close: () => undefined }, clock, () => undefined, serialOutbox);
  const channel: RawChannel = {
    write: (bytes) => out.writeBytes(bytes),
    get waitingBytes() {
      return out.waitingBytes;
    },
    drop: () => out.clear(),
    received: null,
    closed: null,
  };
  port.received = (bytes) => channel.received?.(bytes.slice());
  port.closed = () => channel.closed?.();
  return channel;
}

async function world(seed = 1) {
  const clock = new SimClock();
  const random = new SimRandom(seed);
  const cable = new SimSerialCable(clock, random);
  const [near, far] = [channelOf(await cable.a.open(device, plainSerial(115_200)), clock), channelOf(await cable.b.open(device, plainSerial(115_200)), clock)];
  const [sender, receiver] = [new AbortController(), new AbortController()];
  return { clock, random, cable, near, far, sender, receiver };
}

type World = Awaited<ReturnType<typeof world>>;

async function both({ clock, near, far, sender, receiver }: World, bytes: Uint8Array, { accepts = () => true, mostBytes = 4_000_000, limitMs = 3_600_000 }: { accepts?: (name: string, bytes: number | null) => boolean; mostBytes?: number; limitMs?: number } = {}) {
  let sent: unknown = null;
  let received: Awaited<ReturnType<typeof receiveFiles>> | null = null;
  void receiveFiles({ clock, channel: far, signal: receiver.signal }, accepts, mostBytes).then((result) => (received = result));
  void sendFile({ clock, channel: near, signal: sender.signal }, { name: 'file.bin', bytes }).then((end) => (sent = end));
  await clock.until(() => sent !== null && received !== null, limitMs, 50);
  return { sent, received: received as Awaited<ReturnType<typeof receiveFiles>> | null };
}

for (const size of [0, 1, 1023, 1024, 1025, 100_000]) {
  test(`${size} bytes over a good line`, async () => {
    const here = await world(size + 1);
    const bytes = here.random.bytes(size);
    const { sent, received } = await both(here, bytes);
    assert.equal([sent, received?.end], ['done', 'done']);
    assert.equal(received?.files.map((file) => [file.name, Buffer.compare(file.bytes, bytes)]), [['file.bin', 0]]);
    if (size === 100_000) assert.ok(here.clock.monotonic() < 13_000, `${here.clock.monotonic()} ms for what takes 9.3 s on the wire and an eighth more for the escapes`);
  });
}

for (const [what, faults] of [['one octet in 2,000 turned', { noise: 0.0005 }], ['one octet in 2,000 lost', { loss: 0.0005 }], ['both, twice as often', { noise: 0.001, loss: 0.001 }]] as const) {
  test(`noisy-line: ${what}, both ways: the file is whole`, async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const here = await world(seed);
      for (const end of ['a', 'b'] as const) here.cable.fault(end, faults);
      const bytes = here.random.bytes(40_000);
      const { sent, received } = await both(here, bytes);
      assert.is(received?.files.length, 1, `seed ${seed}: ${JSON.stringify([sent, received?.end])}`);
      assert.is(Buffer.compare(received?.files[0]?.bytes ?? Buffer.alloc(0), bytes), 0, `seed ${seed}`);
      assert.is(sent, 'done', `seed ${seed}`);
    }
  });
}

test('nobody-at-the-other-end: both give up by themselves, and say so', async () => {
  const one = await world();
  for (const end of ['a', 'b'] as const) one.cable.fault(end, { cut: true });
  const { sent, received } = await both(one, new Uint8Array(10));
  assert.equal([sent, received?.end], [{ failed: 'nobody receives' }, { failed: 'nobody sends' }]);
  assert.ok(one.clock.monotonic() < 90_000);
});

test('a file that is not wanted is refused, and the sender is told', async () => {
  const here = await world();
  const { sent, received } = await both(here, new Uint8Array(5000), { accepts: (_, bytes) => (bytes ?? 0) < 1000 });
  assert.equal([sent, received?.end, received?.files.length], ['refused', 'done', 0]);
});

test('more than was promised: ended on both sides, nothing is kept', async () => {
  const here = await world();
  const { sent, received } = await both(here, new Uint8Array(50_000), { mostBytes: 10_000 });
  assert.equal([sent, received?.end, received?.files.length], ['cancelled', { failed: 'the file is larger than 10000 bytes' }, 0]);
});

test('broken off by either side in mid-file: the other ends too, within a second', async () => {
  for (const who of ['sender', 'receiver'] as const) {
    const here = await world();
    here.clock.after('break off', 2000, () => here[who].abort());
    const { sent, received } = await both(here, new Uint8Array(100_000).fill(7), { limitMs: 3500 });
    assert.equal([sent, received?.end], ['cancelled', 'cancelled'], who);
    await here.clock.advance(2000);
    assert.equal(here.clock.pending(), [], 'nothing of it goes on');
  }
});

test('cable-pulled-in-mid-file: both ends know at once', async () => {
  const here = await world();
  here.clock.after('pull', 2000, () => (here.cable.unplug('a'), here.cable.unplug('b')));
  const { sent, received } = await both(here, new Uint8Array(100_000), { limitMs: 2500 });
  assert.equal([sent, received?.end, received?.files.length], ['cancelled', 'cancelled', 0]);
});

test('line-dead-for-ten-seconds in mid-file: it goes on from where it was, or is known to be damaged', async () => {
  const here = await world();
  here.clock.after('dead', 2000, () => here.cable.fault('a', { cut: true }));
  here.clock.after('alive', 12_000, () => here.cable.fault('a', { cut: false }));
  const bytes = here.random.bytes(80_000);
  const { sent, received } = await both(here, bytes);
  // Whole writes were lost, which no CRC of a subpacket can show; the checksum of the file does.
  if (received?.files.length === 0) return assert.equal([sent, received.end], ['cancelled', { failed: 'the file came damaged: send it again' }]);
  assert.is(Buffer.compare(received?.files[0]?.bytes ?? Buffer.alloc(0), bytes), 0, JSON.stringify([sent, received?.end]));
  assert.is(sent, 'done');
});

test.run();
