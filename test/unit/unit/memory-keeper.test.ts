import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryKeeper } from '../../../firmware/unit/memory-keeper.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimProcess } from '../../../hal/sim/sim-process.ts';

const mib = 1024 * 1024;

/** A unit without calls that holds so much, and what keeps its memory. */
function unit(heldBytes?: number): { clock: SimClock; process: SimProcess; calls: { active: number; total: number }; keeper: MemoryKeeper } {
  const clock = new SimClock();
  const process = new SimProcess();
  if (heldBytes !== undefined) process.heldBytes = heldBytes;
  const calls = { active: 0, total: 0 };
  return { clock, process, calls, keeper: new MemoryKeeper({ clock, process, calls: () => calls, short: () => false }) };
}

test('memory is given back after the start, then after calls, never while one is up, and not too often', async () => {
  const { clock, process, calls, keeper } = unit();
  await clock.advance(900);
  assert.is(process.givenBack, 0);
  await clock.advance(200);
  assert.is(process.givenBack, 1);
  await clock.advance(3_600_000);
  assert.is(process.givenBack, 1, 'nothing has happened');
  Object.assign(calls, { active: 1, total: 1 });
  const before = process.programGivenBack;
  await clock.advance(600_000);
  assert.is(process.givenBack, 1, 'a call is up');
  assert.is(process.programGivenBack, before + 60, 'of the program it is no matter');
  calls.active = 0;
  await clock.advance(60_000);
  assert.is(process.givenBack, 2);
  calls.total = 2;
  await clock.advance(300_000);
  assert.is(process.givenBack, 2, 'too soon');
  await clock.advance(360_000);
  assert.is(process.givenBack, 3);
  keeper.stop();
  calls.total = 3;
  await clock.advance(3_600_000);
  assert.is(process.givenBack, 3);
});

test('when memory is short it is given back every minute, though calls are up and nothing has happened', async () => {
  const clock = new SimClock();
  const process = new SimProcess();
  let short = true;
  const keeper = new MemoryKeeper({ clock, process, calls: () => ({ active: 3, total: 3 }), short: () => short });
  await clock.advance(5 * 60_000 + 2000);
  assert.is(process.givenBack, 6);
  short = false;
  await clock.advance(5 * 60_000);
  assert.is(process.givenBack, 6);
  keeper.stop();
});

test('of calls that stay the garbage is collected once, when no other has come for 10 s and there is much', async () => {
  const { clock, process, calls, keeper } = unit(60 * mib);
  await clock.advance(1000);
  process.heldBytes = 90 * mib;
  for (let look = 0; look < 5; look++) {
    calls.active = calls.total += 1;
    await clock.advance(10_000);
  }
  assert.is(process.collected, 0, 'calls come');
  await clock.advance(10_000);
  assert.is(process.collected, 1);
  await clock.advance(3_600_000);
  assert.is(process.collected, 1, 'what is there now, they need');
  assert.is(process.givenBack, 1, 'no other thread is to wait');
  calls.active = 0;
  calls.total += 1;
  await clock.advance(60_000);
  assert.is(process.collected, 1, 'nobody is there: all is given back');
  assert.is(process.givenBack, 2);
  process.heldBytes = 71 * mib;
  calls.active = calls.total += 1;
  await clock.advance(60_000);
  assert.is(process.collected, 1, 'it is little');
  keeper.stop();
});

test('when much was taken it is given back a minute later, once nobody calls, and again for what was let go only then', async () => {
  const { clock, process, calls, keeper } = unit(60 * mib);
  await clock.advance(30_000);
  assert.is(process.givenBack, 1);
  Object.assign(calls, { active: 9, total: 500 });
  process.heldBytes = 150 * mib;
  await clock.advance(120_000);
  assert.is(process.givenBack, 1, 'calls are up');
  calls.active = 0;
  await clock.advance(10_000);
  assert.is(process.givenBack, 2);
  process.heldBytes = 90 * mib; // with what past calls still keep
  await clock.advance(50_000);
  assert.is(process.givenBack, 2, 'a minute has not passed');
  await clock.advance(10_000);
  assert.is(process.givenBack, 3, 'without a call in between');
  process.heldBytes = 75 * mib; // the unit has become larger: mailboxes that are open
  await clock.advance(3_600_000);
  assert.is(process.givenBack, 3, 'there is nothing more to be had');
  calls.total += 1;
  await clock.advance(10_000);
  assert.is(process.givenBack, 4);
  process.heldBytes = 61 * mib;
  await clock.advance(100_000);
  calls.total += 1;
  await clock.advance(100_000);
  assert.is(process.givenBack, 4, 'it is little, and can wait');
  keeper.stop();
});

test.run();
