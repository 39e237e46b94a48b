import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallCount } from '../../../board/common/keep-code-when-idle.ts';
import { KeepCodeWhenIdle } from '../../../board/common/keep-code-when-idle.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SmallDisk } from '../../support/peers/small-disk.ts';
import { mounting, testWith } from '../../support/skip.ts';

const slot = Symbol.for('understudy.compiled');
const holder = globalThis as unknown as Record<symbol, unknown>;
const earlier = 'what an earlier start kept';

interface Started {
  readonly folder: string;
  readonly file: string;
  /** The program's function that only a call runs. */
  readonly call: () => void;
}

let texts = 0;

/** As the loader leaves it after a start; `isKept`: it has found code to use. */
function started(isKept: boolean, folder = mkdtempSync(path.join(tmpdir(), 'code-'))): Started {
  // A text of its own: V8 knows one that it has compiled before.
  const text = `(function () { return function () { ${`Math.max(${++texts}, 2);`.repeat(400)} }; })`;
  const file = path.join(folder, `control-${'0'.repeat(32)}.v8`);
  const script = new Script(text);
  const call = (script.runInThisContext() as () => () => void)();
  if (isKept) writeFileSync(file, earlier);
  holder[slot] = { script, text, place: { folder, file, key: 'test' }, keptBytes: isKept ? script.createCachedData().length : 0 };
  return { folder, file, call };
}

/** The disk is waited for in real time; a test has its own limit. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const noCall: CallCount = { total: 0, active: 0 };

test('keep-code-when-idle: compiled code is kept once nobody calls, and what that took may be given back', async () => {
  const { folder, file } = started(false);
  const clock = new SimClock();
  let [calls, kept] = [{ total: 1, active: 1 }, 0];
  const keeper = new KeepCodeWhenIdle(clock, () => calls, () => kept++);
  await clock.advance(62_000);
  assert.equal([kept, existsSync(file)], [0, false], 'a call is up');
  calls = { total: 1, active: 0 };
  await clock.advance(10_000);
  await until(() => kept === 1);
  assert.ok(existsSync(file));
  assert.equal(readdirSync(folder), [path.basename(file)]);
  await clock.advance(600_000);
  keeper.stop();
  assert.is(kept, 1);
  rmSync(folder, { recursive: true });
});

test('keep-code-when-idle: what an earlier start kept is replaced after the first call, whose code is not in it', async () => {
  const { folder, file, call } = started(true);
  const clock = new SimClock();
  let [calls, kept] = [noCall, 0];
  const keeper = new KeepCodeWhenIdle(clock, () => calls, () => kept++);
  await clock.advance(600_000);
  assert.equal([kept, readFileSync(file, 'latin1')], [0, earlier], 'nobody has called');
  call();
  calls = { total: 1, active: 1 };
  await clock.advance(60_000);
  assert.is(kept, 0, 'a call is up');
  calls = { total: 1, active: 0 };
  await clock.advance(5000);
  await until(() => kept === 1);
  assert.is.not(readFileSync(file, 'latin1'), earlier);
  keeper.stop();
  rmSync(folder, { recursive: true });
});

test('keep-code-when-idle: a first call that brings nothing new leaves what is kept as it is', async () => {
  const { folder, file } = started(true);
  const clock = new SimClock();
  let kept = 0;
  const keeper = new KeepCodeWhenIdle(clock, () => ({ total: 1, active: 0 }), () => kept++);
  await clock.advance(10_000);
  await until(() => kept === 1);
  keeper.stop();
  assert.is(readFileSync(file, 'latin1'), earlier);
  rmSync(folder, { recursive: true });
});

test('keep-code-when-idle: a unit that stops in its first call keeps its code, one that had none does not', async () => {
  for (const total of [0, 1]) {
    const { folder, file, call } = started(true);
    const keeper = new KeepCodeWhenIdle(new SimClock(), () => ({ total, active: total }), () => assert.unreachable());
    call();
    keeper.stop();
    assert.is(readFileSync(file, 'latin1') === earlier, total === 0);
    rmSync(folder, { recursive: true });
  }
});

test('keep-code-when-idle: a disk that refuses leaves what is there, and nothing unfinished', async () => {
  const { folder, file, call } = started(true);
  writeFileSync(`${file}.${process.pid}`, 'somebody is at it');
  const clock = new SimClock();
  let kept = 0;
  const keeper = new KeepCodeWhenIdle(clock, () => ({ total: 1, active: 0 }), () => kept++);
  call();
  await clock.advance(5000);
  await until(() => kept === 1);
  keeper.stop();
  assert.is(readFileSync(file, 'latin1'), earlier);
  assert.equal(readdirSync(folder), [path.basename(file)]);
  rmSync(folder, { recursive: true });
});

testWith([mounting], 'keep-code-when-idle: a disk with room for a part of it leaves what is there, and nothing unfinished', async () => {
  const disk = new SmallDisk(1);
  const room = path.join(disk.folder, 'data', 'room');
  const own = path.join(disk.folder, 'data', 'code');
  mkdirSync(own, { mode: 0o700 });
  const { folder, file, call } = started(true, own);
  writeFileSync(room, Buffer.alloc(8192));
  disk.fill();
  rmSync(room);
  const clock = new SimClock();
  let kept = 0;
  const keeper = new KeepCodeWhenIdle(clock, () => ({ total: 1, active: 0 }), () => kept++);
  call();
  await clock.advance(5000);
  await until(() => kept === 1);
  keeper.stop();
  assert.is(readFileSync(file, 'latin1'), earlier);
  assert.equal(readdirSync(folder), [path.basename(file)]);
  disk.remove();
});

test('keep-code-when-idle: where there is nothing to keep nothing is done', async () => {
  holder[slot] = null;
  const clock = new SimClock();
  const keeper = new KeepCodeWhenIdle(clock, () => noCall, () => assert.unreachable());
  await clock.advance(600_000);
  keeper.stop();
});

test.run();
