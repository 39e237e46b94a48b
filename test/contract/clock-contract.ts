import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Clock } from '../../hal/clock.ts';
import type { Passing } from './passing.ts';

/** What every clock does. `make` gives a fresh one and its way of letting time go by. */
export function clockContract(driver: string, make: () => { clock: Clock; passing: Passing }): void {
  const check = (name: string, body: (clock: Clock, passing: Passing) => Promise<void>): void => {
    test(`clock ${driver}: ${name}`, () => {
      const { clock, passing } = make();
      return body(clock, passing);
    });
  };

  check('timers fire in the order of their deadlines', async (clock, passing) => {
    const fired: string[] = [];
    for (const [name, delayMs] of [['third', 45], ['first', 5], ['second', 25]] as const) clock.after(name, delayMs, () => fired.push(name));
    await passing.pass(80);
    assert.equal(fired, ['first', 'second', 'third']);
  });

  check('equal deadlines fire in the order of creation', async (clock, passing) => {
    const fired: number[] = [];
    for (let at = 0; at < 20; at++) clock.after('same', 0, () => fired.push(at));
    await passing.pass(30);
    assert.equal(fired, [...Array(20).keys()]);
  });

  check('nothing fires inside the call that asked, not even at once or in the past', async (clock, passing) => {
    let fired = 0;
    clock.after('now', 0, () => fired++);
    clock.after('past', -5, () => fired++);
    assert.is(fired, 0);
    await passing.pass(20);
    assert.is(fired, 2);
  });

  check('no timer fires before its deadline', async (clock, passing) => {
    const early: number[] = [];
    let fired = 0;
    for (let at = 0; at < 200; at++) {
      const timer = clock.after('fraction', at * 0.37 + 0.2, () => {
        fired++;
        if (clock.monotonic() < timer.dueMs) early.push(timer.dueMs - clock.monotonic());
      });
    }
    await passing.pass(150);
    assert.is(fired, 200);
    assert.equal(early, []);
  });

  check('the deadline is the delay from now', async (clock) => {
    const before = clock.monotonic();
    const timer = clock.after('later', 1234.5, () => {});
    const after = clock.monotonic();
    timer.cancel();
    assert.ok(timer.dueMs >= before + 1234.5 && timer.dueMs <= after + 1234.5, String(timer.dueMs - before));
  });

  check('a cancelled timer does not fire, and cancelling is always allowed', async (clock, passing) => {
    let fired = 0;
    const cancelled = clock.after('cancelled', 5, () => fired++);
    cancelled.cancel();
    cancelled.cancel();
    const kept = clock.after('kept', 5, () => fired++);
    await passing.pass(30);
    kept.cancel();
    assert.is(fired, 1);
  });

  check('one timer may cancel another of the same moment', async (clock, passing) => {
    const fired: string[] = [];
    clock.after('first', 0, () => {
      fired.push('first');
      second.cancel();
    });
    const second = clock.after('second', 0, () => fired.push('second'));
    await passing.pass(20);
    assert.equal(fired, ['first']);
  });

  check('waiting timers are listed by name until they fire or are cancelled', async (clock, passing) => {
    const names = (): string[] => clock.pending().map(({ name }) => name);
    clock.after('soon', 5, () => assert.equal(names(), ['late']));
    const late = clock.after('late', 60_000, () => {});
    assert.equal(names(), ['soon', 'late']);
    await passing.pass(30);
    assert.equal(names(), ['late']);
    late.cancel();
    assert.equal(names(), []);
  });

  check('a wait of many days does not fire at once', async (clock, passing) => {
    let fired = false;
    const timer = clock.after('quarter', 90 * 86_400_000, () => (fired = true));
    await passing.pass(30);
    assert.not(fired);
    timer.cancel();
  });

  check('monotonic time goes on with time and never back', async (clock, passing) => {
    const began = clock.monotonic();
    let last = began;
    for (let at = 0; at < 1000; at++) {
      assert.ok(clock.monotonic() >= last);
      last = clock.monotonic();
    }
    await passing.pass(50);
    assert.ok(clock.monotonic() - began >= 49, String(clock.monotonic() - began));
  });

  check('wall time is a date', async (clock) => {
    const year = new Date(clock.wall()).getUTCFullYear();
    assert.ok(year >= 2024 && year < 2200, String(year));
  });
}
