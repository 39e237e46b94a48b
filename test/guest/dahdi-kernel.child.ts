// Runs in the guest: the exchange and the telephones of the tests, at the two ends of the kernel's channels, before either of them
// judges anything of ours.
import { readdirSync, readFileSync } from 'node:fs';
import { report, step } from '../support/dahdi-guest/guest-report.ts';
import { callerIdSound, messageIn } from '../support/exchange/bell202.ts';
import { CentralOffice } from '../support/exchange/central-office.ts';
import { ByteCounter } from '../support/exchange/byte-counter.ts';
import { Exchange } from '../support/exchange/exchange.ts';
import { counter, quiet, sampled, tone } from '../support/exchange/line-sound.ts';
import { amplitudeOf } from '../support/exchange/goertzel-ear.ts';
import { Telephone } from '../support/exchange/telephone.ts';

const exchange = new Exchange();
const offices = [1, 2, 3, 4].map((channel) => exchange.add(new CentralOffice(channel)));
const telephones = [5, 6, 7, 8].map((channel) => exchange.add(new Telephone(channel)));
const [office, telephone] = [offices[0] as CentralOffice, telephones[0] as Telephone];
/** After it was opened or put on-hook, the kernel takes no ringing for 2 s. */
const deafSamples = 17_000;

report('node', process.version);
await step('channels', 5000, () => ['001', '002'].map((span) => readdirSync(`/dev/dahdi/chan/${span}`).length));
await step('spans', 5000, () => [1, 2].map((span) => readFileSync(`/proc/dahdi/${span}`, 'utf8')));

await step('ring', 20_000, async () => {
  await exchange.samples(telephone, deafSamples);
  office.ring([1000, 2000]);
  await exchange.until('the telephone rings', () => telephone.rings > 0, 3000);
  const began = telephone.received;
  await exchange.until('the ring ends', () => telephone.ringsEnded > 0, 3000);
  return telephone.received - began;
});

await step('caller-id', 10_000, async () => {
  telephone.record();
  office.play(sampled(callerIdSound('5551234', 'ADA')));
  await exchange.until('the next ring', () => telephone.rings > 1, 6000);
  return messageIn(telephone.takeRecording());
});

await step('trip', 10_000, async () => {
  const before = office.received;
  telephone.lift();
  await exchange.until('the exchange sees the loop', () => office.lifted, 2000);
  const taken = office.received - before;
  await exchange.samples(office, 8000);
  return { taken, ringsAfter: telephone.rings - 2 };
});

await step('tones', 10_000, async () => {
  office.play(tone([440], 8000));
  telephone.play(tone([1000], 8000));
  await exchange.samples(telephone, 4000);
  office.record();
  telephone.record();
  await exchange.samples(telephone, 8000);
  const [up, down] = [office.takeRecording().subarray(0, 8000), telephone.takeRecording().subarray(0, 8000)];
  return { up: [amplitudeOf(up, 440), amplitudeOf(up, 1000)], down: [amplitudeOf(down, 440), amplitudeOf(down, 1000)] };
});

await step('digits', 20_000, async () => {
  office.play(quiet);
  office.forget();
  telephone.play(null);
  telephone.key('159#0D');
  await exchange.until('six keys', () => office.digits.length >= 6, 5000);
  await exchange.samples(telephone, 4000);
  telephone.pulse('42');
  await exchange.until('two pulsed digits', () => office.pulses.length >= 2, 8000);
  return { digits: office.digits, pulses: office.pulses };
});

await step('flash', 10_000, async () => {
  await exchange.samples(telephone, 8000);
  telephone.flash();
  await exchange.until('a flash', () => office.flashes > 0, 4000);
  await exchange.samples(telephone, 8000);
  return { flashes: office.flashes, lifted: office.lifted };
});

await step('office-hangs-up', 10_000, async () => {
  const before = telephone.received;
  telephone.farGone = false;
  office.hangUp();
  await exchange.until('the telephone sees it', () => telephone.farGone, 2000);
  return telephone.received - before;
});

await step('telephone-hangs-up', 20_000, async () => {
  await exchange.samples(telephone, deafSamples);
  telephone.putDown();
  await exchange.samples(telephone, deafSamples);
  office.lifted = false;
  telephone.lift();
  await exchange.until('lifted again', () => office.lifted, 2000);
  const before = office.received;
  telephone.putDown();
  await exchange.until('the exchange sees it', () => !office.lifted, 4000);
  return office.received - before;
});

await step('exact', 60_000, async () => {
  const counters = [...offices, ...telephones].map((port, index) => {
    const ear = new ByteCounter();
    port.heard = (block) => ear.take(block);
    port.play(counter(index * 17));
    return ear;
  });
  await exchange.until('all hear', () => counters.every((ear) => ear.counting), 5000);
  await exchange.samples(office, 16_000); // until the code has been compiled
  counters.forEach((ear) => ear.start());
  await exchange.until('10 s of samples', () => counters.every((ear) => ear.samples >= 80_000), 50_000);
  return counters.map((ear) => ({ samples: ear.samples, faults: ear.faults }));
});
exchange.close();
