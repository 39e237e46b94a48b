// Calls in progress when the service moves: two whole units, named after what happens.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Caller, Rank } from '../../support/follow-world.ts';
import { FollowWorld, frame, frameMs, framesIn } from '../../support/follow-world.ts';
import { sdpText } from '../../support/sip/message-text.ts';

const oneSsrc = ({ phone }: Caller): number => new Set(phone.heard.map(({ ssrc }) => ssrc)).size;

/** The frames that are missing between the first and the last that a message has, in milliseconds. */
function missingMs(frames: readonly number[]): number {
  return ((frames.at(-1) ?? 0) - (frames[0] ?? 0) + 1 - frames.length) * frameMs;
}

const rises = (frames: readonly number[]): boolean => frames.every((nth, index) => index === 0 || nth > (frames[index - 1] ?? 0));

async function heardIn(world: FollowWorld, rank: Rank): Promise<number[]> {
  const messages = world.messages(rank);
  assert.is(messages.length, 1, `${messages.length} messages at the ${rank}`);
  return framesIn(await world.audioOf(rank, messages[0] as never));
}

test('primary-dies-while-a-caller-speaks: the same message goes on at the backup, BYE is answered, less than a second is missing', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 9000);
  await world.clock.advance(4000);
  const [there] = world.unit('primary').calls.summaries();
  assert.equal([there?.doing, there?.partner], ['recording', 'followed']);
  world.die('primary');
  await world.clock.advance(2000);
  assert.is(world.unit('backup').pair.status().role, 'backup-active');
  const [here] = world.unit('backup').calls.summaries();
  assert.equal([here?.doing, here?.mailbox, here?.port, here?.partner], ['recording', '201', there?.port, 'carried on']);
  await world.clock.advance(4000);
  caller.call.request('BYE');
  await world.clock.advance(500);
  assert.is(caller.call.response('BYE', 200).status, 200);
  const frames = await heardIn(world, 'backup');
  assert.ok(rises(frames), 'in order, each once');
  assert.ok(missingMs(frames) <= 1000, `${missingMs(frames)} ms are missing`);
  assert.ok(frames.length * frameMs >= 7500);
  assert.is(oneSsrc(caller), 1);
  assert.ok(rises(caller.phone.heard.map(({ atMs }) => atMs)));
  await world.stop();
});


/** The longest time without a packet of the unit, from `fromMs` on. */
function gapMs({ phone }: Caller, fromMs: number): number {
  const times = phone.heard.map(({ atMs }) => atMs).filter((atMs) => atMs >= fromMs - 50);
  return Math.round(Math.max(0, ...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))));
}

/** Moves the service by command, and lets the call end there. */
async function moved(world: FollowWorld, caller: Caller, to: Rank): Promise<number> {
  const beganMs = world.clock.monotonic();
  const { ok } = to === 'backup' ? world.unit('primary').pair.failover() : world.unit('backup').pair.failback();
  assert.ok(ok);
  await world.clock.advance(1000);
  assert.is(world.unit(to).pair.status().role, `${to}-active`);
  return gapMs(caller, beganMs);
}

/** By whoever has the call. */
async function hangsUpAt(world: FollowWorld, caller: Caller): Promise<void> {
  caller.call.request('BYE');
  await world.clock.advance(1000);
  assert.is(caller.call.response('BYE', 200).status, 200);
}

async function hangsUp(world: FollowWorld, caller: Caller): Promise<void> {
  caller.call.request('BYE');
  await world.clock.advance(1000);
  assert.is(caller.call.response('BYE', 200).status, 200);
  assert.equal([world.unit('primary'), world.unit('backup')].map((unit) => unit.calls.counters.active), [0, 0]);
}

test('failover by command: audio stops for three packets at most, and the message is at the backup alone', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 9000);
  await world.clock.advance(3000);
  const gap = await moved(world, caller, 'backup');
  assert.ok(gap <= 60, `${gap} ms without audio`);
  assert.is(world.unit('primary').calls.counters.active, 0);
  assert.equal(await world.machines.primary.storage.list('new'), [], 'its part is gone: the partner has the recording durably');
  await world.clock.advance(4000);
  await hangsUp(world, caller);
  const frames = await heardIn(world, 'backup');
  assert.ok(rises(frames));
  assert.ok(missingMs(frames) <= 200, `${missingMs(frames)} ms are missing`);
  assert.equal(world.messages('primary'), []);
  assert.is(oneSsrc(caller), 1);
  assert.is(world.messages('backup')[0]?.takenFor?.length, 16, 'taken for the primary');
  await world.stop();
});

