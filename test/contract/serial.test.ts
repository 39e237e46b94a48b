import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxSerialPorts } from '../../hal/drivers/linux/linux-serial.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { plainSerial } from '../../hal/serial.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimSerialCable } from '../../hal/sim/sim-serial.ts';
import { PtyCable } from '../support/serial-cable.ts';
import { requires, skipTest } from '../support/skip.ts';
import { realTime, refusal, virtualTime } from './passing.ts';
import { serialContract, type SerialWorld } from './serial-contract.ts';

function simWorld(): SerialWorld & { cable: SimSerialCable; clock: SimClock } {
  const clock = new SimClock();
  const cable = new SimSerialCable(clock, new SimRandom(5));
  const each = (what: 'plug' | 'unplug') => async (): Promise<void> => (['a', 'b'] as const).forEach((end) => cable[what](end));
  return { left: cable.a, right: cable.b, device: { left: '/dev/ttyS1', right: '/dev/ttyS1' }, unplug: each('unplug'), plug: each('plug'), passing: virtualTime(clock), cable, clock };
}

serialContract('sim', simWorld);

const missing = requires('socat');
if (missing === undefined) {
  const cable = new PtyCable();
  const ports = new LinuxSerialPorts(new LinuxClock());
  const world: SerialWorld = { left: ports, right: ports, device: cable, unplug: () => cable.unplug(), plug: () => cable.plug(), passing: realTime };
  test.before(() => cable.plug());
  test.after(() => cable.remove());
  serialContract('linux', () => world);

  test('serial linux: a pseudo-terminal has no break, and says so', async () => {
    const port = await ports.open(cable.left, plainSerial(115_200));
    assert.is(await refusal(realTime, port.sendBreak(10)), 'unsupported');
    await port.close();
  });

  test('serial linux: a pseudo-terminal has no modem lines, and says so', async () => {
    const port = await ports.open(cable.left, plainSerial(115_200));
    assert.is(await refusal(realTime, port.modemLines()), 'unsupported');
    await port.close();
  });

  test('serial linux: with breaks told, every byte still arrives as it was sent, FF and 00 among them', async () => {
    const [one, other] = [await ports.open(cable.left, { ...plainSerial(115_200), breaks: true }), await ports.open(cable.right, plainSerial(115_200))];
    const heard: number[] = [];
    let broke = 0;
    one.received = (bytes) => void heard.push(...bytes);
    one.broke = () => void broke++;
    const sent = [...Array.from({ length: 256 }, (_, byte) => byte), 0xff, 0xff, 0x00, 0x00, 0xff, 0x00, 0x00, 0xff];
    other.write(Uint8Array.from(sent));
    for (const began = Date.now(); heard.length < sent.length && Date.now() - began < 3000; ) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal([heard, broke], [sent, 0]);
    await Promise.all([one.close(), other.close()]);
  });

  test('serial linux: what is no serial device is refused', async () => {
    assert.is(await refusal(realTime, ports.open('/dev/null', plainSerial(115_200))), 'unsupported');
  });

  test('serial linux: two hundred times open and closed, nothing is left open', async () => {
    const { readdirSync } = await import('node:fs');
    const open = (): number => readdirSync('/proc/self/fd').length;
    const cycle = async (): Promise<void> => (await ports.open(cable.left, plainSerial(115_200))).close();
    await cycle();
    const before = open();
    for (let count = 0; count < 200; count++) await cycle();
    assert.ok(open() <= before, `${open()} after ${before}`);
  });
} else skipTest('serial linux', missing);

for (const breaks of [true, false]) {
  test(`serial sim: a break is ${breaks ? 'told' : 'a byte of nothing where nobody asked for it'}, whatever the speeds`, async () => {
    const { cable, clock } = simWorld();
    const [one, other] = [await cable.a.open('/dev/ttyS1', plainSerial(9600)), await cable.b.open('/dev/ttyS1', { ...plainSerial(115_200), breaks })];
    const heard: (number | string)[] = [];
    other.received = (bytes) => void heard.push(...bytes);
    other.broke = () => void heard.push('break');
    await one.sendBreak(250);
    await clock.advance(300);
    assert.equal(heard, [breaks ? 'break' : 0]);
  });
}

test('serial sim: a cable with all its wires shows whether the other end is open; three wires never do', async () => {
  const { cable } = simWorld();
  const one = await cable.a.open('/dev/ttyS1', plainSerial(9600));
  assert.equal(await one.modemLines(), { dsr: false, dcd: false });
  const other = await cable.b.open('/dev/ttyS1', plainSerial(9600));
  assert.equal(await one.modemLines(), { dsr: true, dcd: true });
  cable.lines = 'three-wire';
  assert.equal(await one.modemLines(), { dsr: false, dcd: false });
  cable.lines = 'none';
  assert.is(await one.modemLines().catch((error: { id?: string }) => error.id), 'unsupported');
  await other.close();
});

test('serial sim: bytes take the time of their bits, one after another', async () => {
  const { cable, clock } = simWorld();
  const [one, other] = [await cable.a.open('/dev/ttyS1', plainSerial(9600)), await cable.b.open('/dev/ttyS1', plainSerial(9600))];
  const cameMs: number[] = [];
  other.received = () => void cameMs.push(clock.monotonic());
  one.write(new Uint8Array(96));
  one.write(new Uint8Array(96));
  await clock.advance(1000);
  assert.equal(cameMs, [100, 200]);
});

test('serial sim: ends of unlike speed hear garbage; loss loses, noise turns bits, a cut wire is silent one way', async () => {
  const { cable, clock } = simWorld();
  const [one, other] = [await cable.a.open('/dev/ttyS1', plainSerial(9600)), await cable.b.open('/dev/ttyS1', plainSerial(19_200))];
  const heard = { one: [] as number[], other: [] as number[] };
  one.received = (bytes) => void heard.one.push(...bytes);
  other.received = (bytes) => void heard.other.push(...bytes);
  const sent = new Uint8Array(200).fill(0x55);
  const carried = async (): Promise<number[]> => {
    heard.other.length = 0;
    one.write(sent);
    await clock.advance(1000);
    return [...heard.other];
  };
  assert.ok((await carried()).filter((byte) => byte === 0x55).length < 20);
  await other.setBaud(9600);
  assert.equal(await carried(), [...sent]);
  cable.fault('a', { loss: 0.5 });
  const some = (await carried()).length;
  assert.ok(some > 60 && some < 140, `${some}`);
  cable.fault('a', { loss: 0, noise: 0.5 });
  const turned = (await carried()).filter((byte) => byte !== 0x55).length;
  assert.ok(turned > 60 && turned < 140, `${turned}`);
  cable.fault('a', { noise: 0, cut: true });
  assert.equal(await carried(), []);
  other.write(sent);
  await clock.advance(1000);
  assert.is(heard.one.length, 200);
});

test.run();
