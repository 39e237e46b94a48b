// Runs in the guest: our driver's phone port on channel 5 with a telephone on 1, and its trunk line on channel 2 with the exchange on 6,
// for what is a matter of time.
import { step } from '../support/dahdi-guest/guest-report.ts';
import { driver, requestFor, UnitLine } from '../support/dahdi-guest/unit-line.ts';
import { callerIdSound, messageIn } from '../support/exchange/bell202.ts';
import { CentralOffice } from '../support/exchange/central-office.ts';
import { Exchange } from '../support/exchange/exchange.ts';
import { amplitudeOf } from '../support/exchange/goertzel-ear.ts';
import { quiet, sampled, tone } from '../support/exchange/line-sound.ts';
import { Telephone } from '../support/exchange/telephone.ts';

const exchange = new Exchange();
const telephone = exchange.add(new Telephone(1));
const office = exchange.add(new CentralOffice(6));
const unit = await UnitLine.open('phone', '5');
const trunk = await UnitLine.open('trunk', '2');
const { control } = unit.line;
const pause = (samples: number): Promise<void> => exchange.samples(telephone, samples);
const refusal = (place: string, kind: 'trunk' | 'phone'): Promise<string> => driver.open(requestFor(kind, place)).then(() => 'opened', (error: Error) => error.message);

await step('open', 5000, async () => ({ capabilities: unit.line.capabilities, busy: await refusal('5', 'phone'), wrong: await refusal('7', 'trunk'), none: await refusal('999', 'phone'), path: await refusal('/dev/dahdi/chan/001/002', 'trunk') }));

/** What the telephone hears between two rings while it is told who calls. */
async function soundAfterRing(): Promise<Uint8Array> {
  unit.events = [];
  await exchange.until('a ring is over', () => unit.has('ring-stopped'), 8000);
  await pause(2000);
  telephone.record();
  unit.play(sampled(callerIdSound('5551234', 'ADA')));
  await exchange.until('it rings again', () => unit.has('ring-started'), 6000);
  return telephone.takeRecording();
}

await step('ring', 40_000, async () => {
  await pause(17_000); // a telephone of the bench hears no ring before
  control.ring([1000, 3000], null);
  await exchange.until('it rings', () => telephone.rings === 1, 3000);
  const began = telephone.received;
  await exchange.until('the ring ends', () => telephone.ringsEnded === 1, 3000);
  return telephone.received - began;
});

await step('lift', 10_000, async () => {
  unit.events = [];
  const before = telephone.rings;
  telephone.lift();
  const told = await unit.tells(exchange, telephone, 'off-hook', 2000);
  await pause(24_000);
  return { told, rings: telephone.rings - before, types: unit.types() };
});

await step('tones', 10_000, async () => {
  unit.play(tone([440], 8000));
  telephone.play(tone([1000], 8000));
  await pause(4000);
  unit.record();
  telephone.record();
  await pause(8000);
  const [up, down] = [unit.take().subarray(0, 8000), telephone.takeRecording().subarray(0, 8000)];
  return { up: [amplitudeOf(up, 440), amplitudeOf(up, 1000)], down: [amplitudeOf(down, 440), amplitudeOf(down, 1000)] };
});

await step('pulses', 20_000, async () => {
  unit.events = [];
  telephone.pulse('420');
  await exchange.until('three digits', () => unit.events.filter(({ type }) => type === 'digit').length >= 3, 12_000);
  return unit.events;
});

await step('flash', 10_000, async () => {
  await pause(8000);
  unit.events = [];
  telephone.flash();
  await exchange.until('a flash', () => unit.has('flash'), 4000);
  await pause(12_000);
  return unit.types();
});

await step('put-down', 10_000, async () => {
  unit.events = [];
  telephone.putDown();
  return unit.tells(exchange, telephone, 'on-hook', 4000);
});

