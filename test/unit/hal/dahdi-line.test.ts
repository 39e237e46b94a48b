// The DAHDI driver over a stand-in of the kernel's channel: what it can, and what becomes of failures.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnos, events } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import { HalError } from '../../../hal/errors.ts';
import { alawSilence } from '../../../hal/g711.ts';
import type { FakeChannel } from '../../support/dahdi/fake-channel.ts';
import { frame, lineWorld, runs } from '../../support/dahdi/line-world.ts';

test('a telephone that is lifted, or an alarm, before the line was opened is told', async () => {
  const phone = await lineWorld('phone', { set: (port) => port.lift(), guard: 5 });
  assert.equal(phone.types(), ['off-hook']);
  const trunk = await lineWorld('trunk', { set: (port) => void (port.alarms = 8), guard: 5 });
  assert.equal(trunk.types(), ['alarm']);
});

test('no battery is an alarm that says what to look for, and during a call its end', async () => {
  const { line, port, clock, told } = await lineWorld('trunk');
  port.event(events.alarm);
  port.event(events.noAlarm);
  await clock.advance(0);
  line.control.seize();
  await clock.advance(100);
  port.event(events.alarm);
  await clock.advance(0);
  assert.equal(told.map((event) => ('by' in event ? `${event.type} ${event.by}` : event.type)), ['alarm', 'clear', 'off-hook', 'disconnect battery', 'alarm']);
  assert.match(told.flatMap((event) => (event.type === 'alarm' ? [event.text] : []))[0] ?? '', /plugged in/);
});

test('what the card can is found by asking: lamp, digits, echo', async () => {
  const plain = (await lineWorld('phone')).line.capabilities;
  assert.equal([plain.lamp, plain.digits, plain.cancelsEcho], ['fsk', 'audio', true]);
  const { line, calls } = await lineWorld('phone', { set: (port) => ['messageWaitingConfig', 'messageWaiting', 'toneDetect'].forEach((request) => port.has.add(request as 'toneDetect')) });
  assert.equal([line.capabilities.lamp, line.capabilities.digits], ['neon', 'device']);
  assert.equal(calls('messageWaitingConfig'), [4]);
  line.control.lamp(true);
  line.control.lamp(false);
  assert.equal(calls('messageWaiting'), [1, 0]);
  const chosen = await lineWorld('phone', { options: { lamp: 'none', digits: 'audio' }, set: (port) => port.has.add('messageWaitingConfig').add('toneDetect') });
  assert.equal([chosen.line.capabilities.lamp, chosen.line.capabilities.digits], ['none', 'audio']);
  const without = await lineWorld('trunk', { set: (port) => void (port.refusals.echoCancel = errnos.EINVAL) });
  assert.is(without.line.capabilities.cancelsEcho, false);
  assert.throws(() => without.line.setup.echo(16), (error: unknown) => error instanceof HalError && error.id === 'unsupported');
});

test('the channel\'s law is that of the frames and of silence', async () => {
  for (const [law, name, silence] of [[1, 'PCMU', 0xff], [2, 'PCMA', alawSilence]] as const) {
    const { line, port, clock } = await lineWorld('trunk', { set: (port) => void (port.law = law) });
    assert.is(line.capabilities.law, name);
    port.sent = [];
    line.audio.write(frame(1));
    await clock.advance(80);
    assert.equal(runs(port.sent).filter((code) => code !== 0xff), law === 1 ? [1] : [silence, 1]);
  }
});

test('a telephone that lies on its hook is connected for what is sent to it, and again while it lasts', async () => {
  const { line, clock, calls } = await lineWorld('phone', { set: (port) => port.has.add('onHookTransfer') });
  line.audio.write(frame(1));
  await clock.advance(40);
  assert.equal(calls('onHookTransfer'), [4000]);
  await clock.advance(3000);
  line.audio.write(frame(1));
  await clock.advance(40);
  assert.equal(calls('onHookTransfer'), [4000, 4000]);
});

test('echo, gains, flash and polarity reach the kernel; an echo that a fax switched off comes back with the next call', async () => {
  const { line, port, clock, calls } = await lineWorld('trunk', { options: { 'flash-ms': '100' } });
  assert.is(port.calls.find(({ request }) => request === 'setParams')?.bytes.readInt32LE(100), 100);
  line.setup.echo(16);
  line.setup.gain(6, -6);
  assert.equal(calls('setGains'), [0]);
  assert.throws(() => line.setup.gain(13, 0), /-12 to \+12/);
  assert.throws(() => line.setup.gain(NaN, 0), /-12 to \+12/);
  line.control.seize();
  port.event(events.echoCancelDisabled);
  await clock.advance(100);
  line.control.release();
  assert.equal(calls('echoCancel'), [128, 0, 128, 128]);
  const phone = await lineWorld('phone', { set: (other) => other.has.add('setPolarity') });
  phone.port.lift();
  await phone.clock.advance(100);
  phone.line.control.polarity(true);
  phone.line.control.release();
  assert.equal(phone.calls('setPolarity'), [1, 0]);
});

