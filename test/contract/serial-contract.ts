import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainSerial, type SerialPort, type SerialPorts } from '../../hal/serial.ts';
import { type Passing, refusal, result, until } from './passing.ts';

/** Two serial devices joined by a cable. */
export interface SerialWorld {
  readonly left: SerialPorts;
  readonly right: SerialPorts;
  /** Name of the device at each end. */
  readonly device: { readonly left: string; readonly right: string };
  /** Both adapters are pulled out, and put in again. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  readonly passing: Passing;
}

/** What every `SerialPorts` does. */
export function serialContract(driver: string, world: () => SerialWorld): void {
  const check = (name: string, body: (world: SerialWorld) => Promise<void>): void => test(`serial ${driver}: ${name}`, () => body(world()));

  const both = async ({ left, right, device, passing }: SerialWorld, baud = 115_200) => {
    const ends = [await result(passing, left.open(device.left, plainSerial(baud))), await result(passing, right.open(device.right, plainSerial(baud)))] as const;
    return { ports: ends, heard: ends.map(heardBy), close: async () => void (await result(passing, Promise.all(ends.map((port) => port.close())))) };
  };

  check('bytes of every value go both ways, in order', async (world) => {
    const { ports: [one, other], heard, close } = await both(world);
    const all = Uint8Array.from({ length: 256 }, (_, at) => at);
    assert.ok(one.write(all) && other.write(all.slice().reverse()));
    await until(world.passing, 'all came', () => heard.every((bytes) => bytes.length === 256));
    assert.equal(heard[1], [...all]);
    assert.equal(heard[0], [...all].reverse());
    await close();
  });

  check('what was written may be used again at once', async (world) => {
    const { ports: [one], heard, close } = await both(world);
    const bytes = Uint8Array.of(1, 2, 3);
    one.write(bytes);
    bytes.fill(9);
    await until(world.passing, 'it came', () => heard[1]?.length === 3);
    assert.equal(heard[1], [1, 2, 3]);
    await close();
  });

  check('a device that is not there is not found', async ({ left, passing }) => {
    assert.is(await refusal(passing, left.open('/dev/understudy-has-no-such', plainSerial(115_200))), 'not-found');
  });

  check('a device is one program\'s alone, until it is closed', async (world) => {
    const { left, device, passing } = world;
    const port = await result(passing, left.open(device.left, plainSerial(115_200)));
    assert.is(await refusal(passing, left.open(device.left, plainSerial(115_200))), 'busy');
    await result(passing, port.close());
    await result(passing, port.close());
    const again = await result(passing, left.open(device.left, plainSerial(115_200)));
    await result(passing, again.close());
  });

  check('after close nothing is taken and nothing is called', async (world) => {
    const { ports: [one, other], heard, close } = await both(world);
    let closed = 0;
    one.closed = () => void closed++;
    await result(world.passing, one.close());
    assert.not(one.write(Uint8Array.of(1)));
    other.write(Uint8Array.of(2));
    await world.passing.pass(100);
    assert.equal([heard[0], closed], [[], 0]);
    assert.is(await refusal(world.passing, one.setBaud(9600)), 'closed');
    await close();
  });

  check('both may change their speed and go on', async (world) => {
    const { ports, heard, close } = await both(world, 19_200);
    for (const port of ports) await result(world.passing, port.setBaud(115_200));
    ports[0].write(Uint8Array.of(5, 6));
    await until(world.passing, 'it came', () => heard[1]?.length === 2);
    assert.equal(heard[1], [5, 6]);
    await close();
  });

  check('more than may wait is refused whole', async (world) => {
    const { ports: [one], close } = await both(world);
    let taken = 0;
    while (taken < 100 && one.write(new Uint8Array(1000))) taken++;
    assert.is(taken, 4);
    await close();
  });

  check('unplugged: told once as a lost connection, not found then, and good again when it is back', async (world) => {
    const { left, device, passing } = world;
    const { ports: [one, other], close } = await both(world);
    const told: string[] = [];
    one.closed = ({ id }) => void told.push(id);
    other.closed = () => undefined;
    await world.unplug();
    await until(passing, 'it was told', () => told.length > 0);
    assert.not(one.write(Uint8Array.of(1)));
    assert.is(await refusal(passing, left.open(device.left, plainSerial(115_200))), 'not-found');
    await world.plug();
    const again = await result(passing, left.open(device.left, plainSerial(115_200)));
    await result(passing, again.close());
    await close();
    assert.equal(told, ['connection-lost']);
  });
}

function heardBy(port: SerialPort): number[] {
  const heard: number[] = [];
  port.received = (bytes) => void heard.push(...bytes);
  return heard;
}
