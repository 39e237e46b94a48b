// A whole unit with simulated pins, in virtual time.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoardPin, PinUse } from '../../../firmware/signals/pin-uses.ts';
import { SimGpio } from '../../../hal/sim/sim-gpio.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { SimSite, voice } from '../../support/sim-site.ts';

const uses: readonly PinUse[] = ['status-led', 'link-led', 'message-led', 'reset-button', 'failover-button', 'alarm-in-1', 'alarm-out', 'door-relay', 'transfer-relay', 'loop-current', 'watchdog'];
/** Odd lines are active low. */
const pins: readonly BoardPin[] = uses.map((use, line) => ({ use, chip: 'sim', line, activeLow: line % 2 === 1, bias: line % 2 === 1 ? 'up' : 'none' }));
const pinOf = (use: PinUse): BoardPin => pins[uses.indexOf(use)] as BoardPin;

class Panel {
  readonly gpio = new SimGpio();
  readonly site: SimSite;

  constructor(storage = new SimStorage()) {
    this.site = new SimSite({ storage, pins: { driver: this.gpio, pins } });
  }

  static async start(storage?: SimStorage): Promise<Panel> {
    const panel = new Panel(storage);
    await panel.site.during(panel.site.unit.start());
    await panel.site.clock.advance(1000);
    return panel;
  }

  asserted(use: PinUse): boolean {
    return this.gpio.level(pinOf(use)) !== pinOf(use).activeLow;
  }

  drive(use: PinUse, asserted: boolean): void {
    this.gpio.drive(pinOf(use), asserted !== pinOf(use).activeLow);
  }

  async press(use: PinUse, ms: number): Promise<void> {
    this.drive(use, true);
    await this.site.clock.advance(ms);
    this.drive(use, false);
    await this.site.clock.advance(100);
  }

  pattern(use: PinUse): string {
    return this.site.unit.signals?.rows().find((row) => row.use === use)?.says ?? '';
  }

  logged(event: string): string[] {
    return this.site.log.last(500).filter((line) => line.event === event).map(({ text }) => text);
  }
}

test('a unit that is well: status lit, transfer relay held, no alarm; stopped, all is dropped and dark', async () => {
  const panel = await Panel.start();
  assert.equal([panel.asserted('status-led'), panel.asserted('transfer-relay'), panel.asserted('alarm-out'), panel.asserted('door-relay')], [true, true, false, false]);
  await panel.site.stop();
  for (const use of uses.filter((one) => !['reset-button', 'failover-button', 'alarm-in-1', 'loop-current'].includes(one))) assert.is(panel.asserted(use), false, use);
});

test('a new message lights the message LED until it is heard', async () => {
  const panel = await Panel.start();
  await panel.site.during(panel.site.phone({ target: '201', speak: voice(3000), script: 's' }).end);
  await panel.site.clock.advance(1000);
  assert.is(panel.pattern('message-led'), 'slow');
  const [message] = panel.site.unit.store.list('201');
  await panel.site.during(panel.site.unit.store.mark('201', message?.id ?? '', 'saved'));
  await panel.site.clock.advance(1000);
  assert.is(panel.pattern('message-led'), 'off');
  await panel.site.stop();
});

test('store-fails: status and alarm contact tell it, and past help the relay drops', async () => {
  const panel = await Panel.start();
  panel.site.storage.fault = (operation) => (operation.kind === 'data-sync' || operation.kind === 'write' ? 'io' : null);
  assert.ok(await panel.site.clock.until(() => panel.pattern('status-led') === 'slow', 120_000, 500));
  assert.equal([panel.asserted('alarm-out'), panel.asserted('transfer-relay')], [true, true]);
  assert.ok(await panel.site.clock.until(() => panel.pattern('status-led') === 'double', 240_000, 500));
  await panel.site.clock.advance(600);
  assert.is(panel.asserted('transfer-relay'), false);
  panel.site.storage.fault = null;
  assert.ok(await panel.site.clock.until(() => panel.pattern('status-led') === 'on', 30_000, 500));
  assert.equal([panel.asserted('alarm-out'), panel.asserted('transfer-relay')], [false, true]);
  await panel.site.stop();
});

test('emergency-call-at-the-start: the lines are taken when it has ended, not before', async () => {
  const panel = new Panel();
  panel.drive('loop-current', true);
  await panel.site.during(panel.site.unit.start());
  await panel.site.clock.advance(60_000);
  assert.is(panel.asserted('transfer-relay'), false);
  assert.match(panel.site.unit.signals?.test('transfer-relay') ?? '', 'not moved');
  panel.drive('loop-current', false);
  await panel.site.clock.advance(1000);
  assert.is(panel.asserted('transfer-relay'), true);
  await panel.site.stop();
});

test('emergency-call-begins-while-the-relay-is-tested: it stays where it is', async () => {
  const panel = await Panel.start();
  assert.match(panel.site.unit.signals?.test('transfer-relay') ?? '', 'dropped for 3 s');
  assert.is(panel.asserted('transfer-relay'), false);
  panel.drive('loop-current', true);
  await panel.site.clock.advance(20_000);
  assert.is(panel.asserted('transfer-relay'), false);
  panel.drive('loop-current', false);
  await panel.site.clock.advance(1000);
  assert.is(panel.asserted('transfer-relay'), true);
  await panel.site.stop();
});