test('an overrun is counted by the clock, told, and passed over in the line\'s count', async () => {
  const { port, clock, told, frames } = await lineWorld('trunk');
  const before = frames.length;
  for (let count = 0; count < 12; count++) port.pass();
  clock.stall(240);
  await clock.advance(20);
  const overruns = told.filter(({ type }) => type === 'overrun');
  assert.is(overruns.length, 1);
  assert.ok(overruns[0]?.type === 'overrun' && Math.abs(overruns[0].samples - 640) <= 160, JSON.stringify(overruns));
  const steps = frames.slice(before).map(({ sample }, at) => sample - (frames[before + at - 1]?.sample ?? 0));
  assert.is(steps.filter((step) => step !== 160).length, 1);
});

test('a writer that is late is an underrun, one that has no more to say is not', async () => {
  const { line, clock, told } = await lineWorld('trunk');
  let wanted = 10;
  let at = 0;
  line.audio.heard = () => {
    at++;
    if (at <= wanted && at !== 5 && at !== 6) line.audio.write(frame(7));
  };
  await clock.advance(1000);
  assert.equal(told.map((event) => ('samples' in event ? [event.type, event.samples] : [])), [['underrun', 160]]);
  at = 0;
  wanted = 3;
  await clock.advance(1000);
  assert.is(told.length, 1);
});

test('flush drops what waits, here and in the kernel', async () => {
  const { line, port, clock } = await lineWorld('trunk');
  line.audio.write(frame(7));
  await clock.advance(20);
  assert.ok(port.queued > 0);
  line.audio.flush();
  assert.equal([line.audio.queued, port.queued], [0, 0]);
});

test('frames of other sizes than ours are gathered', async () => {
  const { port, clock, frames } = await lineWorld('trunk');
  frames.length = 0;
  const said = Array.from({ length: 480 }, (_, at) => at & 0xff);
  port.said.push(...said);
  const pass = port.read.bind(port);
  let part: number[] = [];
  port.read = (bytes) => {
    if (part.length === 0) {
      const length = pass(bytes);
      if (length <= 0) return length;
      part = [...bytes.subarray(0, length)];
    }
    const some = part.splice(0, 100);
    bytes.set(some);
    return some.length;
  };
  await clock.advance(100);
  const codes = frames.flatMap((one) => one.codes);
  assert.ok(Buffer.from(codes).includes(Buffer.from(said)));
  assert.ok(frames.every((one) => one.codes.length === 160));
});

test('a device that goes is told once: by the removal event, or by any call', async () => {
  const ways: readonly ((port: FakeChannel) => void)[] = [
    (port) => port.event(events.removed), (port) => port.unplug(), (port) => void (port.refusals.read = errnos.ENODEV), (port) => void (port.refusals.read = errnos.EIO),
    (port) => void (port.refusals.write = errnos.ENODEV), (port) => void (port.refusals.getEvent = errnos.ENODEV), (port) => void (port.refusals.hook = errnos.ENODEV),
  ];
  for (const [index, way] of ways.entries()) {
    const { line, port, clock, losses, told, frames } = await lineWorld('trunk');
    way(port);
    line.audio.write(frame(1));
    line.control.seize();
    await clock.advance(100);
    assert.equal(losses.map(({ id }) => id), ['connection-lost'], `way ${index}`);
    const before = [told.length, frames.length];
    port.event(events.polarity);
    await clock.advance(500);
    assert.equal([told.length, frames.length, losses.length], [...before, 1]);
    assert.not(port.open);
    assert.equal(clock.pending().map(({ name }) => name).filter((name) => !name.startsWith('fake')), []);
    await line.close();
  }
});

test('an alarm tells the remedy when no tone zone is loaded', async () => {
  const { line, clock, told } = await lineWorld('phone', { set: (port) => void (port.zoneLoaded = false) });
  line.control.ring([1000, 2000], null);
  await clock.advance(10);
  assert.match(told.flatMap((event) => (event.type === 'alarm' ? [event.text] : []))[0] ?? '', /loadzone.*dahdi_cfg/);
});

test('what the card refuses while in use is an alarm, not a crash', async () => {
  const { line, port, clock, types } = await lineWorld('trunk');
  port.refusals.hook = errnos.EIO;
  line.control.seize();
  await clock.advance(10);
  assert.ok(types().length > 0 && types().every((type) => type === 'alarm'), String(types()));
  delete port.refusals.hook;
  // On-hook is asked for again when the guard time is over, and what the card does then ends the alarm.
  await clock.advance(5000);
  assert.equal(types().slice(-2), ['clear', 'on-hook']);
  const before = types().length;
  line.control.seize();
  port.refusals.dial = errnos.EINVAL;
  line.control.dial('1', 'tone');
  await clock.advance(10);
  assert.equal(types().slice(before), ['off-hook', 'alarm']);
  for (const request of ['getParams', 'dialing', 'flush', 'setCadence', 'setPolarity'] as const) port.refusals[request] = errnos.EIO;
  line.audio.flush();
  port.loop('open');
  await clock.advance(700);
  assert.equal(types().slice(before + 2), []);
});

test('nothing is told from inside a call', async () => {
  const { line, told, types } = await lineWorld('trunk');
  line.control.seize();
  assert.is(told.length, 0);
  await Promise.resolve();
  assert.equal(types(), ['off-hook']);
});

test.run();
