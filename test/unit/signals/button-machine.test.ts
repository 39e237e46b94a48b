import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Button } from '../../../firmware/signals/button.ts';
import { buttonAtStart, buttonStep, debounceMs, type ButtonEvent, type ButtonInput } from '../../../firmware/signals/button-machine.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const longMs = 2000;

/** A finger on a button, in virtual time. */
class Finger {
  readonly clock = new SimClock();
  readonly told: string[] = [];
  readonly button: Button;

  constructor(pressed = false) {
    this.button = new Button(this.clock, longMs, pressed, (event) => void this.told.push(`${event} ${this.clock.monotonic()}`));
  }

  async holds(pressed: boolean, ms: number): Promise<void> {
    this.button.level(pressed);
    await this.clock.advance(ms);
  }
}

test('a short press', async () => {
  const finger = new Finger();
  await finger.holds(true, 500);
  await finger.holds(false, 500);
  assert.equal(finger.told, ['pressed 30', 'released 530']);
  assert.equal(finger.clock.pending(), []);
});

test('a long press is told while the button is still held, once', async () => {
  const finger = new Finger();
  await finger.holds(true, 10_000);
  await finger.holds(false, 500);
  assert.equal(finger.told, ['pressed 30', 'long 2000', 'released 10030']);
});

test('bouncing contacts: one press, one release', async () => {
  const finger = new Finger();
  for (let bounce = 0; bounce < 10; bounce++) await finger.holds(bounce % 2 === 0, 2);
  await finger.holds(true, 300);
  for (let bounce = 0; bounce < 10; bounce++) await finger.holds(bounce % 2 === 1, 2);
  await finger.holds(false, 300);
  assert.equal(finger.told.map((text) => text.split(' ')[0]), ['pressed', 'released']);
});

test('interference shorter than the debounce time is nothing, and does not break a long press', async () => {
  const finger = new Finger();
  await finger.holds(true, debounceMs - 1);
  await finger.holds(false, 1000);
  assert.equal(finger.told, []);
  await finger.holds(true, 1000);
  await finger.holds(false, 10);
  await finger.holds(true, 2000);
  assert.equal(finger.told.map((text) => text.split(' ')[0]), ['pressed', 'long']);
});

test('button-jammed: one that is held at the start says nothing until it was released', async () => {
  const finger = new Finger(true);
  await finger.holds(true, 60_000);
  assert.equal(finger.told, []);
  await finger.holds(false, 1000);
  await finger.holds(true, 3000);
  assert.equal(finger.told.map((text) => text.split(' ')[0]), ['released', 'pressed', 'long']);
});

test('whatever the level does, presses and releases alternate and a long press lies between them', () => {
  const random = new SimRandom(9);
  for (let run = 0; run < 300; run++) {
    let state = buttonAtStart(false, 0);
    let nowMs = 0;
    let wakeAtMs: number | null = null;
    const events: ButtonEvent[] = [];
    for (let step = 0; step < 60; step++) {
      nowMs += random.below(900);
      while (wakeAtMs !== null && wakeAtMs <= nowMs) wakeAtMs = apply({ type: 'wake', nowMs: wakeAtMs });
      wakeAtMs = apply({ type: 'level', pressed: random.below(2) === 0, nowMs });
    }
    assert.not(/pp|rr|lr?l|rl|^[rl]/.test(events.map((event) => event[0]).join('')), events.join());

    function apply(input: ButtonInput): number | null {
      const next = buttonStep(state, input, longMs);
      state = next.state;
      events.push(...next.events);
      assert.ok(next.wakeAtMs === null || next.wakeAtMs > input.nowMs, 'it never asks to be woken in the past');
      return next.wakeAtMs;
    }
  }
});

test.run();
