import { mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxLocalStreams } from '../../hal/drivers/linux/linux-local-stream.ts';
import type { LocalConnection, LocalStreams } from '../../hal/local-stream.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimLocalStreams } from '../../hal/sim/sim-local-stream.ts';
import type { Passing } from './passing.ts';
import { realTime, refusal, until, virtualTime } from './passing.ts';

interface World {
  readonly streams: LocalStreams;
  readonly path: string;
  readonly passing: Passing;
  /** A name whose program has ended. */
  leave(path: string): void;
}

const linux = (): World => ({ streams: new LinuxLocalStreams(), path: path.join(mkdtempSync(path.join(tmpdir(), 'sock-')), 'a.sock'), passing: realTime, leave: leaveSocket });

/** A program that binds and is killed. */
function leaveSocket(name: string): void {
  const program = `require('net').createServer().listen(${JSON.stringify(name)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program]);
}

const sim = (): World => {
  const clock = new SimClock();
  const streams = new SimLocalStreams(clock);
  return { streams, path: '/data/a.sock', passing: virtualTime(clock), leave: (name) => streams.leave(name) };
};

for (const [driver, make] of [['linux', linux], ['sim', sim]] as const) {
  const joined = async (world: World) => {
    const arrived: LocalConnection[] = [];
    const listener = await world.streams.listen(world.path, (connection) => void arrived.push(connection));
    const near = await world.streams.connect(world.path);
    await until(world.passing, 'accepted', () => arrived.length === 1);
    return { listener, near, far: arrived[0] as LocalConnection };
  };

  test(`local stream ${driver}: bytes go both ways, in order, and a close is told to both`, async () => {
    const world = make();
    const { listener, near, far } = await joined(world);
    const heard = { near: '', far: '', closes: 0 };
    near.received = (bytes) => void (heard.near += Buffer.from(bytes).toString());
    far.received = (bytes) => void (heard.far += Buffer.from(bytes).toString());
    near.closed = far.closed = (error) => void (heard.closes += error === null ? 1 : 100);
    for (const part of ['one ', 'two ', 'three']) near.write(Buffer.from(part));
    far.write(Buffer.from('back'));
    await until(world.passing, 'both heard', () => heard.far === 'one two three' && heard.near === 'back');
    far.write(Buffer.from('!'));
    far.close();
    await until(world.passing, 'closed', () => heard.closes === 2);
    assert.is(heard.near, 'back!', 'what was queued still left');
    assert.is(near.write(Buffer.from('x')), false);
    listener.close();
  });

  test(`local stream ${driver}: a name in use is refused, one left behind is taken over`, async () => {
    const world = make();
    const { listener, near } = await joined(world);
    assert.is(await refusal(world.passing, world.streams.listen(world.path, () => undefined)), 'address-in-use');
    near.close();
    listener.close();
    await world.passing.pass(50);
    assert.is(await refusal(world.passing, world.streams.connect(world.path)), 'not-found');
    world.leave(world.path);
    assert.is(await refusal(world.passing, world.streams.connect(world.path)), 'connection-refused');
    (await world.streams.listen(world.path, () => undefined)).close();
  });

  test(`local stream ${driver}: a path that the kernel would cut is refused`, async () => {
    const world = make();
    const long = `${world.path}${'x'.repeat(120)}`;
    assert.is(await refusal(world.passing, world.streams.listen(long, () => undefined)), 'too-large');
    assert.is(await refusal(world.passing, (async () => world.streams.connect(long))()), 'too-large');
  });
}

test('local stream linux: only the owner may use the name', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sock-'));
  mkdirSync(path.join(folder, 'open'), { mode: 0o777 });
  const name = path.join(folder, 'open', 'a.sock');
  const listener = await new LinuxLocalStreams().listen(name, () => undefined);
  assert.is(statSync(name).mode & 0o777, 0o600);
  listener.close();
});

test.run();