test('there and back: the call ends where it began, with one message, and nothing at the other unit', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 14_000);
  await world.clock.advance(3000);
  await moved(world, caller, 'backup');
  await world.clock.advance(4000);
  assert.is(world.unit('backup').calls.summaries()[0]?.partner, 'followed, carried on');
  const gap = await moved(world, caller, 'primary');
  assert.ok(gap <= 60, `${gap} ms without audio`);
  await world.clock.advance(3000);
  await hangsUp(world, caller);
  const frames = await heardIn(world, 'primary');
  assert.ok(rises(frames));
  assert.ok(missingMs(frames) <= 400, `${missingMs(frames)} ms are missing`);
  assert.equal(world.messages('backup'), []);
  assert.equal(await world.machines.backup.storage.list('new'), []);
  assert.is(oneSsrc(caller), 1);
  await world.stop();
});

test('a unit that is stopped in good order gives its calls away, without a BYE', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 9000);
  await world.clock.advance(3000);
  const beganMs = world.clock.monotonic();
  await world.during(world.unit('primary').stop(2000));
  world.machines.primary.clock.die();
  await world.clock.advance(500);
  assert.is(world.unit('backup').pair.status().role, 'backup-active');
  assert.is(world.peer.requests('BYE').length, 0);
  assert.ok(gapMs(caller, beganMs) <= 100, `${gapMs(caller, beganMs)} ms without audio`);
  await world.clock.advance(3000);
  caller.call.request('BYE');
  await world.clock.advance(1000);
  const frames = await heardIn(world, 'backup');
  assert.ok(rises(frames) && missingMs(frames) <= 400, `${missingMs(frames)} ms are missing`);
  assert.equal(await world.machines.primary.storage.list('new'), []);
  await world.stop();
});

test('primary-dies-during-the-greeting: it is heard again at the backup, and the caller leaves the message there', async () => {
  const world = await FollowWorld.start();
  const caller = await world.dial('201');
  await world.clock.advance(300);
  assert.is(world.unit('primary').calls.summaries()[0]?.doing, 'greeting');
  world.die('primary');
  await world.clock.advance(1500);
  assert.is(world.unit('backup').calls.summaries()[0]?.doing, 'greeting');
  await world.clock.advance(6000);
  assert.is(world.unit('backup').calls.summaries()[0]?.doing, 'recording');
  assert.is(oneSsrc(caller), 1);
  await world.stop();
});

/** The greeting of 201 at either unit, of numbered frames, as the site's state brings it to both. */
async function greetsWithFrames(world: FollowWorld, seconds: number): Promise<void> {
  for (const rank of ['primary', 'backup'] as const) {
    const { greetings } = world.unit(rank).store;
    const writer = await world.during(greetings.begin('201', 'greeting', 'PCMU'));
    for (let second = 0; second < seconds; second++) assert.ok(writer.append(Buffer.concat(Array.from({ length: 50 }, (_, nth) => frame(50 * second + nth))), 0));
    await world.during(writer.finish('digit').then((recorded) => greetings.commit('201', 'greeting', recorded)));
  }
}

const heardFrames = ({ phone }: Caller): number[] => framesIn(Buffer.concat(phone.heard.map(({ payload }) => payload)));

test('a call moves amid a recorded greeting, there and back: the caller hears it on from where it was', async () => {
  const world = await FollowWorld.start();
  await greetsWithFrames(world, 12);
  const caller = await world.dial('201');
  await world.clock.advance(3000);
  for (const [to, seconds] of [['backup', 6], ['primary', 9]] as const) {
    await moved(world, caller, to);
    await world.clock.advance(2000);
    assert.is(world.unit(to).calls.summaries()[0]?.doing, 'greeting');
    const frames = heardFrames(caller);
    assert.ok((frames.at(-1) ?? 0) * frameMs >= seconds * 1000 - 100, `${frames.at(-1)} is the last one that is heard`);
    assert.ok(rises(frames), `at the ${to} nothing is heard twice`);
    assert.ok(missingMs(frames) <= 100, `${missingMs(frames)} ms are missing`);
  }
  await world.stop();
});

