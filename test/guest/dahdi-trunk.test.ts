// The driver's trunk ports and the kernel's real channels: what the exchange does is told as line events, what we do is seen there.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LineCapabilities, LineEvent } from '../../hal/line.ts';
import { dahdiGuest, endGuests, runInGuest } from '../support/dahdi-guest/dahdi-guest.ts';
import type { GuestRun } from '../support/dahdi-guest/guest-run.ts';
import { figure } from '../support/figure.ts';
import { testWith } from '../support/skip.ts';

let booted: Promise<GuestRun> | null = null;
const guest = (): Promise<GuestRun> =>
  (booted ??= runInGuest({ child: 'test/guest/dahdi-trunk.child.ts', spans: { pairs: 4, first: 'fxoks', zones: ['us', 'fr', 'uk', 'jp', 'it', 'de'] }, limitS: 380 }));

testWith(dahdiGuest, 'the driver says what the channels can', async () => {
  const can = (await guest()).value<LineCapabilities>('capabilities');
  assert.is(can.kind, 'trunk');
  assert.is(can.law, 'PCMU');
  assert.is(can.duplex, 'full');
  assert.is(can.cancelsEcho, true);
  assert.ok(can.disconnect.includes('loop') && can.onHookAudio && can.flash && can.pulse);
  assert.ok(can.latencyMs <= 40);
});

testWith(dahdiGuest, 'a ring is told when it begins and ends, in samples of the line', async () => {
  const events = (await guest()).value<LineEvent[]>('ring');
  assert.equal(events.map(({ type }) => type), ['ring-started', 'ring-stopped']);
  const length = (events[1]?.sample ?? 0) - (events[0]?.sample ?? 0);
  assert.ok(Math.abs(length - 8000) < 1600, `a ring of ${length} samples`);
});

testWith(dahdiGuest, 'caller ID between two rings is in the on-hook audio', async () => {
  const message = (await guest()).value<number[] | null>('caller-id');
  assert.is(message === null ? null : Buffer.from(message).toString('latin1').slice(2, -1), '\x01\x0811231430\x02\x075551234\x07\x03ADA');
});

testWith(dahdiGuest, 'seizing a ringing line trips the ring', async () => {
  const { taken, events } = (await guest()).value<{ taken: number; events: string[] }>('trip');
  assert.ok(taken < 4800, `seen by the exchange after ${taken} samples`);
  assert.is(events.filter((type) => type === 'off-hook').length, 1);
  assert.is(events.filter((type) => type === 'ring-started').length, 0);
});

testWith(dahdiGuest, 'tones go both ways and do not mix', async () => {
  const { up, down } = (await guest()).value<{ up: number[]; down: number[] }>('tones');
  for (const amplitude of [up[1], down[0]]) assert.ok(Math.abs((amplitude as number) - 8000) < 160, `${amplitude} of 8000`);
  for (const amplitude of [up[0], down[1]]) assert.ok((amplitude as number) < 80, `${amplitude} of nothing`);
});

testWith(dahdiGuest, 'the exchange hears what is dialled by tone and by pulse', async () => {
  assert.equal((await guest()).value('digits'), { digits: '159#0D42', pulses: '42' });
});

testWith(dahdiGuest, 'a flash is a flash, and no hang-up at either end', async () => {
  assert.equal((await guest()).value('flash'), { flashes: 1, lifted: true, events: [] });
});

testWith(dahdiGuest, 'the kernel takes more than 25 dB of echo away', async () => {
  const [plain, cancelled] = (await guest()).value<number[]>('echo') as [number, number];
  const erle = 20 * Math.log10(plain / Math.max(cancelled, 0.1));
  figure(`echo at a level of ${plain.toFixed(0)}, with the canceller ${cancelled.toFixed(1)}: ${erle.toFixed(0)} dB less`);
  assert.ok(plain > 100, `there was an echo to cancel: ${plain}`);
  assert.ok(erle > 25, `${erle} dB`);
});

testWith(dahdiGuest, 'the exchange hangs up: the open loop is a disconnect', async () => {
  const { events, after, by } = (await guest()).value<{ events: string[]; after: number; by: string }>('far-hang-up');
  assert.is(by, 'loop');
  assert.equal(events.filter((type) => type !== 'underrun'), ['disconnect']);
  figure(`far hang-up told after ${after} samples`);
  assert.ok(after < 4000, `told after ${after} samples`);
});

testWith(dahdiGuest, 'the exchange sees us hang up, and the line can be seized again', async () => {
  const { seen, events } = (await guest()).value<{ seen: number; events: string[] }>('release');
  assert.equal(events, ['off-hook', 'on-hook']);
  assert.ok(seen > 4000 && seen < 16_000, `seen after ${seen} samples, longer than a flash`);
});

testWith(dahdiGuest, 'ten seconds on four lines arrive bit for bit, both ways', async () => {
  const { counts, told, gaps, refused } = (await guest()).value<{ counts: { samples: number; faults: number }[]; told: LineEvent[]; gaps: number[]; refused: number[] }>('exact');
  assert.is(counts.length, 8);
  for (const { samples, faults } of counts) assert.ok(samples >= 80_000 && faults === 0, `${faults} faults in ${samples} samples: ${JSON.stringify(told)}`);
  assert.equal([told, gaps, refused], [[], [0, 0, 0, 0], [0, 0, 0, 0]]);
});

testWith(dahdiGuest, 'closed lines are on-hook', async () => {
  const run = await guest();
  assert.is(run.value('closed'), true);
  run.mustHaveEnded();
  figure(`from power-on to power-off ${(run.tookMs / 1000).toFixed(0)} s`);
});

test.after(endGuests);
test.run();
