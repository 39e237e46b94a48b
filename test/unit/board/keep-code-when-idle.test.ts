import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KeepCodeWhenIdle } from '../../../board/common/keep-code-when-idle.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

const slot = Symbol.for('understudy.compiled');
const holder = globalThis as unknown as Record<symbol, unknown>;

/** As the loader leaves it after a start that has compiled the code itself. */
function compiled(folder: string): string {
  const text = '(function () { return 1; })';
  const file = path.join(folder, `control-${'0'.repeat(32)}.v8`);
  holder[slot] = { script: new Script(text), text, place: { folder, file, key: 'test' } };
  return file;
}

test('keep-code-when-idle: compiled code is kept once nobody calls, and what that took may be given back', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'code-'));
  const file = compiled(folder);
  const clock = new SimClock();
  let [idle, kept] = [false, 0];
  const keeper = new KeepCodeWhenIdle(clock, () => idle, () => kept++);
  await clock.advance(62_000);
  assert.equal([kept, existsSync(file)], [0, false], 'a call is up');
  idle = true;
  await clock.advance(10_000);
  assert.equal([kept, existsSync(file)], [1, true]);
  await clock.advance(600_000);
  keeper.stop();
  assert.is(kept, 1);
  rmSync(folder, { recursive: true });
});

test('keep-code-when-idle: where there is nothing to keep nothing is done', async () => {
  holder[slot] = null;
  const clock = new SimClock();
  const keeper = new KeepCodeWhenIdle(clock, () => true, () => assert.unreachable());
  await clock.advance(600_000);
  keeper.stop();
});

test.run();
