import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answeredLine, goodCall, happens, modemWorld, openLine, settled, trunk } from '../support/v253-world.ts';

const modes = ['full', 'half'] as const;

test('v253 no reply to anything: the open ends with an error, and is good once the modem answers', async () => {
  const world = await modemWorld({ faults: { mute: true } });
  const error = await settled(world.clock, world.driver.open(trunk())).then(() => null, (refused: Error & { id: string }) => refused);
  assert.is(error?.id, 'timed-out');
  assert.match(error?.message ?? '', /does not answer/);
  world.faults.mute = false;
  await goodCall(world, await openLine(world));
});

test('v253 a modem that dies on-hook is found by the next check: the ladder, an alarm, and clear when it lives again', async () => {
  const world = await modemWorld();
  const holder = await openLine(world);
  world.faults.mute = true;
  await happens(world.clock, holder, 'alarm', 120_000);
  assert.equal(holder.types(), ['alarm']);
  world.faults.mute = false;
  await happens(world.clock, holder, 'clear', 60_000);
  assert.equal(holder.types(), ['alarm', 'clear']);
  await goodCall(world, holder);
});

test('v253 a check does not get in the way of a call that is seized at that moment', async () => {
  const world = await modemWorld({ faults: { replyDelayMs: 500 } });
  const holder = await openLine(world);
  await world.clock.until(() => world.modem.commands.at(-1) === '', 70_000);
  world.exchange.ring();
  holder.line.control.seize();
  await happens(world.clock, holder, 'off-hook');
  assert.is(world.exchange.state, 'up');
});

for (const duplex of modes) {
  test(`v253 no reply in a ${duplex} duplex call: an alarm at once, on-hook and clear when it answers again`, async () => {
    const world = await modemWorld();
    const holder = await answeredLine(world, { duplex });
    world.faults.mute = true;
    // The modem goes on with its stream and answers no command.
    holder.line.control.dial('12', 'tone');
    await happens(world.clock, holder, 'alarm', 30_000);
    holder.line.control.release();
    await world.clock.advance(60_000);
    world.faults.mute = false;
    await happens(world.clock, holder, 'clear', 60_000);
    assert.equal(holder.types().slice(-3), ['alarm', 'on-hook', 'clear']);
    assert.not(world.modem.offHook);
    await goodCall(world, holder);
  });
}

test('v253 ERROR to what is needed: no voice modem, no format, each in words', async () => {
  for (const [refuse, message] of [[/FCLASS=8/, /no voice modem/], [/VSM=\d/, /no sample format/]] as const) {
    const world = await modemWorld({ faults: { refuse } });
    const error = await settled(world.clock, world.driver.open(trunk())).then(() => null, (refused: Error & { id: string }) => refused);
    assert.is(error?.id, 'unsupported');
    assert.match(error?.message ?? '', message);
  }
});

test('v253 ERROR to what is only better to have: the line works all the same', async () => {
  const world = await modemWorld({ faults: { refuse: /VCID|VSD|IFC|VIT|M0|I\d|VSM=\?|VTR=/ } });
  const holder = await openLine(world);
  assert.is(holder.line.capabilities.duplex, 'half');
  await goodCall(world, holder);
});

test('v253 ERROR to going off-hook: an alarm, and clear after a reset', async () => {
  const world = await modemWorld({ faults: { refuse: /VLS=1/ } });
  const holder = await openLine(world);
  holder.line.control.seize();
  await happens(world.clock, holder, 'clear', 60_000);
  assert.equal(holder.types(), ['alarm', 'clear']);
});

test('v253 ERROR to AT+VTR: lost, and opened anew it is used half duplex', async () => {
  const world = await modemWorld({ faults: { refuse: /VTR$/ } });
  const holder = await openLine(world);
  assert.is(holder.line.capabilities.duplex, 'full');
  holder.line.control.seize();
  await world.clock.until(() => holder.lost !== null, 10_000);
  assert.is(holder.lost, 'unsupported');
  await settled(world.clock, holder.line.close());
  const again = await openLine(world);
  assert.is(again.line.capabilities.duplex, 'half');
  await goodCall(world, again);
});

test.run();
