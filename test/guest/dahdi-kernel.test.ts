// The bench itself: Debian's kernel with DAHDI's driver comes up in the guest, and the exchange and the telephones of the tests, at its
// two ends, understand each other.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dahdiGuest, endGuests, runInGuest } from '../support/dahdi-guest/dahdi-guest.ts';
import type { GuestRun } from '../support/dahdi-guest/guest-run.ts';
import { figure } from '../support/figure.ts';
import { testWith } from '../support/skip.ts';

let booted: Promise<GuestRun> | null = null;
const guest = (): Promise<GuestRun> =>
  (booted ??= runInGuest({ child: 'test/guest/dahdi-kernel.child.ts', spans: { pairs: 4, first: 'fxoks', zones: ['us'] }, limitS: 300 }));

testWith(dahdiGuest, 'the guest boots, runs our Node.js and ends by itself', async () => {
  const run = await guest();
  assert.is(run.value('node'), process.version);
  run.mustHaveEnded();
  figure(`from power-on to power-off ${(run.tookMs / 1000).toFixed(0)} s`);
});

testWith(dahdiGuest, 'the kernel has two spans of four channels, with the signalling of both ends', async () => {
  const run = await guest();
  assert.equal(run.value('channels'), [4, 4]);
  const [exchange, near] = run.value<string[]>('spans');
  assert.is(exchange?.match(/FXOKS/g)?.length, 4);
  assert.is(near?.match(/FXSKS/g)?.length, 4);
});

testWith(dahdiGuest, 'the exchange rings the telephone, with the cadence that was asked for', async () => {
  const ringSamples = (await guest()).value<number>('ring');
  assert.ok(Math.abs(ringSamples - 8000) < 1600, `a ring of ${ringSamples} samples`);
});

testWith(dahdiGuest, 'the telephone hears the number between two rings', async () => {
  const message = (await guest()).value<number[] | null>('caller-id');
  assert.is(message === null ? null : Buffer.from(message).toString('latin1').slice(2, -1), '\x01\x0811231430\x02\x075551234\x07\x03ADA');
});

testWith(dahdiGuest, 'lifting trips the ring', async () => {
  const { taken, ringsAfter } = (await guest()).value<{ taken: number; ringsAfter: number }>('trip');
  // The kernel takes 7 ms; the rest is the guest's own time, a machine without a compiler's patience.
  assert.ok(taken < 4800, `seen after ${taken} samples`);
  assert.is(ringsAfter, 0);
});

testWith(dahdiGuest, 'tones go both ways and do not mix', async () => {
  const { up, down } = (await guest()).value<{ up: number[]; down: number[] }>('tones');
  const [wanted, others] = [[up[1], down[0]], [up[0], down[1]]];
  for (const amplitude of wanted) assert.ok(Math.abs((amplitude as number) - 8000) < 160, `${amplitude} of 8000`);
  for (const amplitude of others) assert.ok((amplitude as number) < 80, `${amplitude} of nothing`);
});

testWith(dahdiGuest, 'the exchange hears keys, and pulses', async () => {
  assert.equal((await guest()).value('digits'), { digits: '159#0D42', pulses: '42' });
});

testWith(dahdiGuest, 'a flash of the hook is no hang-up', async () => {
  assert.equal((await guest()).value('flash'), { flashes: 1, lifted: true });
});

testWith(dahdiGuest, 'each end sees the other hang up', async () => {
  const run = await guest();
  const [office, telephone] = [run.value<number>('office-hangs-up'), run.value<number>('telephone-hangs-up')];
  assert.ok(office < 4800, `the battery drop is seen after ${office} samples`);
  assert.ok(telephone > 4000 && telephone < 16_000, `the open loop is seen after ${telephone} samples, longer than a flash`);
});

testWith(dahdiGuest, 'ten seconds on four pairs of channels arrive bit for bit, both ways', async () => {
  const counts = (await guest()).value<{ samples: number; faults: number }[]>('exact');
  assert.is(counts.length, 8);
  for (const { samples, faults } of counts) assert.ok(samples >= 80_000 && faults === 0, `${faults} faults in ${samples} samples`);
});

test.after(endGuests);
test.run();
