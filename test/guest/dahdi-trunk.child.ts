// Runs in the guest: our driver's trunk ports against the exchange of the tests, through the kernel.
import { DahdiDriver } from '../../hal/drivers/dahdi/dahdi-driver.ts';
import { LinuxDahdiDevices } from '../../hal/drivers/dahdi/dahdi-device.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { report, step } from '../support/dahdi-guest/guest-report.ts';
import { callerIdSound, messageIn } from '../support/exchange/bell202.ts';
import { ByteCounter } from '../support/exchange/byte-counter.ts';
import { CentralOffice } from '../support/exchange/central-office.ts';
import { Exchange } from '../support/exchange/exchange.ts';
import { amplitudeOf, levelOf } from '../support/exchange/goertzel-ear.ts';
import { counter, noise, quiet, sampled, tone } from '../support/exchange/line-sound.ts';
import { LineWatch } from '../support/exchange/line-watch.ts';

const exchange = new Exchange();
const offices = [1, 2, 3, 4].map((channel) => exchange.add(new CentralOffice(channel)));
const driver = new DahdiDriver(new LinuxClock(), new LinuxDahdiDevices());
const watches: LineWatch[] = [];
const office = offices[0] as CentralOffice;
const guardSamples = 17_000;
let watch!: LineWatch;

await step('capabilities', 10_000, async () => {
  for (const place of ['5', '6', '7', '8']) watches.push(new LineWatch(await driver.open({ name: place, kind: 'trunk', place, zone: 'us', options: {} })));
  watch = watches[0] as LineWatch;
  return watch.line.capabilities;
});

await step('ring', 20_000, async () => {
  await exchange.samples(office, guardSamples);
  office.ring([1000, 2000]);
  await exchange.until('ring-stopped', () => watch.has('ring-stopped'), 8000);
  return watch.events;
});

let callerIdAudio: Uint8Array = new Uint8Array();
await step('caller-id-heard', 10_000, async () => {
  watch.record();
  office.play(sampled(callerIdSound('5551234', 'ADA')));
  await exchange.until('the second ring', () => watch.all('ring-started').length === 2, 6000);
  callerIdAudio = watch.takeRecording();
  return callerIdAudio.length;
});

await step('trip', 10_000, async () => {
  watch.forget();
  const before = office.received;
  watch.line.control.seize();
  await exchange.until('the exchange sees the loop', () => office.lifted, 2000);
  const taken = office.received - before;
  await exchange.samples(office, 16_000);
  return { taken, events: watch.events.map(({ type }) => type) };
});

await step('tones', 10_000, async () => {
  office.play(tone([440], 8000));
  watch.sound = tone([1000], 8000);
  await exchange.samples(office, 4000);
  office.record();
  watch.record();
  await exchange.samples(office, 9000);
  const [up, down] = [office.takeRecording().subarray(0, 8000), watch.takeRecording().subarray(0, 8000)];
  watch.sound = null;
  return { up: [amplitudeOf(up, 440), amplitudeOf(up, 1000)], down: [amplitudeOf(down, 440), amplitudeOf(down, 1000)] };
});

await step('digits', 30_000, async () => {
  office.play(quiet);
  await exchange.samples(office, 4000);
  office.forget();
  watch.forget();
  watch.line.control.dial('159#0D', 'tone');
  await exchange.until('dialled', () => watch.has('dialled'), 8000);
  await exchange.samples(office, 2000);
  watch.line.control.dial('42', 'pulse');
  await exchange.until('dialled again', () => watch.all('dialled').length === 2, 8000);
  await exchange.until('two pulses', () => office.pulses.length >= 2, 3000);
  return { digits: office.digits, pulses: office.pulses };
});

await step('flash', 10_000, async () => {
  await exchange.samples(office, 8000);
  watch.forget();
  watch.line.control.flash();
  await exchange.until('a flash', () => office.flashes > 0, 5000);
  await exchange.samples(office, 8000);
  return { flashes: office.flashes, lifted: office.lifted, events: watch.events.map(({ type }) => type) };
});

await step('echo', 30_000, async () => {
  office.echo(-10);
  const levels: number[] = [];
  for (const tailMs of [0, 16]) {
    watch.line.setup.echo(tailMs);
    watch.sound = noise(3000);
    await exchange.samples(office, 24_000);
    watch.record();
    await exchange.samples(office, 8000);
    levels.push(levelOf(watch.takeRecording()));
  }
  watch.sound = null;
  watch.line.setup.echo(0);
  office.noEcho();
  return levels;
});

await step('far-hang-up', 10_000, async () => {
  office.play(quiet);
  await exchange.samples(office, 4000);
  watch.forget();
  const before = watch.sample;
  office.hangUp();
  await exchange.until('disconnect', () => watch.has('disconnect'), 2000);
  return { events: watch.events.map(({ type }) => type), after: (watch.all('disconnect')[0]?.sample ?? 0) - before, by: watch.all('disconnect')[0]?.by };
});

await step('release', 20_000, async () => {
  watch.line.control.release();
  await exchange.until('on-hook', () => watch.has('on-hook'), 4000);
  watch.forget();
  watch.line.control.seize();
  await exchange.until('lifted', () => watch.has('off-hook') && office.lifted, 3000);
  const before = office.received;
  watch.line.control.release();
  await exchange.until('the exchange sees it', () => !office.lifted, 4000);
  const seen = office.received - before;
  await exchange.until('on-hook', () => watch.has('on-hook'), 4000);
  return { seen, events: watch.events.map(({ type }) => type) };
});

await step('exact', 60_000, async () => {
  await exchange.samples(office, 4000);
  watches.forEach((each) => each.line.control.seize());
  await exchange.until('all lifted', () => offices.every((each) => each.lifted), 3000);
  const ears = [...offices, ...watches].map((end, index) => {
    const ear = new ByteCounter();
    if (end instanceof CentralOffice) {
      end.heard = (block) => ear.take(block);
      end.play(counter(index * 17));
    } else {
      end.ear = (frame) => ear.take(frame);
      end.sound = counter(index * 17);
    }
    return ear;
  });
  await exchange.until('all hear', () => ears.every((ear) => ear.counting), 5000);
  await exchange.samples(office, 16_000); // until the code has been compiled
  watches.forEach((each) => each.forget());
  ears.forEach((ear) => ear.start());
  await exchange.until('10 s of samples', () => ears.every((ear) => ear.samples >= 80_000), 50_000);
  const counts = ears.map(({ samples, faults }) => ({ samples, faults }));
  watches.forEach((each) => { each.sound = null; each.ear = () => undefined; });
  return { counts, told: watches.flatMap((each) => each.events), gaps: watches.map((each) => each.gaps), refused: watches.map((each) => each.refused) };
});

await Promise.all(watches.map((each) => each.line.close()));
await step('closed', 5000, async () => {
  await exchange.until('all on-hook', () => offices.every((each) => !each.lifted), 4000);
  return true;
});
report('events-left', watches.flatMap((each) => each.events.map(({ type }) => type)));
exchange.close();
await step('caller-id', 20_000, () => messageIn(callerIdAudio)); // at last: the work would hold up the lines
