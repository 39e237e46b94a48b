import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryBudget } from '../../../board/common/memory-budget.ts';
import { memoryLimitBytes } from '../../../hal/drivers/linux/memory-limit.ts';

const mib = 1024 * 1024;

test('of the limit of a cgroup a tenth is left to the kernel', () => {
  assert.is(memoryLimitBytes(200 * mib, 1024 * mib), 180 * mib);
});

test('no limit: none is known, or it is beyond what the machine has', () => {
  for (const none of [0, 1024 * mib, 2 ** 63 - 4096, 2 ** 64]) assert.is(memoryLimitBytes(none, 1024 * mib), null, String(none));
});

test('the machine that runs this answers', () => {
  const limit = memoryLimitBytes();
  assert.ok(limit === null || limit > 32 * mib, String(limit));
});

test('the budget is the board\'s, or what the machine leaves if that is less', () => {
  const told: string[] = [];
  const log = { write: (_severity: string, event: string, text: string) => void told.push(`${event}: ${text}`) };
  assert.is(memoryBudget({ memoryBudgetMiB: 256 }, log, null), 256 * mib);
  assert.is(memoryBudget({ memoryBudgetMiB: 256 }, log, 300 * mib), 256 * mib);
  assert.equal(told, []);
  assert.is(memoryBudget({ memoryBudgetMiB: 256 }, log, 115.5 * mib), 115.5 * mib);
  assert.equal(told, ['memory-limited: The machine leaves 115 MiB of memory to the unit; the board would set 256 MiB aside for it.']);
});

test.run();
