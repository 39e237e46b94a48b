import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileBytes, gatherMs, hastyPerHour, KeptLog } from '../../../firmware/lifecycle/kept-log.ts';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

async function world(storage = new SimStorage(), before: (log: UnitLog) => void = () => undefined) {
  const clock = new SimClock();
  const log = new UnitLog(clock, 'debug');
  before(log);
  const kept = await KeptLog.open(storage, clock, log);
  let syncs = 0;
  const open = storage.open.bind(storage);
  storage.open = async (path, mode) => {
    const file = await open(path, mode);
    const sync = file.dataSync.bind(file);
    file.dataSync = async () => ((syncs += 1), sync());
    return file;
  };
  const durable = async (): Promise<readonly string[]> => (await KeptLog.open(storage.afterPowerCut(() => 'drop'), clock, new UnitLog(clock, 'debug'))).before;
  return { clock, log, kept, storage, durable, syncs: () => syncs };
}

test('kept log: an alert is durable at once, with what waited before it; other lines wait for each other', async () => {
  const { clock, log, durable, syncs } = await world();
  log.write('notice', 'one', 'First.');
  await clock.advance(1000);
  assert.equal(await durable(), []);
  log.write('alert', 'two', 'Second.');
  await clock.advance(1);
  assert.equal((await durable()).map((line) => / (\w+):/.exec(line)?.[1]), ['one', 'two']);
  assert.is(syncs(), 1);
  log.write('warning', 'three', 'Third.');
  await clock.advance(gatherMs - 10);
  assert.is(syncs(), 1);
  await clock.advance(20);
  assert.is((await durable()).length, 3);
});

test('kept log: lines of the start are kept too, debug and info never, and the last at the stop', async () => {
  const { log, kept, durable } = await world(new SimStorage(), (early) => early.write('warning', 'early', 'Before it was opened.'));
  log.write('info', 'chatter', 'Nobody asks later.');
  log.write('notice', 'late', 'At the end.');
  await kept.stop();
  assert.equal((await durable()).map((line) => / (\w+):/.exec(line)?.[1]), ['early', 'late']);
});

test('kept log: a storm of alerts neither fills nor wears the flash, and what was lost is told', async () => {
  const { clock, log, kept, storage, durable, syncs } = await world();
  for (let minute = 0; minute < 120; minute++) {
    for (let at = 0; at < 200; at++) log.write('alert', 'storm', `Alert ${at} of minute ${minute}: ${'x'.repeat(100)}`);
    await clock.advance(60_000);
  }
  await kept.stop();
  assert.ok(syncs() <= 2 * (hastyPerHour + 4) + 1, `${syncs()} writes in two hours`);
  const sizes = await Promise.all(['log/current', 'log/earlier'].map((path) => storage.stat(path)));
  for (const size of sizes) assert.ok((size?.bytes ?? 0) <= fileBytes);
  assert.ok((await durable()).some((line) => line.includes('lines came too fast to be kept')));
});

test('kept log: a disk that refuses is told once, and lines go on when it takes them again', async () => {
  const { clock, log, kept, storage, durable } = await world();
  const open = storage.open;
  storage.open = async () => Promise.reject(new Error('full'));
  log.write('alert', 'one', 'Lost.');
  await clock.advance(10);
  log.write('alert', 'two', 'Lost.');
  await clock.advance(10);
  assert.is(log.last(100).filter(({ event }) => event === 'log-not-kept').length, 1);
  storage.open = open;
  log.write('alert', 'three', 'Kept.');
  await clock.advance(10);
  await kept.stop();
  assert.ok((await durable()).some((line) => line.includes('three: Kept.')));
  assert.is(clock.pending().length, 0);
});

test.run();