test('alarm contact: an alert when it has been closed for a moment, not for interference', async () => {
  const panel = await Panel.start();
  await panel.press('alarm-in-1', 40);
  assert.equal(panel.logged('alarm-contact'), []);
  panel.drive('alarm-in-1', true);
  await panel.site.clock.advance(1000);
  assert.equal(panel.logged('alarm-contact'), ['Alarm contact 1 has closed.']);
  assert.is(panel.asserted('alarm-out'), true);
  panel.drive('alarm-in-1', false);
  await panel.site.clock.advance(1000);
  assert.equal(panel.logged('alarm-contact-open'), ['Alarm contact 1 is open again.']);
  assert.is(panel.asserted('alarm-out'), false);
  await panel.site.stop();
});

test('reset button: short presses do nothing; a long one is confirmed by the LED, and the next start is an empty one', async () => {
  const panel = await Panel.start();
  await panel.press('reset-button', 9000);
  assert.equal(panel.logged('factory-reset-asked'), []);
  panel.drive('reset-button', true);
  await panel.site.clock.advance(500);
  assert.is(panel.pattern('status-led'), 'fast', 'while it is held');
  await panel.site.clock.advance(10_000);
  assert.is(panel.pattern('status-led'), 'triple', 'confirmed while it is still held');
  panel.drive('reset-button', false);
  await panel.site.clock.advance(5000);
  assert.is(panel.pattern('status-led'), 'triple');
  assert.is(panel.logged('factory-reset-asked').length, 1);
  assert.equal(panel.site.made.process.restarts, ['the reset button was held']);
  await panel.site.stop();
});

test('reset button on a disk that takes no writes: the LED does not confirm it', async () => {
  const panel = await Panel.start();
  panel.site.storage.readOnly = true;
  await panel.press('reset-button', 11_000);
  assert.is(panel.logged('factory-reset-failed').length, 1);
  assert.is.not(panel.pattern('status-led'), 'triple');
  panel.site.storage.readOnly = false;
  await panel.site.stop();
});

test('failover button of a unit that stands alone says so', async () => {
  const panel = await Panel.start();
  await panel.press('failover-button', 500);
  assert.equal(panel.logged('failover-button'), []);
  await panel.press('failover-button', 2500);
  assert.match(panel.logged('failover-button').join(), 'stands alone');
  await panel.site.stop();
});

test('door relay: held for a moment, never longer than its limit', async () => {
  const panel = await Panel.start();
  assert.ok(panel.site.unit.signals?.openDoor(2000));
  await panel.site.clock.advance(1900);
  assert.is(panel.asserted('door-relay'), true);
  await panel.site.clock.advance(200);
  assert.is(panel.asserted('door-relay'), false);
  panel.site.unit.signals?.openDoor(3_600_000);
  await panel.site.clock.advance(10_100);
  assert.is(panel.asserted('door-relay'), false);
  await panel.site.stop();
});

test('the watchdog pin moves with every feed, and stands still when a fault is past help', async () => {
  const panel = await Panel.start();
  const moves = async (ms: number): Promise<number> => {
    let count = 0;
    for (let last = panel.asserted('watchdog'), passed = 0; passed < ms; passed += 500) {
      await panel.site.clock.advance(500);
      if (panel.asserted('watchdog') !== last) count += 1;
      last = panel.asserted('watchdog');
    }
    return count;
  };
  assert.is(await moves(60_000), 6);
  assert.is(panel.site.unit.health.report().watchdog, 'sim and pin');
  panel.site.storage.fault = (operation) => (operation.kind === 'data-sync' ? 'io' : null);
  assert.ok(await panel.site.clock.until(() => !panel.site.unit.health.feeding, 240_000, 500));
  assert.is(await moves(60_000), 0);
  panel.site.storage.fault = null;
  await panel.site.stop();
});

test('gpio test: a LED blinks and goes back to what it showed', async () => {
  const panel = await Panel.start();
  assert.is(panel.site.unit.signals?.test('status-led'), 'status-led blinks for 3 s');
  assert.is(panel.pattern('status-led'), 'test');
  await panel.site.clock.advance(3600);
  assert.is(panel.pattern('status-led'), 'on');
  assert.is(panel.site.unit.signals?.test('alarm-out'), 'alarm-out is asserted for 3 s');
  assert.is(panel.asserted('alarm-out'), true);
  await panel.site.clock.advance(3100);
  assert.is(panel.asserted('alarm-out'), false);
  assert.match(panel.site.unit.signals?.test('loop-current') ?? '', 'not asserted now');
  assert.match(panel.site.unit.signals?.test('alarm-in-4') ?? '', 'no pin');
  await panel.site.stop();
});

test('pins-missing: an alert, and the unit serves without them', async () => {
  const panel = new Panel();
  panel.gpio.openFails = 'not-found';
  await panel.site.during(panel.site.unit.start());
  assert.match(panel.logged('pins-missing').join(), 'runs without its lamps');
  assert.equal(panel.site.unit.signals?.rows(), []);
  assert.ok((await panel.site.during(panel.site.phone({ target: '201', speak: voice(2000), script: 's' }).end)).answered);
  await panel.site.stop();
});

test('chip-removed: one alert, however often the pins fail', async () => {
  const panel = await Panel.start();
  panel.gpio.setFails = 'io';
  panel.site.unit.signals?.test('status-led');
  await panel.site.clock.advance(10_000);
  assert.is(panel.logged('pins-failing').length, 1);
  panel.gpio.setFails = null;
  await panel.site.stop();
});

test.run();