await step('release', 20_000, async () => {
  telephone.lift();
  await exchange.until('lifted', () => unit.has('off-hook'), 3000);
  await pause(8000);
  telephone.farGone = false;
  unit.events = [];
  const before = telephone.received;
  control.release();
  await exchange.until('the telephone sees the drop', () => telephone.farGone, 2000);
  const seen = telephone.received - before;
  await pause(8000);
  telephone.putDown();
  await exchange.until('put down', () => unit.has('on-hook'), 4000);
  return { seen, types: unit.types() };
});

await step('ring-in-the-guard', 20_000, async () => {
  await pause(17_000);
  telephone.lift();
  unit.events = [];
  await exchange.until('lifted', () => unit.has('off-hook'), 3000);
  await pause(8000);
  const before = telephone.rings;
  control.release();
  telephone.putDown();
  await exchange.until('put down', () => unit.has('on-hook'), 4000);
  control.ring([2000, 1000], null);
  await exchange.until('it rings', () => telephone.rings > before, 8000);
  control.stopRinging();
  await pause(4000);
  const rings = telephone.rings;
  await pause(28_000);
  return { ringsAfter: telephone.rings - rings, types: unit.types() };
});

/** The writing of one loud frame until it is heard at the other end, milliseconds. */
async function delayOfClick(): Promise<number> {
  const listening = office.heard;
  let [sentMs, heardMs] = [0, 0];
  office.heard = (block) => void (heardMs ||= block.includes(0x80) ? performance.now() : 0);
  trunk.play((block) => {
    sentMs = performance.now();
    block.fill(0x80);
    trunk.play(quiet);
    return true;
  });
  await exchange.until('the click', () => heardMs > 0, 2000);
  office.heard = listening;
  await pause(1600);
  return Math.round(heardMs - sentMs);
}

await step('latency', 20_000, async () => {
  trunk.line.control.seize();
  await exchange.until('seized', () => office.lifted, 4000);
  office.play(quiet);
  trunk.play(quiet);
  await pause(4000);
  const delays: number[] = [];
  for (let count = 0; count < 8; count++) delays.push(await delayOfClick());
  return delays;
});

await step('stall', 10_000, async () => {
  trunk.events = [];
  const before = trunk.received;
  const until = performance.now() + 400;
  while (performance.now() < until);
  await pause(8000);
  const [got, late] = [trunk.received - before, await delayOfClick()];
  const overrun = trunk.events.find(({ type }) => type === 'overrun');
  return { types: [...new Set(trunk.types())].sort(), overrun: overrun?.type === 'overrun' ? overrun.samples : 0, got, late };
});

await step('gain', 10_000, async () => {
  trunk.play(null);
  office.play(tone([1000], 4000));
  trunk.line.setup.gain(6, 0);
  await pause(4000);
  trunk.record();
  await pause(8000);
  trunk.line.setup.gain(0, 0);
  return amplitudeOf(trunk.take(), 1000) / 4000;
});

// Late, when the guest has compiled what sends: the driver holds 40 ms at the most, and a sound must not run dry. Looking at what was heard takes
// the guest so long that the next one would: first all are heard, then they are looked at.
await step('who-calls', 40_000, async () => {
  await pause(17_000);
  unit.events = [];
  control.ring([1000, 3000], null);
  const sounds: Uint8Array[] = [];
  while (sounds.length < 4) sounds.push(await soundAfterRing());
  control.stopRinging();
  const dry = unit.events.filter(({ type }) => type === 'underrun').length;
  return { dry, messages: sounds.map(messageIn) };
});

await step('closed', 10_000, async () => {
  await trunk.line.close();
  const before = trunk.received;
  await pause(8000);
  const again = await UnitLine.open('trunk', '/dev/dahdi/chan/001/002');
  await pause(4000);
  await again.line.close();
  await unit.line.close();
  return { after: trunk.received - before, again: again.received, lost: [unit.lost, trunk.lost] };
});
exchange.close();
