// The driver on a pseudo-terminal and in real time, through the serial lines of Linux.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readdirSync } from 'node:fs';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxSerialPorts } from '../../hal/drivers/linux/linux-serial.ts';
import { registerLinux } from '../../hal/drivers/linux/register.ts';
import { V253Driver } from '../../hal/drivers/v253/v253-driver.ts';
import { driverSet } from '../../hal/driver-set.ts';
import { figure } from '../support/figure.ts';
import { openModem } from '../support/modem/open-modem.ts';
import { knownSamples, LineHolder, placeOf, trunk } from '../support/v253-world.ts';
import { realTime, refusal, until } from './passing.ts';

const opened = (): number => readdirSync('/proc/self/fd').length;

/** A machine that is busy elsewhere for 40 ms makes a gap in real audio: then once more. */
async function repeated(act: () => void, done: () => boolean, what: string): Promise<void> {
  for (let attempt = 0; attempt < 5 && !done(); attempt++) {
    act();
    for (let passedMs = 0; passedMs < 3000 && !done(); passedMs += 50) await realTime.pass(50);
  }
  assert.ok(done(), what);
}

for (const duplex of ['full', 'half']) {
  test(`v253 on a pseudo-terminal, ${duplex} duplex: a whole call, then the plug is pulled`, async () => {
    const clock = new LinuxClock();
    const { device, exchange, unplug } = await openModem();
    const before = opened();
    const driver = new V253Driver(new LinuxSerialPorts(clock), clock);
    const holder = new LineHolder(await driver.open(trunk({ duplex }, device)));
    const sees = (what: string, done: () => boolean): Promise<void> => until(realTime, `${what}; ${holder.types().join()}`, done, 10_000);
    assert.is(await refusal(realTime, driver.open(trunk({}, device))), 'busy');
    exchange.ring({ callerId: { number: '5551234', name: 'ALICE', absent: null }, onMs: 500, offMs: 1000 });
    await sees('the number comes', () => holder.has('caller-id'));
    const seizedMs = clock.monotonic();
    holder.line.control.seize();
    await sees('it is answered', () => holder.has('off-hook'));
    const answerMs = clock.monotonic() - seizedMs;
    const [greeting, message] = [knownSamples('PCMU', 4000, 1), knownSamples('PCMU', 4000, 2)];
    await repeated(() => holder.say(greeting), () => placeOf(exchange.heard, greeting) >= 0, 'the greeting comes out');
    await sees('it is turned to hear', () => !holder.saying);
    await realTime.pass(800);
    await repeated(() => exchange.speak(message), () => placeOf(holder.heard, message) >= 0, 'the message is heard');
    exchange.press('42');
    await sees('keys are found', () => holder.digits() === '42');
    exchange.hangUp('loop');
    await sees('the end is told', () => holder.has('disconnect'));
    holder.line.control.release();
    await sees('it is on-hook', () => holder.has('on-hook'));
    assert.is(exchange.state, 'idle');
    figure(`${duplex} duplex: off-hook ${answerMs.toFixed(0)} ms after seizing; underruns ${holder.types().filter((type) => type === 'underrun').length}`);
    unplug();
    await sees('it is lost', () => holder.lost === 'connection-lost');
    await holder.line.close();
    assert.is(await refusal(realTime, driver.open(trunk({}, device))), 'not-found');
    await realTime.pass(100);
    // The modem's own end is closed too.
    assert.ok(opened() <= before, `${opened()} descriptors after ${before}`);
    assert.equal(clock.pending().map(({ name }) => name), []);
  });
}

test('v253 is a line driver that a board can name', () => {
  const drivers = driverSet();
  registerLinux(drivers);
  assert.is(drivers.line.make('v253').name, 'v253');
});

test.run();
