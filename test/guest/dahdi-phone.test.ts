// Our driver's phone ports on DAHDI's own kernel code, with a telephone of the tests at the other end; and what is a matter of time.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LineCapabilities, LineEvent } from '../../hal/line.ts';
import { dahdiGuest, endGuests, runInGuest } from '../support/dahdi-guest/dahdi-guest.ts';
import type { GuestRun } from '../support/dahdi-guest/guest-run.ts';
import { figure } from '../support/figure.ts';
import { testWith } from '../support/skip.ts';

let booted: Promise<GuestRun> | null = null;
const value = async <T>(name: string): Promise<T> => {
  booted ??= runInGuest({ child: 'test/guest/dahdi-phone.child.ts', spans: { pairs: 4, first: 'fxsks', zones: ['us'] }, limitS: 380 });
  return (await booted).value<T>(name);
};
const withGuest = (name: string, body: () => Promise<void>): void => testWith([...dahdiGuest], `dahdi phone: ${name}`, body);

withGuest('a port of the right kind opens, with what the kernel can; others are refused with a remedy', async () => {
  const { capabilities, busy, wrong, none, path } = await value<{ capabilities: LineCapabilities; busy: string; wrong: string; none: string; path: string }>('open');
  assert.equal([capabilities.kind, capabilities.law, capabilities.lamp, capabilities.digits, capabilities.cancelsEcho], ['phone', 'PCMU', 'fsk', 'audio', true]);
  assert.match(busy, /another program/);
  assert.match(path, /another program/);
  assert.match(wrong, /is set up as fxoks/);
  assert.match(none, /no channel 999/);
});

withGuest('the telephone rings for as long as it was asked to', async () => {
  const samples = await value<number>('ring');
  assert.ok(Math.abs(samples - 8400) < 1600, `a ring of ${samples} samples`);
});

withGuest('lifting it trips the ring', async () => {
  const { told, rings, types } = await value<{ told: number; rings: number; types: string[] }>('lift');
  assert.ok(told < 4800, `told after ${told} samples`);
  assert.is(rings, 0);
  assert.equal(types.filter((type) => !type.endsWith('run')), ['off-hook']);
});

withGuest('tones go both ways and do not mix', async () => {
  const { up, down } = await value<{ up: number[]; down: number[] }>('tones');
  for (const amplitude of [up[1], down[0]]) assert.ok(Math.abs((amplitude as number) - 8000) < 160, `${amplitude} of 8000`);
  for (const amplitude of [up[0], down[1]]) assert.ok((amplitude as number) < 80, `${amplitude} of nothing`);
});

withGuest('a rotary dial is understood', async () => {
  const events = await value<LineEvent[]>('pulses');
  assert.equal(events.flatMap((event) => (event.type === 'digit' ? [[event.digit, event.via]] : [])), [['4', 'pulse'], ['2', 'pulse'], ['0', 'pulse']]);
});

withGuest('a flash of the hook is one, and no more', async () => {
  assert.equal((await value<string[]>('flash')).filter((type) => !type.endsWith('run')), ['flash']);
});

withGuest('that it was put down is told when it is longer than a flash', async () => {
  const told = await value<number>('put-down');
  assert.ok(told > 9000 && told < 14_000, `told after ${told} samples`);
});

withGuest('the far end that goes is seen by the telephone as a drop of the battery', async () => {
  const { seen, types } = await value<{ seen: number; types: string[] }>('release');
  assert.ok(seen < 4800, `seen after ${seen} samples`);
  assert.equal(types.filter((type) => !type.endsWith('run')), ['on-hook']);
});

withGuest('a port rings again as soon as its guard time lets it, and stops when told', async () => {
  const { ringsAfter, types } = await value<{ ringsAfter: number; types: string[] }>('ring-in-the-guard');
  assert.is(ringsAfter, 0);
  assert.not(types.includes('alarm'));
});

withGuest('a frame is heard at the other end soon', async () => {
  const delays = (await value<number[]>('latency')).sort((one, other) => one - other);
  figure(`from writing a frame until it is read at the other end: ${delays[0]} to ${delays.at(-1)} ms`);
  assert.ok((delays[4] ?? 99) <= 70, `${delays}`);
});

withGuest('a thread that stood still for 400 ms loses what came meanwhile, says so, and is not late after it', async () => {
  const { types, overrun, got, late } = await value<{ types: string[]; overrun: number; got: number; late: number }>('stall');
  assert.ok(types.includes('overrun') && types.includes('underrun'), `${types}`);
  assert.ok(overrun >= 160 && overrun < 3200, `${overrun} samples lost`);
  // Of 8000, those of the 400 ms that did not fit into the kernel's 1280.
  assert.ok(got > 5500, `${got} samples came`);
  assert.ok(late <= 70, `${late} ms`);
});

withGuest('what is heard can be amplified', async () => {
  const factor = await value<number>('gain');
  assert.ok(factor > 1.9 && factor < 2.1, `${factor} instead of 2 (6 dB)`);
});

withGuest('the telephone hears between two rings who calls', async () => {
  const { dry, messages } = await value<{ dry: number; messages: (number[] | null)[] }>('who-calls');
  const numbers = messages.flatMap((message) => (message === null ? [] : [Buffer.from(message).toString('latin1').slice(2, -1)]));
  figure(`who calls, heard by the telephone: ${numbers.length} of ${messages.length} times (${dry} underruns of the guest)`);
  assert.is(numbers[0], '\x01\x0811231430\x02\x075551234\x07\x03ADA');
});

withGuest('a closed line is silent and can be opened anew, by its path too', async () => {
  const { after, again, lost } = await value<{ after: number; again: number; lost: (string | null)[] }>('closed');
  assert.is(after, 0);
  assert.ok(again > 3000, `${again} samples`);
  assert.equal(lost, [null, null]);
});

test.after(endGuests);
test.run();