/** A tone of 1,000 Hz has the same samples each 8 bytes, and is no silence. */
const beeps = (caller: Caller, fromMs: number): number =>
  caller.phone.heard.filter(({ atMs, payload }) => atMs > fromMs && new Set(payload).size > 1 && payload.every((byte, index) => index < 8 || byte === payload[index - 8])).length;

test('primary-dies-during-the-record-tone: it is not given twice, and recording begins', async () => {
  const world = await FollowWorld.start();
  const caller = await world.dial('201');
  caller.phone.press(11, 100);
  assert.ok(await world.clock.until(() => world.unit('primary').calls.summaries()[0]?.doing === 'beep', 2000));
  await world.clock.advance(100);
  assert.ok(beeps(caller, 0) > 0);
  world.die('primary');
  const diedMs = world.clock.monotonic();
  await world.clock.advance(1500);
  assert.is(world.unit('backup').calls.summaries()[0]?.doing, 'recording');
  assert.is(beeps(caller, diedMs + 20), 0, 'no second tone');
  await world.stop();
});

test('the caller hangs up in the blink before the primary dies: the call that the backup carries on ends for want of audio', async () => {
  const world = await FollowWorld.start({ sections: 'rtp: { timeoutSec: 20 }' });
  const caller = await world.speaks('201', 3000);
  await world.clock.advance(3000);
  world.cut(true);
  caller.call.request('BYE');
  await world.clock.advance(100);
  world.die('primary');
  world.cut(false);
  await world.clock.advance(2000);
  assert.is(world.unit('backup').calls.counters.active, 1);
  await world.clock.advance(30_000);
  assert.is(world.unit('backup').calls.counters.active, 0);
  assert.is(world.messages('backup').length, 1);
  caller.call.request('BYE');
  await world.clock.advance(500);
  assert.is(caller.call.response('BYE', 481).status, 481, 'to a dialog that nobody knows');
  await world.stop();
});

test('backup-dies-and-returns while a caller speaks: nobody notices, and it follows again, the whole recording', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 20_000);
  await world.clock.advance(3000);
  const diedMs = world.clock.monotonic();
  world.die('backup');
  await world.clock.advance(3000);
  assert.is(world.unit('primary').calls.summaries()[0]?.partner, 'not followed');
  await world.reboot('backup');
  await world.follows('primary');
  assert.is(world.unit('primary').calls.summaries()[0]?.partner, 'followed');
  assert.ok(gapMs(caller, diedMs) <= 40);
  world.die('primary');
  await world.clock.advance(3000);
  await hangsUpAt(world, caller);
  const frames = await heardIn(world, 'backup');
  assert.is(frames[0], 0);
  assert.ok(rises(frames) && missingMs(frames) <= 1000, `${missingMs(frames)} ms are missing`);
  await world.stop();
});

test('calls: end. A call ends with the unit that has it', async () => {
  const world = await FollowWorld.start({ calls: 'end' });
  await world.dial('201').then(() => assert.unreachable(), (error: Error) => assert.match(error.message, /the answer names 10\.0\.0\.2/));
  await world.stop();
});

test('primary-dies-while-an-owner-is-in-the-menu: they are in it at the backup, logged in, and keys work', async () => {
  const world = await FollowWorld.start();
  const pin = await world.during(world.unit('primary').owners.resetPin('201'));
  const caller = await world.dial('*17');
  await world.clock.advance(1500);
  const press = async (keys: string): Promise<void> => {
    for (const key of keys) {
      caller.phone.press('0123456789*#'.indexOf(key), 100);
      await world.clock.advance(300);
    }
  };
  await press('201#');
  await world.clock.advance(800);
  await press(`${pin}#`);
  await world.clock.advance(3000);
  assert.is(world.unit('primary').calls.summaries()[0]?.doing, 'main');
  world.die('primary');
  await world.clock.advance(1500);
  assert.is(world.unit('backup').calls.summaries()[0]?.doing, 'main');
  await press('2');
  await world.clock.advance(1200);
  assert.is(world.unit('backup').calls.summaries()[0]?.doing, 'main', 'no old messages: in the main menu again');
  assert.ok(caller.phone.heard.some(({ atMs }) => atMs > world.clock.monotonic() - 100), 'it speaks');
  await press('0');
  await world.clock.advance(3000);
  assert.is(world.peer.requests('BYE').length, 1, 'the backup ends the call that the owner leaves');
  await world.stop();
});

