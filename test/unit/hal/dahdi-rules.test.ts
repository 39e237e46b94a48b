// The rules of DAHDI that were found by running it, each kept by the driver over a stand-in of the kernel's channel.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnos, events } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import { frame, lineWorld, runs } from '../../support/dahdi/line-world.ts';

test('rule 1: the channel is named, gets eight buffers of 160 samples, and tells of losses', async () => {
  const { port, calls } = await lineWorld('trunk');
  const buffers = port.calls.find(({ request }) => request === 'setBufferInfo')?.bytes;
  assert.equal([0, 4, 8, 12].map((at) => buffers?.readInt32LE(at)), [0, 0, 8, 160]);
  assert.equal(calls('bufferEvents'), [1]);
});

test('rule 1: an older kernel that tells of no losses will do', async () => {
  const { frames } = await lineWorld('trunk', { set: (port) => void (port.refusals.bufferEvents = errnos.ENOTTY) });
  assert.ok(frames.length > 100);
});

test('rule 2: an event that waits holds up reading and writing until it is taken', async () => {
  const { port, clock, types, frames, line } = await lineWorld('trunk', { guard: 2505 });
  port.event(events.polarity);
  port.pass();
  line.audio.write(frame(1));
  await clock.advance(0);
  assert.equal(types(), ['polarity']);
  assert.is(frames.length, 126);
});

test('rule 3: a flash under way (EINPROGRESS) is no error, and the next act waits for HOOKCOMPLETE', async () => {
  const { line, port, clock, types } = await lineWorld('trunk');
  line.control.seize();
  await clock.advance(700);
  line.control.flash();
  line.control.dial('1', 'tone');
  await clock.advance(500);
  assert.is(port.txState, 'flash');
  assert.is(port.calls.some(({ request }) => request === 'dial'), false);
  await clock.advance(1000);
  assert.equal(types(), ['off-hook', 'dialled']);
});

test('rule 4: not more than 40 ms wait to be sent, however often it is written', async () => {
  const { line, port, clock } = await lineWorld('trunk');
  let [most, mostInKernel, refused] = [0, 0, 0];
  line.audio.heard = () => {
    for (let count = 0; count < 4; count++) if (!line.audio.write(frame(7))) refused++;
  };
  for (let count = 0; count < 100; count++) {
    await clock.advance(20);
    [most, mostInKernel] = [Math.max(most, line.audio.queued), Math.max(mostInKernel, port.queued)];
  }
  assert.equal([most, mostInKernel], [320, 320]);
  assert.ok(refused > 290);
});

test('rule 4: one frame for each that is heard goes out without a gap, a frame behind', async () => {
  const { line, port, clock, types } = await lineWorld('trunk');
  port.sent = [];
  let next = 0;
  line.audio.heard = () => void line.audio.write(frame(next++ & 0x7f));
  await clock.advance(2000);
  const first = port.sent.indexOf(0);
  assert.ok(first <= 480);
  assert.equal(runs(port.sent.slice(first)), Array.from({ length: (port.sent.length - first) / 160 }, (_, at) => at & 0x7f));
  assert.equal(types(), []);
});

test('rule 4: after the thread stood still the queue is what it was', async () => {
  const { line, port, clock, types } = await lineWorld('trunk');
  line.audio.heard = () => void line.audio.write(frame(7));
  await clock.advance(1000);
  const before = port.queued;
  for (let count = 0; count < 6; count++) port.pass(); // 120 ms at once
  await clock.advance(0);
  assert.ok(port.queued <= 320);
  await clock.advance(200);
  assert.is(port.queued, before);
  assert.equal([...new Set(types())], ['underrun']);
});

test('rule 4: a thread that stood still for long tells all that was missing', async () => {
  const { line, port, clock, told } = await lineWorld('trunk');
  line.audio.heard = () => void line.audio.write(frame(7));
  await clock.advance(1000);
  clock.stall(380);
  for (let count = 0; count < 20; count++) port.pass();
  await clock.advance(100);
  const samples = (type: string): number => told.reduce((sum, event) => sum + (event.type === type && 'samples' in event ? event.samples : 0), 0);
  assert.ok(Math.abs(samples('overrun') - 12 * 160) <= 320, `${samples('overrun')} lost`);
  assert.ok(Math.abs(samples('underrun') - 18 * 160) <= 480, `${samples('underrun')} missing`);
  assert.ok(port.queued <= 320);
});

test('rule 5: nothing is written while the kernel dials, and what waits then is dropped', async () => {
  const { line, port, clock, types } = await lineWorld('trunk');
  line.control.seize();
  await clock.advance(700);
  let taken = 0;
  line.audio.heard = () => void (taken += line.audio.write(frame(7)) ? 1 : 0);
  await clock.advance(200);
  line.control.dial('159#0', 'tone');
  await clock.advance(40);
  taken = 0;
  await clock.advance(800);
  assert.is(taken, 0);
  await clock.advance(400);
  assert.is(port.dialled, '159#0');
  assert.ok(types().includes('dialled'));
  assert.ok(taken > 0);
});

test('rule 6: what rings in the first two seconds is told at the end of the burst', async () => {
  const { port, clock, types } = await lineWorld('trunk', { guard: 1000 });
  port.ringBegin();
  await clock.advance(1500);
  assert.equal(types(), []);
  port.ringEnd();
  await clock.advance(100);
  assert.equal(types(), ['ring-started', 'ring-stopped']);
});

test('rule 7: a loop that opens for 20 ms is a bit error, for 100 ms the end of the call', async () => {
  const { line, port, clock, types } = await lineWorld('trunk');
  line.control.seize();
  await clock.advance(700);
  port.loop('open');
  await clock.advance(20);
  port.loop('closed');
  await clock.advance(500);
  assert.equal(types(), ['off-hook']);
  port.loop('open');
  await clock.advance(100);
  assert.equal(types(), ['off-hook', 'disconnect']);
});

test('rule 9: a telephone that is lifted is answered with off-hook, or it would ring on', async () => {
  const { line, port, clock, types, calls } = await lineWorld('phone');
  line.control.ring([1000, 2000], null);
  await clock.advance(1500);
  assert.equal(port.cadence, [1000, 2000]);
  port.lift();
  await clock.advance(700);
  assert.is(port.txState, 'off-hook');
  assert.equal(calls('hook').slice(-2), [5, 1]);
  assert.equal(types(), ['ring-stopped', 'off-hook']);
});

test('rule 10: a port in its battery drop is busy, and is asked again until the guard is over', async () => {
  const { line, port, clock, types } = await lineWorld('phone');
  port.lift();
  await clock.advance(1000);
  line.control.release();
  assert.is(port.txState, 'kewl');
  port.event(events.onHook); // put down at once: told after the drop
  await clock.advance(0);
  line.control.ring([2000, 4000], null);
  await clock.advance(500);
  assert.not(port.txState === 'ringing');
  await clock.advance(500);
  assert.is(port.txState, 'ringing');
  assert.equal(types(), ['off-hook', 'on-hook']);
});

test.run();