test('primary-dies-while-a-caller-is-on-hold: nothing is recorded until they are back', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 3000);
  await world.clock.advance(3000);
  caller.call.request('INVITE', { body: sdpText({ port: caller.phone.address.port, direction: 'sendonly', version: 2 }) });
  await world.clock.advance(200);
  caller.call.ack();
  await world.clock.advance(1000);
  world.die('primary');
  await world.clock.advance(4000);
  assert.is(world.unit('backup').calls.summaries()[0]?.doing, 'recording');
  caller.call.request('INVITE', { body: sdpText({ port: caller.phone.address.port, version: 3 }) });
  await world.clock.advance(200);
  assert.is(caller.call.response('INVITE', 200).status, 200);
  caller.call.ack();
  caller.phone.speak(Buffer.concat(Array.from({ length: 100 }, (_, nth) => frame(500 + nth))));
  await world.clock.advance(2500);
  await hangsUpAt(world, caller);
  const frames = await heardIn(world, 'backup');
  assert.ok(rises(frames) && frames.includes(0) && frames.includes(590), `${frames[0]} to ${frames.at(-1)}`);
  await world.stop();
});

test('the-disk-of-the-backup-refuses when it takes over: the caller is told that the message was saved so far, and the primary still has its part', async () => {
  const world = await FollowWorld.start();
  await world.speaks('201', 9000);
  await world.clock.advance(4000);
  world.machines.backup.storage.fault = ({ kind, path }) => (kind === 'rename' && path.includes('.part') ? 'io' : null);
  world.die('primary');
  await world.clock.advance(4000);
  assert.equal(world.messages('backup'), []);
  assert.ok(world.unit('backup').calls.summaries()[0]?.doing !== 'recording');
  await world.reboot('primary');
  await world.clock.advance(3000);
  assert.equal(world.messages('primary').map(({ interrupted }) => interrupted), [true], 'what it had recorded was saved');
  await world.stop();
});

test('the two units are cut off from each other, both serve, and the call ends up at one of them, once', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 20_000);
  await world.clock.advance(3000);
  world.cut(true);
  await world.clock.advance(3000);
  assert.equal(world.roles(), ['primary-active', 'backup-active']);
  world.cut(false);
  await world.clock.advance(6000);
  assert.equal(world.roles(), ['failback', 'backup-active'], 'the higher epoch wins');
  assert.equal([world.unit('primary'), world.unit('backup')].map((unit) => unit.calls.counters.active), [0, 1]);
  assert.is(world.peer.requests('BYE').length, 0);
  await world.clock.advance(2000);
  await hangsUpAt(world, caller);
  const frames = await heardIn(world, 'backup');
  assert.ok(rises(frames), 'in order');
  await world.stop();
});

test('a move does not wait for calls that follow, and says so to graceful failback', async () => {
  const world = await FollowWorld.start({ pair: 'failback: graceful' });
  await world.speaks('201', 60_000);
  await world.clock.advance(2000);
  world.die('primary');
  await world.clock.advance(2000);
  await world.reboot('primary');
  assert.ok(await world.clock.until(() => world.roles().join() === 'primary-active,backup-standby', 15_000, 50), world.roles().join());
  await world.clock.advance(1000);
  assert.is(world.unit('primary').calls.counters.active, 1, 'with the call, which is not over yet');
  await world.stop();
});

test('nothing is left behind', async () => {
  const world = await FollowWorld.start();
  const caller = await world.speaks('201', 4000);
  await world.clock.advance(2000);
  await moved(world, caller, 'backup');
  await world.clock.advance(1000);
  await hangsUp(world, caller);
  await world.stop();
  await world.clock.advance(40_000);
  assert.equal(world.clock.pending().map(({ name }) => name), []);
});

test.run();
